/**
 * What the trail's entries say of every record of a controller, held against what stands in the tables.
 *
 * Each entry names the exact set of records it touched. One of an act that writes says that each of them
 * got its next version, one of an act that erases that they are gone. So the entries alone tell, of each
 * number ever given to a record, whether it must be there and in which version; and a version cannot
 * be claimed, for its ciphertext opens in no other. Files have numbers of the same row, and no versions.
 *
 * @module
 */
import { parseStatement, type SetEntry, type Undone, unpackTouched } from '#trail'

/** Each act of these names gives what it touches its next version. */
const writing = [
  'vault.record.put',
  'vault.record.import',
  'vault.attachment.put',
  'watch.canary.plant',
]
/** Reads a record and replaces it, in two acts; the second one says so. */
const correcting = 'vault.record.rectify'
const erasing = [
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

/** Entries of these actions say what became of records. */
export const tellingActions: readonly string[] = [...writing, correcting, ...erasing, settling]
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
const categoryBits = 0x1f
const least = 1024

/** By the records' numbers, which are dense: nine bytes each. */
export class RecordStates {
  #versions = new Uint32Array(least)
  #subjects = new Uint32Array(least)
  /** Bits 0 to 4 the category, and whether it was erased, and was seen in its table. */
  #marks = new Uint8Array(least)
  #last = 0
  /** Where the next entry is looked for. */
  #next = 0
  readonly #waited = new Set<string>()
  readonly #undone: readonly Undone[]
  #entries = 0

  constructor(undone: readonly Undone[]) {
    this.#undone = undone
  }

  /** The index that the next entries begin at. */
  get next(): number {
    return this.#next
  }

  /** How many entries were taken in. */
  get entries(): number {
    return this.#entries
  }

  /** Takes in entries in the order of their log, up to the index `until`; each counts once. */
  take(entries: readonly SetEntry[], until?: number): void {
    for (const entry of entries) {
      if (entry.index !== null) this.#next = entry.index + 1
      if (this.#waited.has(entry.entryId) || this.#isUndone(entry)) continue
      // It comes again, once more waiting or in its place.
      if (entry.index === null) this.#waited.add(entry.entryId)
      this.#entries += 1
      this.#tell(entry)
    }
    if (until !== undefined) this.#next = until
  }

  #isUndone({ position, entryId }: SetEntry): boolean {
    return (
      position !== null &&
      this.#undone.some(
        ({ after, before, but }) => position > after && position < before && !but.has(entryId),
      )
    )
  }

  #tell({ action, touched, statement }: SetEntry): void {
    const said = statement === null ? undefined : parseStatement(statement)
    if (action === settling && said?.settles !== undefined) {
      const { record, subject, category, version } = said.settles
      this.#reach(record)
      this.#versions[record] = version
      this.#subjects[record] = subject
      this.#marks[record] = category | (version === 0 ? erasedBit : 0)
    }
    if (touched === null) return
    const isWritten = writes.has(action) || said?.writes === true
    const isErased = erases.has(action)
    for (const { subject, record, category } of unpackTouched(touched)) {
      this.#reach(record)
      if (isErased) this.#mark(record, erasedBit, true)
      if (!isWritten) continue
      // Its birth says whose it is, for good.
      if (this.#versions[record] === 0) {
        this.#subjects[record] = subject
        this.#marks[record] = category | (this.#marks[record]! & seenBit)
      }
      this.#versions[record]! += 1
    }
  }

  #mark(record: number, bit: number, on: boolean): void {
    this.#marks[record] = on ? this.#marks[record]! | bit : this.#marks[record]! & ~bit
  }

  #reach(record: number): void {
    if (record > this.#last) this.#last = record
    if (record < this.#versions.length) return
    const size = Math.max(record + 1, 2 * this.#versions.length)
    this.#versions = grown(this.#versions, new Uint32Array(size))
    this.#subjects = grown(this.#subjects, new Uint32Array(size))
    this.#marks = grown(this.#marks, new Uint8Array(size))
  }

  /** Whether the entries say that there is a record of this number. */
  #stands(record: number): boolean {
    return (this.#versions[record] ?? 0) > 0 && (this.#marks[record]! & erasedBit) === 0
  }

  /** How a row differs; undefined where it is what the entries say. Remembers that it was seen. */
  differenceOf({ record, subject, category, version }: LiveRecord): Discrepancy | undefined {
    this.#reach(record)
    this.#mark(record, seenBit, true)
    const told = this.#stands(record) ? this.#versions[record]! : 0
    const found = version ?? 1
    const kind = this.#kindOf({ record, subject, category }, told, found)
    return kind && { record, subject, category, kind, told, found }
  }

  #kindOf(
    { record, subject, category }: Pick<LiveRecord, 'record' | 'subject' | 'category'>,
    told: number,
    found: number,
  ): DiscrepancyKind | undefined {
    if (this.#versions[record] === 0)
      return (this.#marks[record]! & erasedBit) === 0 ? 'unknown' : 'returned'
    if (this.#subjects[record] !== subject || (this.#marks[record]! & categoryBits) !== category)
      return 'moved'
    if (told === 0) return 'returned'
    if (found === told) return undefined
    return found < told ? 'older' : 'newer'
  }

  /** What the entries say of a number that no table has. */
  missingOf(record: number): Discrepancy | undefined {
    if (!this.#stands(record)) return undefined
    return {
      record,
      subject: this.#subjects[record]!,
      category: this.#marks[record]! & categoryBits,
      kind: 'missing',
      told: this.#versions[record]!,
      found: 0,
    }
  }

  /** Numbers that must be there and were not seen in any table. */
  *unseen(): Generator<Discrepancy> {
    for (let record = 0; record <= this.#last; record += 1)
      if ((this.#marks[record]! & seenBit) === 0) {
        const missing = this.missingOf(record)
        if (missing !== undefined) yield missing
      }
  }
}

function grown<T extends Uint32Array | Uint8Array>(from: T, into: T): T {
  into.set(from)
  return into
}
