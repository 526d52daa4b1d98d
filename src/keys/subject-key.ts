import { timingSafeEqual } from 'node:crypto'
import { Receipt } from '#kernel'
import type { AccountTally } from '#trail'
import { openBox, sealBox } from './box.ts'
import { passingContext } from './context.ts'
import { Hmac } from './hmac.ts'
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
  readonly #older: () => readonly SubjectKey[]
  readonly #uses: AccountTally | undefined

  /**
   * @param older - keys the subject had before; asked for only where this one does not open.
   * @param uses - sees every receipt under which it opens anything.
   */
  constructor(
    { id, controllerId, subjectId }: SubjectKeyName,
    lock: Xaes,
    older: () => readonly SubjectKey[] = none,
    uses?: AccountTally,
  ) {
    this.id = id
    this.controllerId = controllerId
    this.subjectId = subjectId
    this.#lock = lock
    this.#older = older
    this.#uses = uses
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
    this.#uses?.see(receipt.entryId)
    return this.#open(context, sealed)
  }

  /**
   * Seals anew, in the same place, what this key or an older one of the subject sealed.
   *
   * @throws {Refusal} `keys.not-authentic`.
   */
  reseal(context: readonly string[], sealed: Uint8Array): Buffer {
    const plaintext = this.#open(context, sealed)
    const anew = this.seal(context, plaintext)
    plaintext.fill(0)
    return anew
  }

  #open(context: readonly string[], sealed: Uint8Array): Buffer {
    try {
      return openBox(this.#lock, this.#associated(context), sealed)
    } catch (error) {
      if (!(error instanceof NotAuthentic)) throw error
    }
    for (const key of this.#older())
      try {
        return openBox(key.#lock, key.#associated(context), sealed)
      } catch (error) {
        if (!(error instanceof NotAuthentic)) throw error
      }
    throw notAuthentic()
  }

  /** Never a version of the wrapping key: rotation rewraps this key, it does not touch records. */
  #associated(context: readonly string[]): Buffer {
    return passingContext('record', [this.controllerId, this.subjectId, this.id, ...context])
  }
}

const none = (): readonly SubjectKey[] => []

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
export function commitmentOf(key: Uint8Array, id: string): Buffer {
  return Hmac.once(key, passingContext('subject-key commitment', [id]))
}

/** Whether a key is the one that was committed to. */
export function keepsCommitment(key: Uint8Array, id: string, commitment: Uint8Array): boolean {
  const own = commitmentOf(key, id)
  return own.length === commitment.length && timingSafeEqual(own, commitment)
}
