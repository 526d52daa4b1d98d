import type { WholeIncidentDto } from '../../src/incidents/wire.ts'
import type { Stage } from './stage.ts'
import type { Counted, Loot } from './thief.ts'

type Scope = NonNullable<WholeIncidentDto['scope']>

/** The house's count beside the drill's own truth, for one controller. */
export interface Compared {
  readonly controllerId: string
  readonly name: string
  readonly certain: { readonly counted: Counted; readonly truth: Counted }
  readonly possible: { readonly counted: Counted; readonly truth: Counted }
  readonly equal: boolean
}

const nothing: Counted = { subjects: 0, records: 0, categories: {} }

/**
 * Holds what was counted from the trail against what was really given out. Certain is what the
 * thief got; possible is all that the credential got in anybody's hands.
 */
export function compare(
  stage: Stage,
  scope: Scope,
  { stolen, rightful }: { stolen: Loot; rightful: Loot },
): Compared[] {
  const either = stolen.with(rightful)
  return stage.controllers.map(({ controllerId, name }) => {
    const found = scope.controllers.find((one) => one.controllerId === controllerId)
    const certain = {
      counted: found === undefined ? nothing : countedOf(found.certain),
      truth: stolen.count(controllerId),
    }
    const possible = {
      counted: found === undefined ? nothing : countedOf(found.possible),
      truth: either.count(controllerId),
    }
    const equal = same(certain) && same(possible)
    return { controllerId, name, certain, possible, equal }
  })
}

function countedOf(tally: Scope['controllers'][number]['certain']): Counted {
  return {
    subjects: tally.subjects,
    records: tally.records,
    categories: Object.fromEntries(
      tally.categories
        .filter(({ records }) => records > 0)
        .map(({ name, subjects, records }) => [name, { subjects, records }]),
    ),
  }
}

const same = ({ counted, truth }: { counted: Counted; truth: Counted }) =>
  inOrder(counted) === inOrder(truth)

function inOrder({ subjects, records, categories }: Counted): string {
  const sorted = Object.entries(categories).sort(([a], [b]) => a.localeCompare(b))
  return JSON.stringify([subjects, records, sorted])
}
