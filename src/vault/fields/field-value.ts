import type { Field, FieldKind } from '../controllers/contract.ts'
import { valueMalformed } from '../refusals.ts'
import { callingCodes } from './calling-codes.ts'

/** A field's value as it is sealed: text for every kind but `number` and `boolean`. */
export type FieldValue = string | number | boolean

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

/** As {@link readValue}, and a choice is one of its options. @throws {Refusal} `vault.value-malformed`. */
export function readField(
  { name, kind, options }: Pick<Field, 'name' | 'kind' | 'options'>,
  given: unknown,
): FieldValue | undefined {
  const value = readValue(name, kind, given)
  if (value !== undefined && options !== null && !options.includes(String(value)))
    throw valueMalformed(name, kind)
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
  boolean: (given) => {
    if (typeof given === 'boolean') return given
    return given === 'true' ? true : given === 'false' ? false : undefined
  },
  choice: (given) => (isLine(given, 200) ? given : undefined),
}

/**
 * The form in which equal values are equal text, for blind indexes. Idempotent.
 *
 * E-mail: lower case. Phone: `+` and digits as ITU-T E.164 writes them, where the number is
 * international or the country (ISO 3166-1 alpha-2) says how its own are dialled; else its digits.
 * Text: folded case. Identifiers: as they are. All of them trimmed and in Unicode NFC.
 */
export function normalForm(kind: FieldKind, value: string, country: string | null = null): string {
  const plain = value.normalize('NFC').trim()
  if (kind === 'email') return plain.toLowerCase().normalize('NFC')
  if (kind === 'phone') return phoneForm(plain, country)
  // By way of upper case, which folds what lower case alone keeps apart: ß and ss, ſ and s. The
  // first lower case is for ẞ, which is upper case already.
  if (kind === 'text') return plain.toLowerCase().toUpperCase().toLowerCase().normalize('NFC')
  return plain
}

/** Of a text's normal form the words: runs of letters, marks and digits, each once. */
export const wordsOf = (text: string): string[] => [
  ...new Set(normalForm('text', text).match(/[\p{L}\p{M}\p{N}]+/gu)),
]

function phoneForm(value: string, country: string | null): string {
  const digits = digitsOf(value)
  if (value.startsWith('+')) return `+${digits}`
  if (digits.startsWith('00')) return `+${digits.slice(2)}`
  const plan = country === null ? undefined : callingCodes.get(country)
  // What is shorter than a subscriber's number is a short code or an extension, dialled nowhere else.
  if (plan === undefined || digits.length < 7) return digits
  const national = digits.startsWith(plan.trunk) ? digits.slice(plan.trunk.length) : undefined
  if (national === undefined) return digits
  const form = `+${plan.code}${national}`
  return form.length <= 16 ? form : digits
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
