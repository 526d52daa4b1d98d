import { contractMalformed, fieldNotIndexable, noticeTooLate, promiseDropped } from '../refusals.ts'
import { readRule } from '../retention/anonymise.ts'
import { demandRetention } from '../retention/retention.ts'
import {
  type AnonymiseRule,
  type Category,
  type Contract,
  type Field,
  type FieldClass,
  fieldClasses,
  type FieldKind,
  fieldKinds,
  type Purpose,
} from './contract.ts'

/** GDPR Art. 33(1): the controller itself has 72 hours, so no contract may give us more. */
const latestNoticeHours = 72
/** What we hold ourselves to where a contract says nothing. */
const usualNoticeHours = 24
/** How many subjects one person exports alone where a contract says nothing. */
const usualExportAlone = 10_000
/** Beyond this nobody would ever be asked. */
const mostExportAlone = 10_000_000
/** Bits 0 to 30: a mask fits a PostgreSQL integer. */
const mostCategories = 31
const mostOptions = 200

export interface FieldTerms {
  readonly name: string
  readonly kind: FieldKind
  readonly class?: FieldClass
  readonly special?: boolean
  readonly searchable?: boolean
  readonly words?: boolean
  readonly purposes?: readonly string[] | null
  readonly options?: readonly string[] | null
}

export interface CategoryTerms {
  readonly name: string
  readonly fields: readonly FieldTerms[]
  readonly retainDays: number
  readonly retainFrom?: string | null
  readonly anonymise?: AnonymiseRule | null
}

/** A contract as somebody proposes it: bits are ours to give. */
export interface Terms {
  readonly name: string
  readonly country?: string
  readonly categories: readonly CategoryTerms[]
  readonly purposes: readonly (Omit<Purpose, 'consent'> & { readonly consent?: boolean })[]
  readonly noticeHours?: number
  readonly exportAlone?: number
  readonly subjectKinds?: readonly string[]
}

/**
 * Makes a contract of terms. With a contract already in force, categories keep their bits, new ones
 * get the next, and nothing that may hold data is dropped or changes its kind.
 *
 * @throws {Refusal} `vault.contract-malformed`, `vault.notice-too-late`, `vault.field-not-indexable`,
 *   `vault.contract-part-dropped`, and what `demandRetention` throws.
 */
export function agree(terms: Terms, inForce?: Contract): Contract {
  const { name, country = null, noticeHours = usualNoticeHours, subjectKinds = [] } = terms
  const { exportAlone = usualExportAlone } = terms
  if (!isLabel(name)) throw contractMalformed('The name of a controller is 1 to 200 characters.')
  if (country !== null && !/^[A-Z]{2}$/.test(country))
    throw contractMalformed('country is a two-letter code (ISO 3166-1), such as DE.')
  if (!Number.isInteger(noticeHours) || noticeHours < 1 || noticeHours > latestNoticeHours)
    throw noticeTooLate(latestNoticeHours)
  if (!Number.isInteger(exportAlone) || exportAlone < 1 || exportAlone > mostExportAlone)
    throw contractMalformed(`exportAlone is a whole number from 1 to ${mostExportAlone}.`)
  if (!subjectKinds.every(isLabel))
    throw contractMalformed('A kind of data subjects is 1 to 200 characters.')
  const categories = numbered(terms, inForce)
  const purposes = terms.purposes.map((purpose) => purposeOf(purpose, categories))
  demandDistinct('purpose', purposes)
  demandUsable(categories, purposes)
  if (inForce !== undefined) demandKept(inForce, categories)
  return {
    name,
    country,
    categories,
    purposes,
    noticeHours,
    exportAlone,
    subjectKinds: [...subjectKinds],
  }
}

function numbered({ categories }: Terms, inForce?: Contract): Category[] {
  const known = new Map(inForce?.categories.map(({ name, bit }) => [name, bit]))
  let next = known.size
  if (categories.length === 0) throw contractMalformed('A contract names at least one category.')
  const result = categories.map((terms): Category => {
    const { name, fields, retainDays, retainFrom = null, anonymise = null } = terms
    if (!isName(name)) throw nameMalformed('category')
    demandRetention(retainDays)
    if (retainFrom !== null && !isName(retainFrom)) throw nameMalformed('event')
    if (fields.length === 0)
      throw contractMalformed('A category has at least one field.', { category: name })
    const own = fields.map(fieldOf)
    demandDistinct('field', own)
    const rule = anonymise === null ? null : readRule(anonymise, name, own)
    const bit = known.get(name) ?? next++
    return { name, bit, fields: own, retainDays, retainFrom, anonymise: rule }
  })
  demandDistinct('category', result)
  if (next > mostCategories)
    throw contractMalformed(`A contract has at most ${mostCategories} categories.`)
  return result.sort((a, b) => a.bit - b.bit)
}

function fieldOf(terms: FieldTerms): Field {
  const { name, kind, searchable = false, words = false, purposes = null } = terms
  if (!isName(name)) throw nameMalformed('field')
  if (!fieldKinds.includes(kind))
    throw contractMalformed('A field is one of the known kinds.', {
      field: name,
      kinds: fieldKinds,
    })
  const own = classOf(terms)
  const special = own === 'special'
  if (searchable && (special || !indexableKinds.includes(kind))) throw fieldNotIndexable(name)
  if (words && !(searchable && kind === 'text'))
    throw contractMalformed('Only a searchable text is searched by its words.', { field: name })
  const options = optionsOf(terms)
  return { name, kind, class: own, special, searchable, words, purposes, options }
}

/** Kinds with so many possible values that equal index values do not say which one it is. */
const indexableKinds: readonly FieldKind[] = ['text', 'email', 'phone', 'identifier']

function classOf({ name, class: given, special = false }: FieldTerms): FieldClass {
  if (given === undefined) return special ? 'special' : 'ordinary'
  if (!fieldClasses.includes(given))
    throw contractMalformed('A field is of one of the known classes.', {
      field: name,
      classes: fieldClasses,
    })
  if (special && given !== 'special')
    throw contractMalformed('A field that is special is of no other class.', { field: name })
  return given
}

function optionsOf({ name, kind, options = null }: FieldTerms): readonly string[] | null {
  if (kind !== 'choice') {
    if (options === null) return null
    throw contractMalformed('Only a choice has options.', { field: name })
  }
  const isGood =
    options !== null &&
    options.length >= 2 &&
    options.length <= mostOptions &&
    new Set(options).size === options.length &&
    options.every(isLabel)
  if (!isGood)
    throw contractMalformed(`A choice has 2 to ${mostOptions} options, each once.`, { field: name })
  return [...options]
}

function purposeOf(
  { name, categories, consent = false }: Terms['purposes'][number],
  known: readonly Category[],
): Purpose {
  if (!isName(name)) throw nameMalformed('purpose')
  for (const wanted of categories)
    if (!known.some((category) => category.name === wanted))
      throw contractMalformed('A purpose names a category the contract lacks.', {
        purpose: name,
        category: wanted,
      })
  return { name, categories: [...new Set(categories)], consent }
}

/** A field confined to purposes names ones that may use its category at all. */
function demandUsable(categories: readonly Category[], purposes: readonly Purpose[]): void {
  for (const category of categories)
    for (const field of category.fields)
      for (const wanted of field.purposes ?? []) {
        const purpose = purposes.find(({ name }) => name === wanted)
        if (purpose?.categories.includes(category.name) !== true)
          throw contractMalformed('A field names a purpose that may not use its category.', {
            category: category.name,
            field: field.name,
            purpose: wanted,
          })
      }
}

function demandKept(before: Contract, after: readonly Category[]): void {
  for (const { name, fields } of before.categories) {
    const category = after.find((candidate) => candidate.name === name)
    if (category === undefined) throw promiseDropped(`The category ${name}`)
    for (const field of fields) {
      const same = category.fields.some(
        (f) =>
          f.name === field.name &&
          f.kind === field.kind &&
          (field.options ?? []).every((option) => f.options?.includes(option)),
      )
      if (!same) throw promiseDropped(`The field ${name}.${field.name}`)
    }
  }
}

function demandDistinct(what: string, named: readonly { readonly name: string }[]): void {
  const names = named.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw contractMalformed(`A ${what} of this name stands twice.`, { name: twice })
}

// Names go into column headers, permissions and notices.
const isName = (name: string) => /^[a-z][a-z0-9._-]{0,63}$/i.test(name)
const isLabel = (label: string) => label.trim() === label && /^[^\p{Cc}]{1,200}$/u.test(label)

const nameMalformed = (what: string) =>
  contractMalformed(
    `The name of a ${what} is 1 to 64 letters, digits, points, hyphens or underscores and begins with a letter.`,
  )
