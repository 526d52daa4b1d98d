import { hash } from 'node:crypto'
import { dayMs, newId, randomBytes } from '#ground'
import { type Act, controllerOf, type Receipt } from '#kernel'
import { keyringOf } from './keyring.ts'
import { goneBy, policy } from './policy.ts'
import { columnsOfHouse } from './register-store.ts'
import { commitmentBroken, noSubjectKey, subjectHasKey } from './refusals.ts'
import { tablesUnderSubjectKeys } from './store-register.ts'
import { commitmentOf, keepsCommitment, SubjectKey, subjectKeyPlace } from './subject-key.ts'
import {
  dropRetired,
  eraseSubjectKeys,
  findSubjectKeys,
  insertSubjectKeys,
  retireSubjectKeys,
  type SubjectKeyRow,
} from './subject-key-store.ts'
import { Xaes } from './xaes.ts'

const keySize = 32

/** A key that was made and is not kept yet: it may be sealed with, and counts once its row is stored. */
export class NewSubjectKey {
  readonly key: SubjectKey
  readonly #row: SubjectKeyRow

  constructor(key: SubjectKey, row: SubjectKeyRow) {
    this.key = key
    this.#row = row
  }

  static rowOf(made: NewSubjectKey): SubjectKeyRow {
    return made.#row
  }
}

/** Makes a key for a subject of the act's controller, and stores nothing: {@link keepSubjectKeys} does. */
export function makeSubjectKey(act: Act, subjectId: string): NewSubjectKey {
  const controllerId = controllerOf(act)
  const name = { id: newId(), controllerId, subjectId }
  const raw = randomBytes(keySize)
  const { version, wrapped } = keyringOf(act.secrets).wrap(controllerId, subjectKeyPlace(name), raw)
  const commitment = commitmentOf(raw, name.id)
  const key = new SubjectKey(name, Xaes.taking(raw))
  return new NewSubjectKey(key, {
    ...name,
    kekVersion: version,
    wrapped,
    commitment,
    retiredAt: null,
  })
}

/**
 * Stores keys that were made for subjects of the act's controller.
 *
 * @throws {Refusal} `keys.subject-has-key` when one of them has, or had, a key.
 */
export async function keepSubjectKeys(act: Act, made: readonly NewSubjectKey[]): Promise<void> {
  if (made.length === 0) return
  const rows = made.map((one) => NewSubjectKey.rowOf(one))
  const inserting = insertSubjectKeys(act.sql, controllerOf(act), rows, act.now)
  // Reckoned while PostgreSQL inserts.
  tellBirths(act, rows)
  if ((await inserting) !== rows.length) throw subjectHasKey()
  // The statement joined those who wrap: a key that lives now lives until this act is committed. One
  // that was destroyed since it was wrapped under would have taken the subject's key with it.
  keyringOf(act.secrets).demandFreshWrapKeys(
    controllerOf(act),
    rows.map(({ kekVersion }) => kekVersion),
  )
}

/**
 * Makes and stores a key for each of these subjects of the act's controller.
 *
 * @returns by subject id.
 * @throws {Refusal} what {@link keepSubjectKeys} throws.
 */
export async function newSubjectKeys(
  act: Act,
  subjectIds: readonly string[],
): Promise<Map<string, SubjectKey>> {
  const made = [...new Set(subjectIds)].map((subjectId) => makeSubjectKey(act, subjectId))
  await keepSubjectKeys(act, made)
  return new Map(made.map(({ key }) => [key.subjectId, key]))
}

/**
 * Gives each of these subjects of the act's controller another key. The one before is retired: it
 * opens what it sealed, here and in older backups, and goes with the subject. Whoever calls has locked
 * the subjects, and later seals what they own anew ({@link resealRecord}).
 *
 * @throws {Refusal} as {@link subjectKeys}.
 */
export async function renewSubjectKeys(act: Act, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return
  await retireSubjectKeys(act.sql, controllerOf(act), subjectIds, act.now)
  await newSubjectKeys(act, subjectIds)
}

/**
 * Seals anew under a subject's present key what lies under it or an older one. Nothing of it is shown
 * to anybody, so it needs no receipt.
 *
 * @throws {Refusal} `keys.not-authentic`.
 */
export function resealRecord(
  key: SubjectKey,
  context: readonly string[],
  sealed: Uint8Array,
): Buffer {
  return key.reseal(context, sealed)
}

/**
 * Drops retired subject keys that neither a backup nor a row needs any more.
 *
 * @returns how many.
 */
export async function dropRetiredKeys(act: Act): Promise<number> {
  const before = new Date(act.now.getTime() - policy.subjectKeyDays * dayMs)
  const tables = tablesUnderSubjectKeys(await columnsOfHouse(act.sql))
  const dropped = await dropRetired(act.sql, before, tables)
  act.tell({ retiredKeysDropped: dropped })
  return dropped
}

/**
 * The keys of these subjects of the act's controller, unwrapped and held against the commitment made
 * at their birth.
 *
 * @returns by subject id.
 * @throws {Refusal} `keys.no-subject-key` when one has none, `keys.commitment-broken`,
 *   `keys.not-authentic`, `keys.key-destroyed`, `keys.ring-destroyed`.
 */
export async function subjectKeys(
  act: Act,
  subjectIds: readonly string[],
): Promise<Map<string, SubjectKey>> {
  const wanted = new Set(subjectIds)
  if (wanted.size === 0) return new Map()
  const rows = await findSubjectKeys(act.sql, controllerOf(act), [...wanted])
  const live = rows.filter(({ retiredAt }) => retiredAt === null)
  if (live.length !== wanted.size) throw noSubjectKey()
  const older =
    live.length === rows.length
      ? undefined
      : Map.groupBy(
          rows.filter(({ retiredAt }) => retiredAt !== null),
          ({ subjectId }) => subjectId,
        )
  const { uses } = keyringOf(act.secrets)
  const keyOf = (row: SubjectKeyRow, older?: () => SubjectKey[]) =>
    new SubjectKey(row, unwrapped(act, row), older, uses)
  return new Map(
    live.map((row) => {
      const before = older?.get(row.subjectId)
      const key =
        before === undefined ? keyOf(row) : keyOf(row, () => before.map((one) => keyOf(one)))
      return [row.subjectId, key]
    }),
  )
}

function unwrapped(act: Act, row: SubjectKeyRow): Xaes {
  const keyring = keyringOf(act.secrets)
  const warm = keyring.warm.get(row.id, act.now)
  if (warm !== undefined) {
    // The wrapping key may have been destroyed since by another process: then the warm copy is dead too.
    keyring.demandWrapKey(row.controllerId, row.kekVersion)
    return warm
  }
  const lock = Xaes.taking(openWrapped(act, row))
  keyring.warm.set(row.id, lock, act.now)
  return lock
}

/**
 * A subject key's raw bytes. The caller zeroes them.
 *
 * @throws {Refusal} `keys.commitment-broken` and as {@link subjectKeys}.
 */
export function openWrapped({ secrets }: Act, row: SubjectKeyRow): Buffer {
  const { controllerId, kekVersion, wrapped } = row
  const place = subjectKeyPlace(row)
  const raw = keyringOf(secrets).unwrap(controllerId, kekVersion, place, wrapped)
  if (keepsCommitment(raw, row.id, row.commitment)) return raw
  raw.fill(0)
  throw commitmentBroken()
}

/** What can be said of destroyed keys, for a certificate. It names nobody. */
export interface Destroyed {
  readonly at: Date
  readonly keys: readonly {
    readonly subjectId: string
    readonly keyId: string
    /** Hex. What the key was, without the key: the trail heard of it at the key's birth. */
    readonly commitment: string
  }[]
  /** From then on no backup opens either: the key that wrapped these is gone from all of them. */
  readonly goneFromBackupsBy: Date
}

/**
 * Destroys the keys of these subjects of the act's controller and writes the erasure ledger. A
 * subject that has no key is passed over.
 */
export async function destroySubjectKeys(
  act: Act,
  subjectIds: readonly string[],
): Promise<Destroyed> {
  const controllerId = controllerOf(act)
  const keyring = keyringOf(act.secrets)
  const gone = await eraseSubjectKeys(act.sql, controllerId, subjectIds, act.now, act.action)
  for (const { keyId } of gone) keyring.warm.delete(keyId)
  const current = keyring.ring(controllerId).keys.findLast(({ family }) => family === 'wrap')
  return {
    at: act.now,
    keys: gone.map(({ subjectId, keyId, commitment }) => ({
      subjectId,
      keyId,
      commitment: commitment.toString('hex'),
    })),
    goneFromBackupsBy: current === undefined ? act.now : goneBy(current.createdAt),
  }
}

/** Seals a record. `context` says where it belongs (record id, category, version) and must be given again to open it. */
export function sealRecord(
  key: SubjectKey,
  context: readonly string[],
  plaintext: Uint8Array,
): Buffer {
  return key.seal(context, plaintext)
}

/**
 * Opens a record, after the entry that tells of it is committed.
 *
 * @throws {TypeError} without a true receipt.
 * @throws {Refusal} `keys.not-authentic` when the record was altered, moved or swapped.
 */
export function openRecord(
  receipt: Receipt,
  key: SubjectKey,
  context: readonly string[],
  sealed: Uint8Array,
): Buffer {
  return key.open(receipt, context, sealed)
}

/** The commitments of all keys born in this act, as one digest: SHA-256 over digest ‖ key id ‖ commitment, in order. */
function tellBirths(act: Act, rows: readonly SubjectKeyRow[]): void {
  const before = act.details['subjectKeysBorn'] as { count: number; digest: string } | undefined
  let digest = before?.digest ?? ''
  for (const { id, commitment } of rows) {
    // In hexadecimal, which makes no object for each; the first has no digest before it.
    let at = birth.write(digest, 'hex')
    at += birth.write(id, at)
    at += commitment.copy(birth, at)
    digest = hash('sha256', at === birth.length ? birth : birth.subarray(0, at))
  }
  const count = (before?.count ?? 0) + rows.length
  act.tell({ subjectKeysBorn: { count, digest } })
}

/** Room for digest ‖ key id ‖ commitment. */
const birth = Buffer.alloc(32 + 36 + 32)
