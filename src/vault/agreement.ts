import { demandRetention } from './retention.ts'
import {
  type Category,
  type Contract,
  type Field,
  type FieldKind,
  fieldKinds,
  type Purpose,
} from './contract.ts'
import { contractMalformed, fieldNotIndexable, noticeTooLate, promiseDropped } from './refusals.ts'

/** GDPR Art. 33(1): the controller itself has 72 hours, so no contract may give us more. */
export const latestNoticeHours = 72
/** What we hold ourselves to where a contract says nothing. */
export const usualNoticeHours = 24
/** Bits 0 to 30: a mask fits a PostgreSQL integer. */
const mostCategories = 31

/** A contract as somebody proposes it: bits are ours to give. */
export interface Terms {
  readonly name: string
  readonly country?: string
  readonly categories: readonly {
    readonly name: string
    readonly fields: readonly {
      readonly name: string
      readonly kind: FieldKind
      readonly searchable?: boolean
      readonly special?: boolean
    }[]
    readonly retainDays: number
  }[]
  readonly purposes: readonly Purpose[]
  readonly noticeHours?: number
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
  if (!isLabel(name)) throw contractMalformed('The name of a controller is 1 to 200 characters.')
  if (country !== null && !/^[A-Z]{2}$/.test(country))
    throw contractMalformed('country is a two-letter code (ISO 3166-1), such as DE.')
  if (!Number.isInteger(noticeHours) || noticeHours < 1 || noticeHours > latestNoticeHours)
    throw noticeTooLate(latestNoticeHours)
  if (!subjectKinds.every(isLabel))
    throw contractMalformed('A kind of data subjects is 1 to 200 characters.')
  const categories = numbered(terms, inForce)
  const purposes = terms.purposes.map((purpose) => purposeOf(purpose, categories))
  demandDistinct('purpose', purposes)
  if (inForce !== undefined) demandKept(inForce, categories)
  return { name, country, categories, purposes, noticeHours, subjectKinds: [...subjectKinds] }
}

/** What an amendment takes away from the protection promised before, one sentence each. */
export function weakenings(before: Contract, after: Contract): string[] {
  const found: string[] = []
  if (after.noticeHours > before.noticeHours)
    found.push(
      `Notice of a breach comes after ${after.noticeHours} h instead of ${before.noticeHours} h.`,
    )
  for (const category of after.categories) {
    const old = before.categories.find(({ name }) => name === category.name)
    if (old === undefined) continue
    if (category.retainDays > old.retainDays)
      found.push(
        `${category.name} is kept ${category.retainDays} days instead of ${old.retainDays}.`,
      )
    for (const field of category.fields) {
      const was = old.fields.find(({ name }) => name === field.name)
      if (was === undefined) found.push(`${category.name} also holds ${field.name}.`)
      else if (was.special && !field.special)
        found.push(`${category.name}.${field.name} no longer counts as a special category.`)
      else if (field.searchable && !was.searchable)
        found.push(`${category.name}.${field.name} becomes searchable.`)
    }
  }
  for (const purpose of after.purposes) {
    const old = before.purposes.find(({ name }) => name === purpose.name)
    if (old === undefined) found.push(`A new purpose, ${purpose.name}, may use data.`)
    else
      for (const category of purpose.categories)
        if (!old.categories.includes(category))
          found.push(`The purpose ${purpose.name} may also use ${category}.`)
  }
  return found
}

function numbered({ categories }: Terms, inForce?: Contract): Category[] {
  const known = new Map(inForce?.categories.map(({ name, bit }) => [name, bit]))
  let next = known.size
  if (categories.length === 0) throw contractMalformed('A contract names at least one category.')
  const result = categories.map(({ name, fields, retainDays }): Category => {
    if (!isName(name)) throw nameMalformed('category')
    demandRetention(retainDays)
    if (fields.length === 0)
      throw contractMalformed('A category has at least one field.', { category: name })
    const own = fields.map(fieldOf)
    demandDistinct('field', own)
    return { name, bit: known.get(name) ?? next++, fields: own, retainDays }
  })
  demandDistinct('category', result)
  if (next > mostCategories)
    throw contractMalformed(`A contract has at most ${mostCategories} categories.`)
  return result.sort((a, b) => a.bit - b.bit)
}

function fieldOf({
  name,
  kind,
  searchable = false,
  special = false,
}: Terms['categories'][number]['fields'][number]): Field {
  if (!isName(name)) throw nameMalformed('field')
  if (!fieldKinds.includes(kind))
    throw contractMalformed('A field is one of the known kinds.', {
      field: name,
      kinds: fieldKinds,
    })
  if (searchable && (special || kind === 'number' || kind === 'date')) throw fieldNotIndexable(name)
  return { name, kind, searchable, special }
}

function purposeOf({ name, categories }: Purpose, known: readonly Category[]): Purpose {
  if (!isName(name)) throw nameMalformed('purpose')
  for (const wanted of categories)
    if (!known.some((category) => category.name === wanted))
      throw contractMalformed('A purpose names a category the contract lacks.', {
        purpose: name,
        category: wanted,
      })
  return { name, categories: [...new Set(categories)] }
}

function demandKept(before: Contract, after: readonly Category[]): void {
  for (const { name, fields } of before.categories) {
    const category = after.find((candidate) => candidate.name === name)
    if (category === undefined) throw promiseDropped(`The category ${name}`)
    for (const field of fields) {
      const same = category.fields.some((f) => f.name === field.name && f.kind === field.kind)
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
