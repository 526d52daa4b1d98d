/**
 * What the trail's entries say of every record of a controller, held against what stands in the tables.
 *
 * Each entry names the exact set of records it touched. One of an act that writes says that each of them
 * got its next version, one of an act that erases that they are gone. So the entries alone tell, of each
 * number ever given to a record, whether it must be there and in which version; and a version cannot
 * be claimed, for its ciphertext opens in no other. Files have numbers of the same row, and no versions.
 *
 * Earlier releases told less: of a correction both acts looked alike, and a restore did not say how far its
 * backup had come. What such entries leave open of a record is no discrepancy; it is counted as `uncertain`.
 *
 * @module
 */
import type { Touch } from '#kernel'
import { parseStatement, type Restores, type SetEntry, unpackTouched } from '#trail'

/** Each act of these names gives what it touches its next version. */
const writing = [
  'vault.record.put',
  'vault.record.import',
  'vault.attachment.put',
  'watch.canary.plant',
]
/** Reads a record and replaces it, in two acts; the second one says so. */
const correcting = 'vault.record.rectify'
export const erasing: readonly string[] = [
  'vault.subject.erase',
  'vault.erase-due',
  'vault.attachment.erase',
  'vault.erase-due-attachments',
  'vault.remains.make',
  'vault.request.carry-out',
  'vault.erase-again',
  'vault.controller.leave',
  'vault.finish-leaving',
]
export const settling = 'vault.discrepancy.settle'

/** From the first one of a log on each correction says which of its acts writes: before, it was not asked. */
const verifying = 'vault.record.verify'

/** Entries of these actions say what became of records. */
export const tellingActions: readonly string[] = [
  ...writing,
  correcting,
  ...erasing,
  settling,
  verifying,
]
const writes = new Set(writing)
const erases = new Set(erasing)

/** A record or a file, as it stands in its table. */
export interface LiveRecord {
  readonly record: number
  /** Its subject's number. */
  readonly subject: number
  readonly subjectId: string
  /** The category's bit. */
  readonly category: number
  /** Null for a file. */
  readonly version: number | null
}

/**
 * How a record differs from what its entries say. `older`: an earlier version came back. `newer`: it was
 * changed without an entry. `missing`: it is gone without one. `returned`: it was erased. `unknown`: no
 * entry tells of its number. `moved`: its number belongs to another subject or category.
 */
export type DiscrepancyKind = 'older' | 'newer' | 'missing' | 'returned' | 'unknown' | 'moved'
export const discrepancyKinds = [
  'older',
  'newer',
  'missing',
  'returned',
  'unknown',
  'moved',
] as const satisfies readonly DiscrepancyKind[]

/** What entries and table say of one number; version 0 where there is no such record. */
export interface Discrepancy {
  readonly record: number
  readonly subject: number
  /** The category's bit. */
  readonly category: number
  readonly kind: DiscrepancyKind
  readonly told: number
  readonly found: number
}

const erasedBit = 0x40
const seenBit = 0x80
const untoldBit = 0x20
const categoryBits = 0x1f
const pageLength = 4096

/** Numbers that follow each other, nine bytes each. */
interface Page {
  readonly versions: Uint32Array
  readonly subjects: Uint32Array
  /** Bits 0 to 4 the category, and whether a restore may have undone it, it was erased, was seen in its table. */
  readonly marks: Uint8Array
}

/** By the records' numbers, which are dense but for the leaps that restores make. */
export class RecordStates {
  readonly #pages = new Map<number, Page>()
  /** Where the next entry is looked for. */
  #next = 0
  readonly #waited = new Set<string>()
  readonly #restores: Restores
  /** By number, acts of corrections that do not say whether they read or wrote. */
  readonly #alike = new Map<number, number>()
  #isVerified = false
  #entries = 0
  #greatestSubject = 0
  #greatestRecord = 0

  constructor(restores: Restores) {
    this.#restores = restores
  }

  /** The index that the next entries begin at. */
  get next(): number {
    return this.#next
  }

  /** How many entries were taken in. */
  get entries(): number {
    return this.#entries
  }

  /** The greatest numbers that entries name, those of before a restore among them. */
  get greatest(): { readonly subject: number; readonly record: number } {
    return { subject: this.#greatestSubject, record: this.#greatestRecord }
  }

  /** Takes in entries in the order of their log, up to the index `until`; each counts once. */
  take(entries: readonly SetEntry[], until?: number): void {
    for (const entry of entries) {
      if (entry.index !== null) this.#next = entry.index + 1
      if (this.#waited.has(entry.entryId)) continue
      const touches = entry.touched === null ? [] : unpackTouched(entry.touched)
      this.#measure(touches)
      if (this.#isUndone(entry)) {
        this.#tellUndone(entry, touches)
        continue
      }
      // It comes again, once more waiting or in its place.
      if (entry.index === null) this.#waited.add(entry.entryId)
      if (entry.action !== verifying) this.#entries += 1
      this.#tell(entry, touches)
    }
    if (until !== undefined) this.#next = until
  }

  #isUndone({ position, entryId }: SetEntry): boolean {
    return (
      position !== null &&
      this.#restores.undone.some(
        ({ after, before, but }) => position > after && position < before && !but.has(entryId),
      )
    )
  }

  /** A restore undid it. But what was erased once is not to come back: it is erased again, or found. */
  #tellUndone({ action, statement }: SetEntry, touches: readonly Touch[]): void {
    if (action === settling && statement !== null) {
      const { settles } = parseStatement(statement)
      if (settles !== undefined && settles.version > 0) this.#mark(settles.record, false)
    }
    if (erases.has(action)) for (const { record } of touches) this.#mark(record, true)
  }

  #mark(record: number, isErased: boolean): void {
    const [{ marks }, at] = this.#reach(record)
    marks[at] = isErased ? marks[at]! | erasedBit : marks[at]! & ~erasedBit
  }

  #measure(touches: readonly Touch[]): void {
    for (const { subject, record } of touches) {
      if (subject > this.#greatestSubject) this.#greatestSubject = subject
      if (record > this.#greatestRecord) this.#greatestRecord = record
    }
  }

  #tell({ action, statement, position }: SetEntry, touches: readonly Touch[]): void {
    if (action === verifying) this.#isVerified = true
    const said = statement === null ? undefined : parseStatement(statement)
    if (action === settling && said?.settles !== undefined) {
      const { record, subject, category, version } = said.settles
      const [{ versions, subjects, marks }, at] = this.#reach(record)
      versions[at] = version
      subjects[at] = subject
      marks[at] = category | (version === 0 ? erasedBit : 0)
      this.#alike.delete(record)
    }
    const isWritten = writes.has(action) || said?.writes === true
    const isErased = erases.has(action)
    const isUntold = position !== null && position < this.#restores.untoldBefore
    const isAlike = action === correcting && !isWritten && !this.#isVerified
    for (const { subject, record, category } of touches) {
      const [{ versions, subjects, marks }, at] = this.#reach(record)
      if (isAlike) this.#alike.set(record, (this.#alike.get(record) ?? 0) + 1)
      if (isErased) marks[at]! |= erasedBit
      if (isUntold) marks[at]! |= untoldBit
      if (!isWritten) continue
      if (action === correcting) this.#takeRead(record)
      // Its birth says whose it is, for good.
      if (versions[at] === 0) {
        subjects[at] = subject
        marks[at] = category | (marks[at]! & (seenBit | untoldBit))
      }
      versions[at]! += 1
    }
  }

  /** The act before a correction that says it wrote is the one that read for it. */
  #takeRead(record: number): void {
    const alike = this.#alike.get(record)
    if (alike !== undefined && alike > 0) this.#alike.set(record, alike - 1)
  }

  /** How many versions there may be more than the entries say for certain: of two acts alike one wrote. */
  #mayBeMore(record: number): number {
    return (this.#alike.get(record) ?? 0) >> 1
  }

  /** Records seen in their table of which the entries leave open in which version they must stand. */
  get uncertain(): number {
    let count = 0
    for (const { marks } of this.#pages.values())
      for (const mark of marks) if ((mark & seenBit) !== 0 && (mark & untoldBit) !== 0) count += 1
    for (const record of this.#alike.keys()) {
      const [{ marks }, at] = this.#reach(record)
      if (this.#mayBeMore(record) > 0 && (marks[at]! & seenBit) !== 0 && !isUntold(marks[at]!))
        count += 1
    }
    return count
  }

  /** The page that a number stands on, made where there is none, and where on it. */
  #reach(record: number): [Page, number] {
    const at = record % pageLength
    const number = (record - at) / pageLength
    let page = this.#pages.get(number)
    if (page === undefined) {
      page = {
        versions: new Uint32Array(pageLength),
        subjects: new Uint32Array(pageLength),
        marks: new Uint8Array(pageLength),
      }
      this.#pages.set(number, page)
    }
    return [page, at]
  }

  /** How a row differs; undefined where it is what the entries say. Remembers that it was seen. */
  differenceOf({ record, subject, category, version }: LiveRecord): Discrepancy | undefined {
    const [page, at] = this.#reach(record)
    page.marks[at]! |= seenBit
    const told = standsIn(page, at) ? page.versions[at]! : 0
    const found = version ?? 1
    if (isUntold(page.marks[at]!)) return undefined
    const isMore = found > told && found <= told + this.#mayBeMore(record)
    const kind = kindOf(page, at, { subject, category }, told, told > 0 && isMore ? told : found)
    return kind && { record, subject, category, kind, told, found }
  }

  /** What the entries say of a number that no table has. */
  missingOf(record: number): Discrepancy | undefined {
    const [page, at] = this.#reach(record)
    if (!standsIn(page, at) || isUntold(page.marks[at]!)) return undefined
    return {
      record,
      subject: page.subjects[at]!,
      category: page.marks[at]! & categoryBits,
      kind: 'missing',
      told: page.versions[at]!,
      found: 0,
    }
  }

  /** Numbers that must be there and were not seen in any table. */
  *unseen(): Generator<Discrepancy> {
    const numbers = [...this.#pages.keys()].sort((a, b) => a - b)
    for (const number of numbers)
      for (const [at, marks] of this.#pages.get(number)!.marks.entries()) {
        if ((marks & seenBit) !== 0) continue
        const missing = this.missingOf(number * pageLength + at)
        if (missing !== undefined) yield missing
      }
  }
}

const isUntold = (marks: number): boolean => (marks & untoldBit) !== 0

/** Whether the entries say that there is a record of this number. */
const standsIn = ({ versions, marks }: Page, at: number): boolean =>
  versions[at]! > 0 && (marks[at]! & erasedBit) === 0

function kindOf(
  { versions, subjects, marks }: Page,
  at: number,
  { subject, category }: Pick<LiveRecord, 'subject' | 'category'>,
  told: number,
  found: number,
): DiscrepancyKind | undefined {
  if (versions[at] === 0) return (marks[at]! & erasedBit) === 0 ? 'unknown' : 'returned'
  if (subjects[at] !== subject || (marks[at]! & categoryBits) !== category) return 'moved'
  if (told === 0) return 'returned'
  if (found === told) return undefined
  return found < told ? 'older' : 'newer'
}
