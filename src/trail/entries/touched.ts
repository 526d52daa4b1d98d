/**
 * The exact set an act touched, packed. Breach scope is counted from these (GDPR Art. 33(3)(a)).
 *
 * ```
 * byte     0x01, the version
 * uvarint  number of subjects, at least 1
 * each subject, ascending:
 *   uvarint  subject ordinal: the first as it is, each further one minus the one before it
 *   uvarint  number of its records, at least 1
 *   each record, ascending by (record, category):
 *     uvarint  record ordinal: the first of its subject as it is, each further one minus the one before it
 *     uvarint  category's bit number, 0 to 30
 * ```
 *
 * Record 0 with category 0 is the subject itself: somebody found by their key, or read and without a record.
 * It counts as a subject, and neither as a record nor as a category.
 *
 * uvarint is unsigned LEB128 in its shortest form, below 2⁵³. A set has exactly one packed form:
 * a second, longer spelling is an error, so equal digests mean equal sets and the other way round.
 *
 * @module
 */
import { noRecord, type Touch } from '#kernel'

const version = 0x01
const highestCategory = 30
const noCategory = 'a subject itself is of no category'

/** What a set comes to: distinct subjects and records, and the mask of its categories. */
export interface TouchedSummary {
  readonly subjects: number
  readonly records: number
  readonly categories: number
}

/** The summary of an act that touched nothing. */
export const nothingTouched: TouchedSummary = { subjects: 0, records: 0, categories: 0 }

const inOrder = (a: Touch, b: Touch): number =>
  a.subject - b.subject || a.record - b.record || a.category - b.category

const same = (a: Touch, b: Touch): boolean =>
  a.subject === b.subject && a.record === b.record && a.category === b.category

/**
 * Packs a set. Order and repetition in `touches` do not matter.
 *
 * @returns null for the empty set.
 * @throws {RangeError} for an ordinal that is no whole number below 2⁵³, or a category above 30.
 */
export function packTouched(touches: readonly Touch[]): Buffer | null {
  if (touches.length === 0) return null
  const subjects = [...Map.groupBy(asSet(touches), ({ subject }) => subject)]
  const out: number[] = [version]
  putUvarint(out, subjects.length)
  let lastSubject = 0
  for (const [subject, records] of subjects) {
    putUvarint(out, subject - lastSubject)
    putUvarint(out, records.length)
    lastSubject = demandOrdinal(subject)
    let lastRecord = 0
    for (const { record, category } of records) {
      if (category > highestCategory) throw new RangeError(`category ${category} is above 30`)
      if (record === noRecord && category !== 0) throw new RangeError(noCategory)
      putUvarint(out, record - lastRecord)
      putUvarint(out, demandOrdinal(category))
      lastRecord = demandOrdinal(record)
    }
  }
  return Buffer.from(out)
}

/** In order, each once. Most acts touch one record, which is in order as it is. */
function asSet(touches: readonly Touch[]): readonly Touch[] {
  if (touches.length === 1) return touches
  const sorted = touches.toSorted(inOrder)
  return sorted.filter((touch, i) => i === 0 || !same(touch, sorted[i - 1]!))
}

/**
 * The set, ascending by subject, record and category.
 *
 * @throws {RangeError} for anything {@link packTouched} would not have written.
 */
export function unpackTouched(packed: Uint8Array): Touch[] {
  const reader = new Reader(packed)
  if (reader.byte() !== version) throw new RangeError('unknown version of a packed set')
  const touches: Touch[] = []
  const subjects = reader.positive()
  let subject = 0
  for (let s = 0; s < subjects; s++) {
    subject = reader.after(subject, s > 0)
    const records = reader.positive()
    let record = 0
    let category = -1
    for (let r = 0; r < records; r++) {
      const step = reader.uvarint()
      const next = reader.uvarint()
      if (next > highestCategory) throw new RangeError('category above 30 in a packed set')
      if (r > 0 && step === 0 && next <= category)
        throw new RangeError('packed set is not in order')
      record = demandOrdinal(record + step)
      if (record === noRecord && next !== 0) throw new RangeError(noCategory)
      category = next
      touches.push({ subject, record, category })
    }
  }
  reader.end()
  return touches
}

/** Counts what {@link unpackTouched} gives. */
export function summarise(touches: readonly Touch[]): TouchedSummary {
  let categories = 0
  const subjects = new Set<number>()
  const records = new Set<number>()
  for (const { subject, record, category } of touches) {
    subjects.add(subject)
    if (record === noRecord) continue
    records.add(record)
    categories |= 1 << category
  }
  return { subjects: subjects.size, records: records.size, categories }
}

function demandOrdinal(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${value} is no ordinal below 2^53`)
  }
  return value
}

function putUvarint(out: number[], value: number): void {
  let rest = demandOrdinal(value)
  while (rest >= 0x80) {
    out.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.push(rest)
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  byte(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new RangeError('packed set ends too early')
    return value
  }

  uvarint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      if (byte === 0 && scale > 1) throw new RangeError('a number in a packed set is not shortest')
      value = demandOrdinal(value + (byte % 0x80) * scale)
      if (byte < 0x80) return value
    }
  }

  positive(): number {
    const value = this.uvarint()
    if (value === 0) throw new RangeError('an empty list in a packed set')
    return value
  }

  /** The next ordinal; only the first may repeat what was before it. */
  after(last: number, strictly: boolean): number {
    const step = this.uvarint()
    if (strictly && step === 0) throw new RangeError('packed set is not in order')
    return demandOrdinal(last + step)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError('bytes after a packed set')
  }
}
