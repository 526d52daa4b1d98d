import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Receipt } from '#kernel'
import { openBox, sealBox } from './box.ts'
import { contextBytes } from './context.ts'
import { notAuthentic } from './refusals.ts'
import { NotAuthentic, type Xaes } from './xaes.ts'

/** Which key of whom. */
export interface SubjectKeyName {
  readonly id: string
  readonly controllerId: string
  readonly subjectId: string
}

/** One data subject's key, unwrapped. What it holds can be used, and not be read back. */
export class SubjectKey implements SubjectKeyName {
  readonly id: string
  readonly controllerId: string
  readonly subjectId: string
  readonly #lock: Xaes

  constructor({ id, controllerId, subjectId }: SubjectKeyName, lock: Xaes) {
    this.id = id
    this.controllerId = controllerId
    this.subjectId = subjectId
    this.#lock = lock
  }

  /** Seals a record in its place. The result is a box (box.ts): 41 bytes longer than the plaintext. */
  seal(context: readonly string[], plaintext: Uint8Array): Buffer {
    return sealBox(this.#lock, this.#associated(context), plaintext)
  }

  /**
   * @throws {TypeError} without a true receipt.
   * @throws {Refusal} `keys.not-authentic`.
   */
  open(receipt: Receipt, context: readonly string[], sealed: Uint8Array): Buffer {
    Receipt.demand(receipt)
    try {
      return openBox(this.#lock, this.#associated(context), sealed)
    } catch (error) {
      throw error instanceof NotAuthentic ? notAuthentic() : error
    }
  }

  /** Never a version of the wrapping key: rotation rewraps this key, it does not touch records. */
  #associated(context: readonly string[]): Buffer {
    return contextBytes('record', [this.controllerId, this.subjectId, this.id, ...context])
  }
}

/** Where a wrapped subject key belongs. */
export const subjectKeyPlace = ({ id, controllerId, subjectId }: SubjectKeyName) => [
  'subject-key',
  controllerId,
  subjectId,
  id,
]

/**
 * What binds a key's id to the key for ever: HMAC-SHA-256 under the key itself. AES-GCM alone does
 * not commit to its key; with this, one key id can never open to two different contents.
 */
export function commitmentOf(key: KeyObject, id: string): Buffer {
  return createHmac('sha256', key)
    .update(contextBytes('subject-key commitment', [id]))
    .digest()
}

/** Whether a key is the one that was committed to. */
export function keepsCommitment(key: KeyObject, id: string, commitment: Uint8Array): boolean {
  const own = commitmentOf(key, id)
  return own.length === commitment.length && timingSafeEqual(own, commitment)
}
