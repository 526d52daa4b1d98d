import type {
  AnonymiseRule,
  Category,
  Field,
  FieldKind,
  Generalisation,
  KeptField,
} from '../controllers/contract.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { anonymiseMalformed } from '../refusals.ts'

/** Fewer than five alike are too easily told apart. */
const leastK = 5
const mostK = 1000

const fits: Readonly<Record<Generalisation, readonly FieldKind[]>> = {
  keep: ['boolean', 'choice'],
  year: ['date'],
  month: ['date'],
  band: ['number'],
  prefix: ['text', 'phone'],
  domain: ['email'],
}

/** @throws {Refusal} `vault.anonymise-malformed` for a rule that would leave somebody recognisable. */
export function readRule(
  { k, keep }: AnonymiseRule,
  category: string,
  fields: readonly Field[],
): AnonymiseRule {
  const refuse = (why: string) => anonymiseMalformed(category, why)
  if (!Number.isInteger(k) || k < leastK || k > mostK)
    throw refuse(`k is a whole number from ${leastK} to ${mostK}.`)
  if (keep.length === 0) throw refuse('It keeps no field; then erase instead.')
  if (new Set(keep.map(({ field }) => field)).size < keep.length)
    throw refuse('It names a field twice.')
  const kept = keep.map(({ field, method, width }): KeptField => {
    const found = fields.find(({ name }) => name === field)
    if (found === undefined) throw refuse('It names a field the category lacks.')
    if (found.class === 'identifier') throw refuse(`${field} identifies a person; it is dropped.`)
    if (!fits[method].includes(found.kind))
      throw refuse(`${method} is no way to make ${field}, a ${found.kind}, coarser.`)
    const isSized = method === 'band' || method === 'prefix'
    if (!isSized) return { field, method }
    if (width === undefined || !Number.isInteger(width) || width < 1)
      throw refuse(`${method} needs a width of at least 1.`)
    return { field, method, width }
  })
  return { k, keep: kept }
}

/** What remains of one record: a value for each kept field, null where it had none. */
export type Remains = Readonly<Record<string, FieldValue | null>>

export function remainsOf(
  rule: AnonymiseRule,
  values: Readonly<Record<string, FieldValue>>,
): Remains {
  return Object.fromEntries(
    rule.keep.map(({ field, method, width = 1 }) => {
      const value = Object.hasOwn(values, field) ? values[field] : undefined
      return [field, value === undefined ? null : coarser[method](value, width)]
    }),
  )
}

type Coarser = (value: FieldValue, width: number) => FieldValue
const coarser: Readonly<Record<Generalisation, Coarser>> = {
  keep: (value) => value,
  year: (value) => String(value).slice(0, 4),
  month: (value) => String(value).slice(0, 7),
  band: (value, width) => Math.floor(Number(value) / width) * width,
  prefix: (value, width) =>
    Array.from(String(value).normalize('NFC')).slice(0, width).join('').toLowerCase(),
  domain: (value) => String(value).replace(/^.*@/s, '').toLowerCase(),
}

/** Records that have become alike. */
export interface Group {
  readonly remains: Remains
  readonly count: number
}

/** Alike records counted together, the most frequent first. */
export function groupsOf(remains: readonly Remains[]): Group[] {
  const groups = Map.groupBy(remains, (one) => JSON.stringify(one))
  return [...groups.values()]
    .map((alike) => ({ remains: alike[0]!, count: alike.length }))
    .sort((a, b) => b.count - a.count)
}

/** What the rule does, in one sentence for people. */
export function ruleSentence({ name, anonymise }: Pick<Category, 'name' | 'anonymise'>): string {
  if (anonymise === null) return `Nothing of ${name} remains.`
  const kept = anonymise.keep.map(({ field, method, width }) =>
    method === 'keep' ? field : `${field} as ${method}${width === undefined ? '' : ` of ${width}`}`,
  )
  return `Of ${name} remain ${kept.join(', ')}, where at least ${anonymise.k} records are alike; everything else is dropped.`
}
