import { noRecord } from '#kernel'
import { type AccessKind, accessKind, accessKinds } from '#watch'
import { unpackTouched, type WindowEntry } from '#trail'
import { belongs, inSession, outlasts, type Suspicion } from './suspicion.ts'

/** What the count looks at of an entry. */
export type CountedEntry = Pick<
  WindowEntry,
  | 'entryId'
  | 'at'
  | 'actorKind'
  | 'actorId'
  | 'sessionId'
  | 'credentialId'
  | 'controllerId'
  | 'action'
  | 'outcome'
  | 'touched'
  | 'sourceKey'
>

/**
 * The time an incident may reach over, `[from, to)`. `to` is null while it is not contained. It bounds
 * what an account does anew; a session or credential that was cut never comes back, so whatever still
 * arrives of it was under way at the cut and counts.
 */
export interface Window {
  readonly from: Date
  readonly to: Date | null
}

/** Counts of one ladder, certain or possible. Subjects and records are distinct ones. */
export interface Tally {
  readonly subjects: number
  readonly records: number
  readonly categories: readonly {
    readonly bit: number
    readonly subjects: number
    readonly records: number
  }[]
  /** Subjects by what was done with their data; one subject may stand in several. */
  readonly access: Readonly<Record<AccessKind, number>>
  readonly entries: number
  readonly firstAt: string | null
  readonly lastAt: string | null
}

export interface ControllerScope {
  readonly controllerId: string
  readonly certain: Tally
  /** Contains all of `certain`. */
  readonly possible: Tally
}

/** Who is affected, counted from the trail's exact sets. Equal trails give equal results. */
export interface ScopeResult {
  readonly engine: 1
  readonly window: { readonly from: string; readonly to: string | null }
  /** The entries counted, over all controllers. */
  readonly entries: number
  /** Ids of the oldest and the newest of them. */
  readonly firstEntry: string | null
  readonly lastEntry: string | null
  /** The trail could not be verified over the window: the counts are a floor, not the whole. */
  readonly unknown: boolean
  /** Why, where it could not. */
  readonly gap: string | null
  readonly controllers: readonly ControllerScope[]
}

/**
 * Counts an incident. CERTAIN is what was touched in the sessions the evidence lies in; POSSIBLE is
 * that and everything else done with the same credential or account inside the window. Only acts
 * that were done count: a refused one gave nothing.
 */
export class ScopeCount {
  readonly #suspicions: readonly Suspicion[]
  readonly #window: Window
  readonly #counts = new Map<string, { certain: Count; possible: Count }>()
  #counted = 0
  /** Instant and id, so that the result does not hang on the order of the entries. */
  #first = ''
  #last = ''

  constructor(suspicions: readonly Suspicion[], window: Window) {
    this.#suspicions = suspicions
    this.#window = window
  }

  /** Takes entries in any order; those of others may be among them. */
  add(entries: Iterable<CountedEntry>): this {
    for (const entry of entries) this.#add(entry)
    return this
  }

  #add(entry: CountedEntry): void {
    const { controllerId, outcome, touched, at, entryId } = entry
    if (controllerId === null || outcome !== 'done' || touched === null) return
    if (at < this.#window.from) return
    const anew = this.#window.to !== null && at >= this.#window.to
    const reaching = anew ? outlasts : belongs
    if (!this.#suspicions.some((suspicion) => reaching(suspicion, entry))) return
    const count = this.#counts.get(controllerId) ?? { certain: new Count(), possible: new Count() }
    this.#counts.set(controllerId, count)
    const touches = unpackTouched(touched)
    count.possible.add(entry, touches)
    if (this.#suspicions.some((suspicion) => inSession(suspicion, entry)))
      count.certain.add(entry, touches)
    const place = `${at.toISOString()} ${entryId}`
    if (this.#counted === 0 || place < this.#first) this.#first = place
    if (place > this.#last) this.#last = place
    this.#counted += 1
  }

  /** @param gap - why the trail under these entries cannot be trusted, where it cannot. */
  result(gap: string | null = null): ScopeResult {
    const { from, to } = this.#window
    return {
      engine: 1,
      window: { from: from.toISOString(), to: to?.toISOString() ?? null },
      entries: this.#counted,
      firstEntry: this.#first.split(' ')[1] ?? null,
      lastEntry: this.#last.split(' ')[1] ?? null,
      unknown: gap !== null,
      gap,
      controllers: [...this.#counts]
        .map(([controllerId, { certain, possible }]) => ({
          controllerId,
          certain: certain.tally(),
          possible: possible.tally(),
        }))
        .sort((a, b) => (a.controllerId < b.controllerId ? -1 : 1)),
    }
  }
}

/** As {@link ScopeCount}, of entries that are all at hand. */
export const countScope = (
  suspicions: readonly Suspicion[],
  window: Window,
  entries: Iterable<CountedEntry>,
  gap: string | null = null,
): ScopeResult => new ScopeCount(suspicions, window).add(entries).result(gap)

/** A running count: a mask of categories and of kinds for each subject, a category for each record. */
class Count {
  readonly #categories = new Map<number, number>()
  readonly #kinds = new Map<number, number>()
  readonly #records = new Map<number, number>()
  #entries = 0
  #first = Infinity
  #last = -Infinity

  add(
    { action, at }: CountedEntry,
    touches: readonly { subject: number; record: number; category: number }[],
  ): void {
    const kind = 1 << accessKinds.indexOf(accessKind(action))
    for (const { subject, record, category } of touches) {
      const bit = record === noRecord ? 0 : 1 << category
      this.#categories.set(subject, (this.#categories.get(subject) ?? 0) | bit)
      this.#kinds.set(subject, (this.#kinds.get(subject) ?? 0) | kind)
      if (bit !== 0) this.#records.set(record, (this.#records.get(record) ?? 0) | bit)
    }
    this.#entries += 1
    this.#first = Math.min(this.#first, at.getTime())
    this.#last = Math.max(this.#last, at.getTime())
  }

  tally(): Tally {
    const subjects = bitCounts(this.#categories.values())
    const records = bitCounts(this.#records.values())
    const kinds = bitCounts(this.#kinds.values())
    const some = this.#entries > 0
    return {
      subjects: this.#categories.size,
      records: this.#records.size,
      categories: [...subjects.keys()].flatMap((bit) =>
        subjects[bit] === 0 ? [] : [{ bit, subjects: subjects[bit]!, records: records[bit]! }],
      ),
      access: {
        read: kinds[0]!,
        exported: kinds[1]!,
        written: kinds[2]!,
        erased: kinds[3]!,
      },
      entries: this.#entries,
      firstAt: some ? new Date(this.#first).toISOString() : null,
      lastAt: some ? new Date(this.#last).toISOString() : null,
    }
  }
}

/** How many of the masks have each of the bits 0 to 30. */
function bitCounts(masks: Iterable<number>): number[] {
  const counts = Array.from({ length: 31 }, () => 0)
  for (const mask of masks) {
    for (let rest = mask; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]! += 1
  }
  return counts
}

/** What a recount changed for a controller: subjects and records, before and after. */
export interface ScopeChange {
  readonly controllerId: string
  readonly certain: readonly [number, number]
  readonly possible: readonly [number, number]
  readonly records: readonly [number, number]
}

/** The controllers whose counts differ between two results. */
export function changesBetween(before: ScopeResult | undefined, after: ScopeResult): ScopeChange[] {
  const old = new Map(before?.controllers.map((scope) => [scope.controllerId, scope]))
  const now = new Map(after.controllers.map((scope) => [scope.controllerId, scope]))
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((controllerId): ScopeChange => {
      const [was, is] = [old.get(controllerId), now.get(controllerId)]
      return {
        controllerId,
        certain: [was?.certain.subjects ?? 0, is?.certain.subjects ?? 0],
        possible: [was?.possible.subjects ?? 0, is?.possible.subjects ?? 0],
        records: [was?.possible.records ?? 0, is?.possible.records ?? 0],
      }
    })
    .filter(({ certain, possible, records }) =>
      [certain, possible, records].some(([was, is]) => was !== is),
    )
}
