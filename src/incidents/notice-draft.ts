import type { Category, Controller, Field } from '#vault'
import { digestOf } from './canonical.ts'
import { likelyConsequences } from './consequences.ts'
import { callName, type Incident, type Step } from './incident.ts'
import { extentsOf, type NoticeBody } from './notice.ts'
import type { ControllerScope, ScopeResult } from './scope.ts'

/** Who tells, as it stands on a notice. */
export interface Teller {
  readonly processorName: string
  readonly contactPoint: string
}

/** What a notice says of a category of the contract. */
type HeldCategory = Pick<Category, 'name' | 'bit'> & {
  readonly fields: readonly Pick<Field, 'kind' | 'special'>[]
}

/** What a notice is drafted from. */
export interface Given {
  readonly incident: Incident
  readonly scope: {
    readonly version: number
    readonly at: Date
    readonly digest: Buffer
    readonly result: ScopeResult
  }
  readonly controller: Pick<Controller, 'controllerId' | 'name' | 'subjectKinds' | 'synthetic'> & {
    readonly categories: readonly HeldCategory[]
  }
  readonly teller: Teller
  readonly steps: readonly Step[]
  /** The newest notice to this controller before. */
  readonly last:
    | {
        readonly state: string
        readonly version: number
        readonly worded: boolean
        readonly body: NoticeBody
      }
    | undefined
}

/** The notice to one controller, from the count, its contract and what was done. */
export function bodyOf({ incident, scope, controller, teller, steps, last }: Given): NoticeBody {
  const counts = scope.result.controllers.find(
    (one) => one.controllerId === controller.controllerId,
  )!
  const { certain, possible } = counts
  const version = (last?.version ?? 0) + 1
  const replaced = last !== undefined && last.state !== 'draft'
  const words = wordsOf(incident, counts, controller, steps)
  const { nature, consequences, measures } = last?.worded === true ? last.body : words
  return {
    format: 'holdfast-notice/1',
    reference: `${callName(incident)}/${version}`,
    incidentId: incident.incidentId,
    version,
    phase: replaced ? 'update' : (last?.body.phase ?? 'initial'),
    supersedes: replaced ? last.body.reference : (last?.body.supersedes ?? null),
    synthetic: controller.synthetic,
    processor: { name: teller.processorName, contactPoint: teller.contactPoint },
    controller: { id: controller.controllerId, name: controller.name },
    nature,
    subjects: {
      kinds: controller.subjectKinds,
      certain: certain.subjects,
      possible: possible.subjects,
    },
    records: {
      certain: certain.records,
      possible: possible.records,
      categories: extentsOf(counts, categoriesOf(controller)),
    },
    consequences,
    // What has been done since is told whoever put the rest into words.
    measures: { taken: words.measures.taken, proposed: measures.proposed },
    access: certain.access,
    times: {
      firstAccess: possible.firstAt,
      lastAccess: possible.lastAt,
      detected: incident.openedAt.toISOString(),
      contained: incident.containedAt?.toISOString() ?? null,
      counted: scope.at.toISOString(),
    },
    basis: {
      entries: possible.entries,
      scopeVersion: scope.version,
      scopeDigest: scope.digest.toString('hex'),
      verified: !scope.result.unknown,
      gap: scope.result.gap,
    },
  }
}

const categoriesOf = ({ categories }: Given['controller']) =>
  categories.map(({ name, bit, fields }) => ({
    name,
    bit,
    special: fields.some((field) => field.special),
  }))

/** The words of a first draft. They name no other controller and no person. */
function wordsOf(
  { openedAt, origin, containedAt }: Incident,
  { possible }: ControllerScope,
  { categories }: Given['controller'],
  steps: readonly Step[],
): Pick<NoticeBody, 'nature' | 'consequences' | 'measures'> {
  const { read, exported, written, erased } = possible.access
  const done = [
    ...(read > 0 ? ['read'] : []),
    ...(exported > 0 ? ['exported'] : []),
    ...(written > 0 ? ['changed'] : []),
    ...(erased > 0 ? ['erased'] : []),
  ]
  const means = steps.some(({ actorKind }) => actorKind === 'person')
    ? "a person's account"
    : "a program's credential"
  const noticed =
    origin === 'finding'
      ? 'our own watch over every access noticed it'
      : origin === 'alert'
        ? 'another monitoring system reported it'
        : 'it was reported to us'
  const touched = categories.filter(({ bit }) => possible.categories.some((one) => one.bit === bit))
  const disclosed = read + exported > 0
  const changed = written + erased > 0
  const kinds = [disclosed && 'confidentiality', changed && 'integrity']
    .filter(Boolean)
    .join(' and ')
  return {
    nature:
      `Breach of ${kinds}: personal data were ${done.join(', ')} through the service by somebody ` +
      `who used ${means} without authority; ${noticed}.`,
    consequences: likelyConsequences(touched, { disclosed, changed }),
    measures: {
      taken: steps.flatMap((step) => takenBy(step, openedAt)),
      proposed: [
        ...(containedAt === null ? ['The access is cut off.'] : []),
        'No new credential is issued before the way the old one was taken is known and closed.',
        'You are told of anything further that the investigation shows.',
      ],
    },
  }
}

function takenBy({ step, held, endedAt }: Step, openedAt: Date): string[] {
  if (!held) return []
  const after = Math.max(0, (endedAt.getTime() - openedAt.getTime()) / 1000)
  const soon = after < 1 ? 'within a second' : `${after.toFixed(1)} s`
  if (step === 'snapshot') return ['Evidence was secured before anything was changed.']
  if (step === 'cut')
    return [
      `The access was cut off ${soon} ${after < 1 ? 'of being' : 'after it was'} noticed: every session ended, every credential revoked.`,
    ]
  if (step === 'probe-after') return ['The cut was tried from outside and held.']
  return []
}

/** Whether two notices tell a controller the same facts; words, versions and times of counting aside. */
export function sameSubstance(one: NoticeBody, other: NoticeBody): boolean {
  const substance = ({ subjects, records, access, times, basis, synthetic }: NoticeBody) =>
    digestOf({
      subjects,
      records,
      access,
      synthetic,
      times: { ...times, counted: '' },
      verified: basis.verified,
      gap: basis.gap,
    })
  return substance(one).equals(substance(other))
}
