import { ruleSentence } from '../retention/anonymise.ts'
import { longestRetention } from '../retention/retention.ts'
import type { Category, Contract, Field } from './contract.ts'

/** What whoever agrees on a contract should know of it. */
export interface Remark {
  /** `category.field`, `category`, or a purpose's name. */
  readonly place: string
  /** `leak`: what an index gives away. `advice`: what is probably meant otherwise. `fact`: what it comes to. */
  readonly level: 'leak' | 'advice' | 'fact'
  readonly sentence: string
}

/** What the index of a searchable field gives away to who reads its table, in one sentence; null for none. */
export function leakageOf({
  searchable,
  words,
}: Pick<Field, 'searchable' | 'words'>): string | null {
  if (words)
    return 'Whoever reads the index sees how many words each value has and which subjects share a word; a frequent word can be guessed by how often it occurs.'
  if (searchable)
    return 'Whoever reads the index sees which subjects have equal values and how often each occurs, but not what they are.'
  return null
}

const hints: readonly (readonly [RegExp, Field['class'], string])[] = [
  [
    /health|diagnos|illness|medic|religio|belief|ethnic|race|biometr|genetic|union|politic|orientation/i,
    'special',
    'sounds like a special category (GDPR Art. 9)',
  ],
  [/iban|card|account|salary|income|tax|credit/i, 'financial', 'sounds like financial data'],
  [/child|pupil|minor|guardian/i, 'child', 'sounds like data of a child'],
  [/passport|social-?security|national-?id|licen[cs]e/i, 'identifier', 'sounds like an identifier'],
]

/** What a contract comes to, field by field. It refuses nothing: that is `agree`'s. */
export function remarksOn(contract: Contract): Remark[] {
  return [
    ...contract.categories.flatMap((category) => remarksOnCategory(contract, category)),
    ...contract.purposes
      .filter(({ categories }) => categories.length === 0)
      .map(({ name }) => advice(name, 'This purpose may use nothing.')),
  ]
}

function remarksOnCategory(contract: Contract, category: Category): Remark[] {
  const { name, retainDays, retainFrom } = category
  const found = category.fields.flatMap((field) => remarksOnField(name, field))
  if (!contract.purposes.some(({ categories }) => categories.includes(name)))
    found.push(advice(name, 'No purpose may use it: what is not needed need not be kept.'))
  found.push({
    place: name,
    level: 'fact',
    sentence:
      retainFrom === null
        ? `Erased ${retainDays} days after it was last stored.`
        : `Erased ${retainDays} days after ${retainFrom}; ${longestRetention} days after storing where that never comes.`,
  })
  if (category.anonymise !== null)
    found.push({ place: name, level: 'fact', sentence: ruleSentence(category) })
  return found
}

function remarksOnField(category: string, field: Field): Remark[] {
  const place = `${category}.${field.name}`
  const leak = leakageOf(field)
  const found: Remark[] = leak === null ? [] : [{ place, level: 'leak', sentence: leak }]
  const hint = hints.find(([names]) => names.test(field.name))
  if (hint !== undefined && field.class === 'ordinary')
    found.push(advice(place, `Its name ${hint[2]}; class it as ${hint[1]} if it is.`))
  if (field.special && field.purposes === null)
    found.push(advice(place, 'Confine a special category to the purposes that need it.'))
  return found
}

const advice = (place: string, sentence: string): Remark => ({ place, level: 'advice', sentence })
