import type { AccessKind } from '#watch'
import type { ControllerScope, Tally } from './scope.ts'

export type Phase = 'initial' | 'update' | 'final'
export type NoticeState = 'draft' | 'approved' | 'sent' | 'withheld' | 'acknowledged' | 'superseded'

/** Distinct subjects and records, certainly touched and possibly touched at most. */
export interface Extent {
  readonly certain: number
  readonly possible: number
}

export interface CategoryExtent {
  readonly name: string
  /** Special categories of personal data (GDPR Art. 9). */
  readonly special: boolean
  readonly subjects: Extent
  readonly records: Extent
}

/**
 * What a controller is told, format `holdfast-notice/1`: the five items of the annex, the contact
 * point of GDPR Art. 33(3)(b), the times, and what the numbers were counted from. It holds numbers
 * and ids, no personal data. Instants are ISO 8601 in UTC.
 */
export interface NoticeBody {
  readonly format: 'holdfast-notice/1'
  /** `INC-7/2`: incident and version of the notice to this controller. */
  readonly reference: string
  readonly incidentId: string
  readonly version: number
  readonly phase: Phase
  /** Reference of the notice this one brings up to date. */
  readonly supersedes: string | null
  /** For a drill: concerns made-up people only, and is never sent. */
  readonly synthetic: boolean
  readonly processor: { readonly name: string; readonly contactPoint: string }
  readonly controller: { readonly id: string; readonly name: string }
  /** 1: the nature of the breach. */
  readonly nature: string
  /** 2: categories and approximate number of data subjects. */
  readonly subjects: Extent & { readonly kinds: readonly string[] }
  /** 3: categories and approximate number of records. */
  readonly records: Extent & { readonly categories: readonly CategoryExtent[] }
  /** 4: likely consequences. */
  readonly consequences: string
  /** 5: measures taken or proposed. */
  readonly measures: { readonly taken: readonly string[]; readonly proposed: readonly string[] }
  /** Subjects by what was done with their data, certainly. */
  readonly access: Readonly<Record<AccessKind, number>>
  readonly times: {
    readonly firstAccess: string | null
    readonly lastAccess: string | null
    readonly detected: string
    readonly contained: string | null
    readonly counted: string
  }
  /** What was counted, so that anybody with the trail can count again. */
  readonly basis: {
    readonly entries: number
    readonly scopeVersion: number
    readonly scopeDigest: string
    /** The trail could be verified; where it could not, numbers are a floor. */
    readonly verified: boolean
    readonly gap: string | null
  }
}

/** What a person may put better than the draft does. Numbers and times are never typed. */
export type NoticeWording = Partial<
  Pick<NoticeBody, 'nature' | 'consequences'> & {
    readonly measures: NoticeBody['measures']
    readonly phase: Phase
  }
>

/** Whether persons are counted and no record of theirs was touched: somebody found them by their keys. */
export const onlyFound = ({ subjects, records }: Pick<NoticeBody, 'subjects' | 'records'>) =>
  subjects.possible > 0 && records.possible === 0 && records.categories.length === 0

/**
 * What is missing for a complete notice, in words; empty when nothing is. GDPR Art. 33(3) and the
 * five items of the annex; Art. 33(4) lets the rest follow in phases.
 */
export function missingIn(body: NoticeBody): string[] {
  const blank = (text: string) => text.trim() === ''
  // Of people who were only found there is no record to name.
  const wantsRecords = !onlyFound(body)
  const missing: [boolean, string][] = [
    [blank(body.nature), 'the nature of the breach'],
    [body.subjects.kinds.length === 0, 'the categories of data subjects'],
    [body.subjects.possible === 0, 'the number of data subjects'],
    [wantsRecords && body.records.categories.length === 0, 'the categories of records'],
    [wantsRecords && body.records.possible === 0, 'the number of records'],
    [blank(body.consequences), 'the likely consequences'],
    [
      body.measures.taken.concat(body.measures.proposed).every(blank),
      'the measures taken or proposed',
    ],
    [blank(body.processor.contactPoint), 'the contact point'],
    [body.times.contained === null, 'when it was contained'],
    [!body.basis.verified, 'a verified trail to count from'],
  ]
  return missing.filter(([is]) => is).map(([, what]) => what)
}

/** The extents of a controller's categories, in the contract's order. */
export function extentsOf(
  { certain, possible }: ControllerScope,
  categories: readonly { readonly name: string; readonly bit: number; readonly special: boolean }[],
): CategoryExtent[] {
  const of = (tally: Tally, bit: number) => tally.categories.find((one) => one.bit === bit)
  return categories
    .map(({ name, bit, special }) => {
      const [sure, most] = [of(certain, bit), of(possible, bit)]
      return {
        name,
        special,
        subjects: { certain: sure?.subjects ?? 0, possible: most?.subjects ?? 0 },
        records: { certain: sure?.records ?? 0, possible: most?.records ?? 0 },
      }
    })
    .filter(({ records }) => records.possible > 0)
}

/** `412 certainly, up to 1,930 possibly`, or one number where both are the same. */
export function extentText({ certain, possible }: Extent): string {
  const [sure, most] = [certain, possible].map((count) => count.toLocaleString('en-GB'))
  if (certain === possible) return `${sure} certainly`
  return certain === 0
    ? `none certainly, up to ${most} possibly`
    : `${sure} certainly, up to ${most} possibly`
}
