import { newId } from '#ground'
import type { Act } from '#kernel'
import { makeSubjectKey, type NewSubjectKey, sealRecord, type SubjectKey } from '#keys'
import { endOf } from './retention.ts'
import type { Placed } from './row.ts'
import { inSlices } from './slices.ts'
import { identifierContext, recordContext, type SealedRecord } from './subject.ts'

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
  const place = { ...identity, category: category.bit }
  const plaintext = Buffer.from(JSON.stringify(Object.fromEntries(values)))
  return {
    ...place,
    subjectId: key.subjectId,
    keyId: key.id,
    sealed: sealRecord(key, recordContext(place), plaintext),
    storedAt: act.now,
  }
}
