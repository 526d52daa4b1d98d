import type { Static } from 'typebox'
import type {
  ControllerRead as ControllerReadShape,
  NewController,
} from '../../../../src/vault/wire.ts'

export type Terms = Static<typeof NewController>
export type ControllerRead = Static<typeof ControllerReadShape>
type FieldTerms = Terms['categories'][number]['fields'][number]
export type FieldKind = FieldTerms['kind']
export type FieldClass = NonNullable<FieldTerms['class']>
type AnonymiseRule = NonNullable<Terms['categories'][number]['anonymise']>
export type Method = AnonymiseRule['keep'][number]['method']

/** How a field is made coarser before it is counted. */
export interface KeptDraft {
  readonly method: Method
  /** Of a band or a prefix. */
  readonly width: string
}

/** What remains of a category, while somebody writes it. */
export interface RemainsDraft {
  readonly k: string
  /** By the key of a field; those not in it are dropped. */
  readonly keep: Readonly<Record<string, KeptDraft>>
}

/** Ways to make a field coarser, in words; what identifies a person has none. */
export const methodNames: Readonly<Record<Method, string>> = {
  keep: 'kept as it is',
  year: 'the year alone',
  month: 'year and month',
  band: 'a band of numbers',
  prefix: 'its first characters',
  domain: 'what stands after the @',
}

const methodsOf: Readonly<Record<FieldKind, readonly Method[]>> = {
  boolean: ['keep'],
  choice: ['keep'],
  date: ['year', 'month'],
  number: ['band'],
  text: ['prefix'],
  phone: ['prefix'],
  email: ['domain'],
  identifier: [],
}

export const waysToKeep = ({
  kind,
  class: own,
}: Pick<FieldDraft, 'kind' | 'class'>): readonly Method[] =>
  own === 'identifier' ? [] : methodsOf[kind]

/** Whether a way needs a number beside it. */
export const isSized = (method: Method): boolean => method === 'band' || method === 'prefix'

/** What a field holds, in words. */
export const kindNames: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  email: 'e-mail',
  phone: 'phone',
  date: 'date',
  number: 'number',
  identifier: 'identifier',
  boolean: 'yes or no',
  choice: 'choice',
}

/** How much harm a field's value could do, in words. */
export const classNames: Readonly<Record<FieldClass, string>> = {
  ordinary: 'ordinary',
  identifier: 'identifier',
  financial: 'financial',
  child: 'of a child',
  special: 'special (Art. 9)',
}

/** How a subject can be found by a field. */
export type FoundBy = 'nothing' | 'value' | 'words'

export interface FieldDraft {
  readonly key: string
  readonly name: string
  readonly kind: FieldKind
  readonly class: FieldClass
  readonly foundBy: FoundBy
  /** Keys of the only purposes that may use it; null for all that may use its category. */
  readonly purposes: readonly string[] | null
  /** Of a choice, separated by commas. */
  readonly options: string
  /** Stands in the contract already: it can neither be dropped nor renamed. */
  readonly agreed: boolean
}

export interface CategoryDraft {
  readonly key: string
  readonly name: string
  readonly retainDays: string
  /** The event that starts the days; empty for the storing itself. */
  readonly retainFrom: string
  /** What remains, anonymous, when the days are over; null for nothing. */
  readonly anonymise: RemainsDraft | null
  readonly fields: readonly FieldDraft[]
  readonly agreed: boolean
}

export interface PurposeDraft {
  readonly key: string
  readonly name: string
  /** Keys of categories, so that a category can be renamed while it is drafted. */
  readonly categories: readonly string[]
  readonly consent: boolean
}

export interface ContactDraft {
  readonly key: string
  readonly name: string
  readonly email: string
}

/** A contract while somebody writes it. */
export interface Draft {
  readonly name: string
  readonly country: string
  readonly subjectKinds: string
  readonly noticeHours: string
  readonly exportAlone: string
  readonly categories: readonly CategoryDraft[]
  readonly purposes: readonly PurposeDraft[]
  readonly contacts: readonly ContactDraft[]
  readonly synthetic: boolean
}

const newKey = () => crypto.randomUUID()

export const newField = (given: Partial<FieldDraft> = {}): FieldDraft => ({
  key: newKey(),
  name: '',
  kind: 'text',
  class: 'ordinary',
  foundBy: 'nothing',
  purposes: null,
  options: '',
  agreed: false,
  ...given,
})

export const newCategory = (given: Partial<CategoryDraft> = {}): CategoryDraft => ({
  key: newKey(),
  name: '',
  retainDays: '',
  retainFrom: '',
  anonymise: null,
  fields: [newField()],
  agreed: false,
  ...given,
})

export const newPurpose = (given: Partial<PurposeDraft> = {}): PurposeDraft => ({
  key: newKey(),
  name: '',
  categories: [],
  consent: false,
  ...given,
})

export const newContact = (given: Partial<ContactDraft> = {}): ContactDraft => ({
  key: newKey(),
  name: '',
  email: '',
  ...given,
})

export function emptyDraft(): Draft {
  const category = newCategory()
  return {
    name: '',
    country: '',
    subjectKinds: '',
    noticeHours: '24',
    exportAlone: '10000',
    categories: [category],
    purposes: [newPurpose({ categories: [category.key] })],
    contacts: [newContact()],
    synthetic: false,
  }
}

/** The contract of a shop as it is often written, to be changed into one's own. */
export function exampleDraft({ name, country, contacts }: Draft): Draft {
  const contact = newCategory({
    name: 'contact',
    retainDays: '730',
    fields: [
      newField({ name: 'full-name', foundBy: 'value' }),
      newField({ name: 'email', kind: 'email', foundBy: 'value' }),
      newField({ name: 'phone', kind: 'phone' }),
    ],
  })
  const orders = newCategory({
    name: 'orders',
    retainDays: '3650',
    fields: [
      newField({ name: 'order-number', kind: 'identifier', foundBy: 'value' }),
      newField({ name: 'ordered-on', kind: 'date' }),
      newField({ name: 'total', kind: 'number' }),
    ],
  })
  return {
    name,
    country,
    contacts,
    subjectKinds: 'customers',
    noticeHours: '24',
    exportAlone: '10000',
    categories: [contact, orders],
    purposes: [
      newPurpose({ name: 'support', categories: [contact.key, orders.key] }),
      newPurpose({ name: 'newsletter', categories: [contact.key], consent: true }),
    ],
    synthetic: false,
  }
}

/** A contract in force, to be amended. */
export function draftOf(controller: ControllerRead): Draft {
  const purposeKeys = new Map(controller.purposes.map(({ name }) => [name, newKey()]))
  const categories = controller.categories.map(({ name, retainDays, fields, ...rest }) => {
    const drafted = fields.map((field) =>
      newField({
        name: field.name,
        kind: field.kind,
        class: field.class,
        foundBy: field.words ? 'words' : field.searchable ? 'value' : 'nothing',
        purposes: field.purposes && field.purposes.flatMap((name) => purposeKeys.get(name) ?? []),
        options: field.options?.join(', ') ?? '',
        agreed: true,
      }),
    )
    return newCategory({
      name,
      retainDays: String(retainDays),
      retainFrom: rest.retainFrom ?? '',
      anonymise: rest.anonymise && remainsDraftOf(rest.anonymise, drafted),
      agreed: true,
      fields: drafted,
    })
  })
  const keysOf = (names: readonly string[]) =>
    categories.filter(({ name }) => names.includes(name)).map(({ key }) => key)
  return {
    name: controller.name,
    country: controller.country ?? '',
    subjectKinds: controller.subjectKinds.join(', '),
    noticeHours: String(controller.noticeHours),
    exportAlone: String(controller.exportAlone),
    categories,
    purposes: controller.purposes.map(({ name, categories, consent }) =>
      newPurpose({ key: purposeKeys.get(name)!, name, categories: keysOf(categories), consent }),
    ),
    contacts: controller.breachContacts.map((contact) => newContact(contact)),
    synthetic: controller.synthetic,
  }
}

/** The terms a draft stands for. Rows left wholly empty are no rows. */
export function termsOf(draft: Draft): Omit<Terms, 'synthetic'> {
  const nameOf = new Map(draft.categories.map(({ key, name }) => [key, name.trim()]))
  const purposeOf = new Map(draft.purposes.map(({ key, name }) => [key, name.trim()]))
  return {
    name: draft.name.trim(),
    ...(draft.country === '' ? {} : { country: draft.country }),
    noticeHours: Number(draft.noticeHours),
    exportAlone: Number(draft.exportAlone),
    subjectKinds: listIn(draft.subjectKinds),
    categories: draft.categories.map(({ name, retainDays, retainFrom, anonymise, fields }) => ({
      name: name.trim(),
      retainDays: Number(retainDays),
      retainFrom: retainFrom.trim() === '' ? null : retainFrom.trim(),
      anonymise: anonymise && ruleOf(anonymise, fields),
      fields: fields.map((field) => fieldTermsOf(field, purposeOf)),
    })),
    purposes: draft.purposes.map(({ name, categories, consent }) => ({
      name: name.trim(),
      categories: categories.flatMap((key) => nameOf.get(key) ?? []),
      consent,
    })),
    breachContacts: draft.contacts
      .map(({ name, email }) => ({ name: name.trim(), email: email.trim() }))
      .filter(({ name, email }) => name !== '' || email !== ''),
  }
}

function remainsDraftOf({ k, keep }: AnonymiseRule, fields: readonly FieldDraft[]): RemainsDraft {
  const kept = keep.flatMap(({ field, method, width }) => {
    const key = fields.find(({ name }) => name === field)?.key
    return key === undefined ? [] : [[key, { method, width: String(width ?? '') }] as const]
  })
  return { k: String(k), keep: Object.fromEntries(kept) }
}

/** The rule a draft stands for: fields in their order, each in a way that fits it. */
export const ruleOf = (
  { k, keep }: RemainsDraft,
  fields: readonly FieldDraft[],
): AnonymiseRule => ({
  k: Number(k),
  keep: fields.flatMap((field) => {
    const kept = keep[field.key]
    if (kept === undefined || !waysToKeep(field).includes(kept.method)) return []
    const { method, width } = kept
    return [
      { field: field.name.trim(), method, ...(isSized(method) ? { width: Number(width) } : {}) },
    ]
  }),
})

const fieldTermsOf = (field: FieldDraft, purposeOf: ReadonlyMap<string, string>): FieldTerms => ({
  name: field.name.trim(),
  kind: field.kind,
  class: field.class,
  searchable: field.foundBy !== 'nothing',
  words: field.foundBy === 'words',
  purposes: field.purposes && field.purposes.flatMap((key) => purposeOf.get(key) ?? []),
  options: field.kind === 'choice' ? listIn(field.options) : null,
})

/** By what a subject may be found in such a field; whatever else would give its values away. */
export function mayBeFoundBy({
  kind,
  class: own,
}: Pick<FieldDraft, 'kind' | 'class'>): readonly FoundBy[] {
  if (own === 'special' || !['text', 'email', 'phone', 'identifier'].includes(kind))
    return ['nothing']
  return kind === 'text' ? ['nothing', 'value', 'words'] : ['nothing', 'value']
}

const listIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
