import { createSecretKey } from 'node:crypto'
import { randomBytes } from '#ground'
import { Receipt } from '#kernel'
import { FileKey } from './chunks.ts'
import type { SubjectKey } from './subject-key.ts'

/**
 * A key for one file of a subject, and the same sealed under the subject's key: with that it is
 * destroyed, and the file with it, wherever its bytes lie.
 *
 * @param context - where the sealed key belongs; given again to open it.
 */
export function newFileKey(
  key: SubjectKey,
  context: readonly string[],
): { readonly sealed: Buffer; readonly fileKey: FileKey } {
  const raw = randomBytes(32)
  const sealed = key.seal(context, raw)
  const fileKey = new FileKey(createSecretKey(raw))
  raw.fill(0)
  return { sealed, fileKey }
}

/**
 * The key of a file, after the entry that tells of it is committed.
 *
 * @throws {TypeError} without a true receipt.
 * @throws {Refusal} `keys.not-authentic`.
 */
export function openFileKey(
  receipt: Receipt,
  key: SubjectKey,
  context: readonly string[],
  sealed: Uint8Array,
): FileKey {
  Receipt.demand(receipt)
  const raw = key.open(receipt, context, sealed)
  const fileKey = new FileKey(createSecretKey(raw))
  raw.fill(0)
  return fileKey
}
