import type { FieldKind } from './contract.ts'
import { valueMalformed } from './refusals.ts'

/** A field's value as it is sealed: text for every kind but `number`. */
export type FieldValue = string | number

const longestText = 20_000

/**
 * Reads one value as it came in, from JSON or from a cell of a table.
 *
 * @returns undefined where there is none: null, undefined or empty text.
 * @throws {Refusal} `vault.value-malformed`, naming the field and never the value.
 */
export function readValue(field: string, kind: FieldKind, given: unknown): FieldValue | undefined {
  if (given === undefined || given === null || given === '') return undefined
  const value = readers[kind](given)
  if (value === undefined) throw valueMalformed(field, kind)
  return value
}

const readers: { readonly [K in FieldKind]: (given: unknown) => FieldValue | undefined } = {
  text: (given) => (isText(given) ? given : undefined),
  identifier: (given) => (isLine(given, 500) ? given : undefined),
  email: (given) => (isLine(given, 320) && /^[^\s@]+@[^\s@]+$/.test(given) ? given : undefined),
  phone: (given) =>
    isLine(given, 40) && /^\+?[\d\s()./-]+$/.test(given) && digitsOf(given).length >= 3
      ? given
      : undefined,
  date: (given) => (typeof given === 'string' && isDate(given) ? given : undefined),
  number: (given) => {
    if (typeof given === 'number') return Number.isFinite(given) ? given : undefined
    // Fifteen digits are what a double keeps exactly; a longer one belongs in an identifier.
    if (typeof given !== 'string' || !/^-?\d+(?:\.\d+)?$/.test(given)) return undefined
    return digitsOf(given).length <= 15 ? Number(given) : undefined
  },
}

/**
 * The form in which equal values are equal text, for blind indexes. Idempotent.
 *
 * E-mail: lower case. Phone: digits, with `+` for an international prefix. Text: folded case.
 * Identifiers: as they are. All of them trimmed and in Unicode NFC.
 */
export function normalForm(kind: FieldKind, value: string): string {
  const plain = value.normalize('NFC').trim()
  if (kind === 'email') return plain.toLowerCase().normalize('NFC')
  if (kind === 'phone') return phoneForm(plain)
  // By way of upper case, which folds what lower case alone keeps apart: ß and ss, ſ and s. The
  // first lower case is for ẞ, which is upper case already.
  if (kind === 'text') return plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
  return plain
}

function phoneForm(value: string): string {
  const digits = digitsOf(value)
  if (value.startsWith('+')) return `+${digits}`
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits
}

const digitsOf = (text: string) => text.replaceAll(/\D/g, '')

const isText = (given: unknown): given is string =>
  typeof given === 'string' && given.length <= longestText && given.isWellFormed()

/** One line of text that is not blank and not longer than `longest` UTF-16 units. */
export const isLine = (given: unknown, longest: number): given is string =>
  isText(given) && given.length <= longest && given.trim() !== '' && !/\p{Cc}/u.test(given)

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year === undefined) return false
  const inMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= inMonth
}
