import { newId } from '#ground'
import type { Act } from '#kernel'
import { makeSubjectKey, type NewSubjectKey, sealRecord, type SubjectKey } from '#keys'
import { endOf } from '../retention/retention.ts'
import { identifierContext, recordContext, type SealedRecord } from '../subjects/subject.ts'
import type { Placed } from './row.ts'
import { inSlices } from './slices.ts'

/** A record sealed for its place, before it has its number. */
export type Unnumbered = Omit<SealedRecord, 'ordinal'>

/** A subject about to be born: a key of its own, and what is sealed under it already. */
export interface Newcomer {
  readonly made: NewSubjectKey
  readonly keyIndex: Buffer
  /** The controller's own identifier. */
  readonly keySealed: Buffer
  /** By slot. */
  readonly records: Map<string, Unnumbered>
}

/** By `who`, in the order of their rows. */
export type Newcomers = ReadonlyMap<string, Newcomer>

/** Gives each subject of these rows a key, and seals the rows under it. Stores nothing. */
export async function sealNewcomers(act: Act, rows: readonly Placed[]): Promise<Newcomers> {
  const newcomers = new Map<string, Newcomer>()
  await inSlices(rows, (row) => {
    const newcomer = newcomers.get(row.who) ?? newcomerOf(act, row)
    newcomers.set(row.who, newcomer)
    // Nothing has happened yet to who is not born.
    const eraseAfter = endOf(row.category, act.now, undefined)
    const identity = { recordId: newId(), version: 1, eraseAfter }
    newcomer.records.set(row.slot, sealRow(act, row, newcomer.made.key, identity))
  })
  return newcomers
}

function newcomerOf(act: Act, { keyIndex, subjectKey }: Placed): Newcomer {
  const made = makeSubjectKey(act, newId())
  const keySealed = sealRecord(made.key, identifierContext, Buffer.from(subjectKey))
  return { made, keyIndex, keySealed, records: new Map() }
}

/** Seals a row for its place and version. */
export function sealRow(
  act: Act,
  { category, values }: Placed,
  key: SubjectKey,
  identity: Pick<SealedRecord, 'recordId' | 'version' | 'eraseAfter'>,
): Unnumbered {
  const { recordId, version, eraseAfter } = identity
  const place = { recordId, version, category: category.bit }
  const plaintext = bytesOf(JSON.stringify(Object.fromEntries(values)))
  const sealed = sealRecord(key, recordContext(place), plaintext)
  plaintext.fill(0)
  return {
    recordId,
    version,
    eraseAfter,
    category: category.bit,
    subjectId: key.subjectId,
    keyId: key.id,
    sealed,
    storedAt: act.now,
  }
}

const room = Buffer.alloc(65_536)

/** A text in UTF-8, until the next one is asked for. Whoever asked wipes it. */
function bytesOf(text: string): Buffer {
  // A UTF-16 unit is at most three bytes of UTF-8.
  return text.length * 3 > room.length ? Buffer.from(text) : room.subarray(0, room.write(text))
}
