import { createHash } from 'node:crypto'

/** What an archive says of the objects it holds. */
export interface ObjectSum {
  readonly count: number
  readonly bytes: number
  /** SHA-256, hex, over each object in order: `<key> <size in decimal>\n`, then its bytes. */
  readonly sha256: string
  /** Files of which the store had nothing: erased while the backup was made, or lost. */
  readonly missing: number
}

/** Sums objects up as they pass. */
export class ObjectTally {
  #count = 0
  #bytes = 0
  #missing = 0
  readonly #digest = createHash('sha256')

  add({ key, bytes }: { readonly key: string; readonly bytes: Uint8Array | undefined }): void {
    if (bytes === undefined) {
      this.#missing += 1
      return
    }
    this.#count += 1
    this.#bytes += bytes.length
    this.#digest.update(`${key} ${bytes.length}\n`).update(bytes)
  }

  sum(): ObjectSum {
    const sha256 = this.#digest.copy().digest('hex')
    return { count: this.#count, bytes: this.#bytes, sha256, missing: this.#missing }
  }
}

/** Whether both say the same of the objects themselves. */
export const sameObjects = (one: ObjectSum, other: ObjectSum): boolean =>
  one.count === other.count && one.bytes === other.bytes && one.sha256 === other.sha256
