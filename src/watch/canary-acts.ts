import { newId } from '#ground'
import { type Act, controllerOf } from '#kernel'
import { categoryFor, contractOf, putRecords } from '#vault'
import { countCanaries, insertCanaries } from './canary-store.ts'
import { madeUpFields, madeUpKey } from './made-up.ts'
import { tooManyCanaries } from './refusals.ts'

/** Enough to meet any sweep; more would only be in the way of the controller's own counts. */
export const mostCanaries = 200

export interface CanaryCount {
  readonly count: number
  readonly lastPlantedAt: Date | null
}

/**
 * Plants made-up subjects among a controller's own, with a record of every category the purpose
 * covers. The vault stores them like any others; which ones they are is known to the watch alone.
 *
 * @throws {Refusal} `watch.too-many-canaries`, and what `putRecords` of the vault throws.
 */
export async function plantCanaries(act: Act, count: number): Promise<CanaryCount> {
  const controllerId = controllerOf(act)
  const standing = await countCanaries(act.sql, controllerId)
  if (standing.count + count > mostCanaries) throw tooManyCanaries(mostCanaries)
  const contract = await contractOf(act)
  const covered = contract.purposes.find(({ name }) => name === act.purpose)?.categories ?? []
  const wanted = contract.categories
    .filter(({ name }) => covered.includes(name))
    .map((category) => categoryFor(category, act.purpose))
  const rows = Array.from({ length: count }, () => newId()).flatMap((seed) =>
    wanted.map(({ name, fields }) => ({
      subjectKey: madeUpKey(seed),
      category: name,
      fields: madeUpFields(seed, fields),
    })),
  )
  const before = act.touched.length
  await putRecords(act, rows)
  const ordinals = new Set(act.touched.slice(before).map(({ subject }) => subject))
  await insertCanaries(act.sql, controllerId, [...ordinals], act.now)
  act.tell({ planted: ordinals.size })
  return canaryCount(act)
}

/** How many canaries the controller of the act's scope has; which ones is told to nobody. */
export const canaryCount = (act: Act): Promise<CanaryCount> =>
  countCanaries(act.sql, controllerOf(act))
