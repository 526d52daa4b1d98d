import { createHash } from 'node:crypto'
import { tokenPatternMalformed } from '../refusals.ts'

/**
 * A token that looks like what it stands for is drawn into a pattern:
 *
 * ```
 * 9   a digit            a   a letter a to z        A   a letter A to Z
 * *   a digit or letter a to z                      \\x  the character x itself
 * anything else stands for itself
 * ```
 *
 * `9999 9999 9999 9999` with the Luhn check (ISO/IEC 7812-1 Annex B) makes tokens that a card form
 * takes. Characters are drawn evenly and whole tokens that fail the check are thrown away, so that
 * every token that fits is as likely as any other. Nothing of the value is in it: it is no encryption.
 */
export interface TokenPattern {
  readonly pattern: string
  /** Of its digits the last is the check digit. */
  readonly luhn?: boolean
}

/** How tokens of a field may look: any, none, by chance alone, or drawn into one pattern. */
export const tokenForms = ['any', 'none', 'random', 'pattern'] as const
export type TokenForm = (typeof tokenForms)[number]

const digits = '0123456789'
const lower = 'abcdefghijklmnopqrstuvwxyz'
const classes: Readonly<Record<string, string>> = {
  '9': digits,
  a: lower,
  A: lower.toUpperCase(),
  '*': digits + lower,
}

/** Fewer tokens than these are too easily guessed, or used up (the domain NIST SP 800-38G r1 asks of FF1). */
const leastTokens = 1_000_000
const longest = 64

/** Draws so many bytes by chance. */
export type Chance = (bytes: number) => Uint8Array

/** Reads a pattern into what may stand at each place. @throws {Refusal} `vault.token-pattern-malformed`. */
export function placesOf({ pattern, luhn = false }: TokenPattern): string[] {
  const places = [...pattern.matchAll(/\\(.)|(.)/gsu)].map(([, literal, one = '']) =>
    literal === undefined ? (classes[one] ?? one) : literal,
  )
  if (places.length === 0 || places.length > longest || pattern.endsWith('\\'))
    throw tokenPatternMalformed(`A pattern has 1 to ${longest} places.`)
  if (luhn && places.filter((place) => place === digits).length < 2)
    throw tokenPatternMalformed('A Luhn check needs at least two digits.')
  const all = places.reduce((product, place) => product * place.length, 1) / (luhn ? 10 : 1)
  if (all < leastTokens)
    throw tokenPatternMalformed(`So few tokens fit this pattern that they could be guessed.`)
  return places
}

/** One token of a pattern. */
export function drawToken(wanted: TokenPattern, chance: Chance): string {
  const places = placesOf(wanted)
  for (;;) {
    const token = places.map((place) => drawn(place, chance)).join('')
    if (wanted.luhn !== true || passesLuhn(token)) return token
  }
}

/** A token that stands for nothing but itself: 192 bits by chance. */
export const randomToken = (chance: Chance): string =>
  `tok_${Buffer.from(chance(24)).toString('base64url')}`

/** One of the characters, each as likely: a byte from beyond the last whole round is thrown away. */
function drawn(place: string, chance: Chance): string {
  if (place.length === 1) return place
  const even = 256 - (256 % place.length)
  for (;;) {
    const byte = chance(1)[0]!
    if (byte < even) return place[byte % place.length]!
  }
}

/** ISO/IEC 7812-1 Annex B, over the digits of a text. */
export function passesLuhn(text: string): boolean {
  const found = text.replaceAll(/\D/g, '')
  let sum = 0
  for (let i = 0; i < found.length; i += 1) {
    const digit = Number(found[found.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return found.length > 0 && sum % 10 === 0
}

/** What a token is kept as. */
export const tokenHash = (controllerId: string, token: string): Buffer =>
  createHash('sha256').update(controllerId).update('\0').update(token).digest()
