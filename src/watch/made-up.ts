import { createHash } from 'node:crypto'

/** Given names and family names of no country in particular, common enough to pass unnoticed. */
const given = ['Anna', 'Ben', 'Clara', 'David', 'Elena', 'Felix', 'Greta', 'Hugo', 'Ines', 'Jonas']
const family = ['Adler', 'Bauer', 'Conti', 'Dubois', 'Ek', 'Fischer', 'Garcia', 'Horn', 'Iversen']

export interface MadeUpField {
  readonly name: string
  readonly kind:
    | 'text'
    | 'email'
    | 'phone'
    | 'date'
    | 'number'
    | 'identifier'
    | 'boolean'
    | 'choice'
  /** Of a choice. */
  readonly options?: readonly string[] | null
}

/**
 * Fields of a person who does not exist, the same for the same seed. Mail addresses end in
 * `example.com` (RFC 2606) and telephone numbers in the range kept for fiction, so that no real
 * person is ever meant or reached.
 */
export function madeUpFields(
  seed: string,
  fields: readonly MadeUpField[],
): Record<string, string | number | boolean> {
  const dice = diceOf(seed)
  const [first, last] = [
    given[dice('given', given.length)]!,
    family[dice('family', family.length)]!,
  ]
  const number = String(dice('number', 1_000_000)).padStart(6, '0')
  type Made = (field: MadeUpField) => string | number | boolean
  const values: Record<MadeUpField['kind'], Made> = {
    text: ({ name }) =>
      /family|last|sur/i.test(name) ? last : /given|first/i.test(name) ? first : `${first} ${last}`,
    email: () => `${first}.${last}${number.slice(0, 3)}@example.com`.toLowerCase(),
    phone: () => `+1 202 555 01${number.slice(0, 2)}`,
    date: () => `19${50 + dice('year', 50)}-0${1 + dice('month', 9)}-${10 + dice('day', 18)}`,
    number: ({ name }) => dice(name, 1000),
    identifier: ({ name }) => `${number}${dice(name, 10_000)}`,
    boolean: ({ name }) => dice(name, 2) === 0,
    choice: ({ name, options }) => options?.[dice(name, options.length)] ?? '',
  }
  return Object.fromEntries(fields.map((field) => [field.name, values[field.kind](field)]))
}

/** A key nobody would think up: what it names can be reached only by sweeping. */
export const madeUpKey = (seed: string): string =>
  createHash('sha256').update(`key ${seed}`).digest('hex').slice(0, 20)

const diceOf = (seed: string) => (what: string, sides: number) =>
  createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE(0) % sides
