import { createHash } from 'node:crypto'

/**
 * One spelling of a JSON value: no blanks, keys in order of their UTF-16 units, numbers as
 * ECMAScript writes them (RFC 8785). What is read back from `jsonb` spells the same.
 *
 * @throws {TypeError} for what JSON cannot hold: it would be lost on the way to the table and back.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isPlain(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    return `{${members.join(',')}}`
  }
  const scalar = value === null || typeof value === 'string' || typeof value === 'boolean'
  if (scalar || Number.isFinite(value)) return JSON.stringify(value)
  throw new TypeError(`not a JSON value: ${typeof value}`)
}

/** SHA-256 over the canonical JSON. */
export const digestOf = (value: unknown): Buffer =>
  createHash('sha256').update(canonicalJson(value)).digest()

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
