import type { Static } from 'typebox'
import type { EntryPage, OpenedEntry } from './details.ts'
import { type ActorKind, Sealed } from '#kernel'
import type { EntryFilter } from '../search/filter.ts'
import { needsLog, notAnInstant } from '../refusals.ts'
import type { VerifyReport } from '../verification/report.ts'
import type { FilterShape } from '../search/wire.ts'
import type { EntryList, EntryShape, ReportShape } from '../wire.ts'

const highestCategory = 30

/** An entry as it goes out. */
export function toEntry({ entry, event, erased }: OpenedEntry): Static<typeof EntryShape> {
  const { entryId, log, index, position, at, actorKind, actorId, action, outcome } = entry
  const { sessionId, credentialId, grantId, code, purpose, subjects, records, categories } = entry
  return {
    entryId,
    log,
    index,
    position,
    at: at.toISOString(),
    actorKind,
    actorId,
    action,
    outcome,
    subjects,
    records,
    categories: numbersIn(categories),
    ...present({ sessionId, credentialId, grantId, code, purpose, event, erased }),
  }
}

/** A page of a search as it goes out. */
export const toPage = (page: Sealed<EntryPage>): Sealed<Static<typeof EntryList>> =>
  new Sealed(async (receipt) => {
    const { entries, next, behind } = await page.open(receipt)
    return {
      items: entries.map(toEntry),
      ...present({ next, behind: behind === 0 ? undefined : behind }),
    }
  })

export function toReport(report: VerifyReport): Static<typeof ReportShape> {
  return {
    ...report,
    trees: [...report.trees],
    erasedBy: [...report.erasedBy],
    faults: [...report.faults],
  }
}

function numbersIn(mask: number): number[] {
  return Array.from({ length: highestCategory + 1 }, (_, bit) => bit).filter(
    (bit) => (mask & (1 << bit)) !== 0,
  )
}

/** The same, without what is undefined or null. */
export function present<T extends object>(
  object: T,
): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  ) as { [K in keyof T]?: Exclude<T[K], undefined | null> }
}

/**
 * What is asked of the trail, as the address line or a saved search says it.
 *
 * @throws {Refusal} `trail.not-an-instant`, `trail.needs-log`.
 */
export function filterOf(given: Static<typeof FilterShape>): EntryFilter {
  const { kinds, from, until, ...rest } = given
  const { log, subject, fromIndex, toIndex } = rest
  const isPlaced = subject !== undefined || fromIndex !== undefined || toIndex !== undefined
  if (isPlaced && log === undefined) throw needsLog()
  return present({
    ...rest,
    kinds: kinds?.split(',') as readonly ActorKind[] | undefined,
    ...parseWindow({ ...(from && { from }), ...(until && { until }) }),
  })
}

/** A window given as text. @throws {Refusal} `trail.not-an-instant`. */
export function parseWindow({ from, until }: { from?: string; until?: string }): {
  from: Date | undefined
  until: Date | undefined
} {
  return { from: instant(from), until: instant(until) }
}

function instant(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const at = new Date(text)
  // A year of more digits is one that no table knows.
  if (!/^\d{4}-.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw notAnInstant()
  return at
}
