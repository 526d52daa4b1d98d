const longestKey = 512

/** Words of a key begin with a letter or digit: none is `..`, none is a file of the store's own. */
const pattern = /^[A-Za-z0-9][A-Za-z0-9._=-]*(?:\/[A-Za-z0-9][A-Za-z0-9._=-]*)*$/

/** The largest object there may be, in bytes. What is larger is put in pieces. */
export const largestObject = 67_108_864

/** A key holds other bytes than those that were to be put: it is written once, so somebody wrote before. */
export class ObjectConflict extends Error {
  override readonly name = 'ObjectConflict'

  constructor(key: string) {
    super(`another object lies under ${key}`)
  }
}

/** @throws {RangeError} for a key that could mean something else to a folder or to a store. */
export function demandKey(key: string): void {
  if (key.length > longestKey || !pattern.test(key))
    throw new RangeError('not the key of an object')
}

/** @throws {RangeError} for an object that is too large. */
export function demandSize(bytes: Uint8Array): void {
  if (bytes.length > largestObject) throw new RangeError('an object is at most 64 MiB')
}
