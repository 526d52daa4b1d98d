import type { TSchema } from 'typebox'

/**
 * Values for a shape that a careless or hostile caller could send: right by the letter where that is
 * possible, and as far out as the letter lets them be.
 */
export function wildValues(shape: TSchema, take: number): unknown {
  const s = shape as Shape
  if (s.const !== undefined) return s.const
  if (s.enum !== undefined) return s.enum[take % s.enum.length]
  if (s.anyOf !== undefined) return wildValues(s.anyOf[take % s.anyOf.length]!, take)
  switch (s.type) {
    case 'string':
      return wildText(s, take)
    case 'integer':
      return number(s, [0, 1, 2_147_483_647, 2_147_483_648, Number.MAX_SAFE_INTEGER, -1][take % 6]!)
    case 'number':
      return number(s, [0, 0.5, 1e300, -1e300, 2_147_483_648, 5e-324][take % 6]!)
    case 'boolean':
      return take % 2 === 0
    case 'array': {
      const least = s.minItems ?? 0
      return Array.from({ length: Math.max(least, take % 3) }, (_, i) =>
        wildValues(s.items!, take + i),
      )
    }
    case 'object':
      return wildObject(s, take)
    default:
      return [null, { a: [1, { b: wildText(s, take) }] }, -0, '', []][take % 5]
  }
}

interface Shape {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly TSchema[]
  readonly items?: TSchema
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly patternProperties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

function wildObject(s: Shape, take: number): unknown {
  const named = Object.entries(s.properties ?? {})
  // Every other time only what must be there.
  const kept = named.filter(([name]) => take % 2 === 0 || s.required?.includes(name) === true)
  const own = Object.fromEntries(
    kept.map(([name, shape], i) => [name, wildValues(shape, take + i)]),
  )
  const [value] = Object.values(s.patternProperties ?? {})
  if (value === undefined) return own
  const keys = take < unkeepable ? ['constructor', '__proto__', 'toString', 'name', ''] : broken
  const key = keys[take % keys.length]!
  return Object.defineProperty(own, key, { value: wildValues(value, take), enumerable: true })
}

const texts = [
  'Żółć 🙂 ‮right to left',
  "'; drop table vault.record; --",
  '\u0001\u001b[31m\r\nset-cookie: a=b',
  '%00%ff../../etc/passwd',
  '{"$ref":"#"}, ${x}, {{7*7}}, \\',
]
/** No table keeps these; from {@link unkeepable} on they stand among the others. */
const broken = ['a\u0000b', '\ud800 alone']
export const unkeepable = 100

function wildText(s: Shape, take: number): string {
  if (s.pattern !== undefined || s.format !== undefined) return formed(s, take)
  const among = take < unkeepable ? texts : broken
  const text = among[take % among.length]!
  const least = s.minLength ?? 0
  const padded = text.length < least ? text.repeat(Math.ceil(least / text.length)) : text
  return padded.slice(0, s.maxLength ?? padded.length)
}

/** Texts of the forms the house asks for, each at its edges. */
const forms: Readonly<Record<string, readonly string[]>> = {
  uuid: ['01890000-0000-7000-8000-00000000dead', '00000000-0000-0000-0000-000000000000'],
  'date-time': [
    '2026-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2016-12-31T23:59:60Z',
    '2026-01-01T00:00:00Z[Europe/Berlin]',
  ],
  date: ['2026-02-28', '0000-01-01', '9999-12-31'],
  email: ['a@b.example', `${'a'.repeat(64)}@example.org`],
}

const shortTexts = ['a', 'ab', 'A', 'AB', 'DE', '0', '1', 'a-b', 'constructor', '000000']

function formed({ pattern, format }: Shape, take: number): string {
  const known = format === undefined ? undefined : forms[format]
  if (known !== undefined) return known[take % known.length]!
  const fits = new RegExp(pattern ?? '', 'u')
  const candidates = [
    ...Object.values(forms).flat(),
    ...shortTexts,
    'a'.repeat(43),
    'f'.repeat(64),
    '9'.repeat(64),
  ].filter((text) => fits.test(text))
  return candidates[take % Math.max(1, candidates.length)] ?? 'fits nothing'
}

function number({ minimum, maximum }: Shape, value: number): number {
  return Math.min(Math.max(value, minimum ?? value), maximum ?? value)
}
