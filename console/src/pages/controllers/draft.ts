import type { Static } from 'typebox'
import type {
  ControllerRead as ControllerReadShape,
  NewController,
} from '../../../../src/vault/wire.ts'

export type Terms = Static<typeof NewController>
export type ControllerRead = Static<typeof ControllerReadShape>
export type FieldKind = Terms['categories'][number]['fields'][number]['kind']

/** What a field holds, in words. */
export const kindNames: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  email: 'e-mail',
  phone: 'phone',
  date: 'date',
  number: 'number',
  identifier: 'identifier',
}

export interface FieldDraft {
  readonly key: string
  readonly name: string
  readonly kind: FieldKind
  readonly searchable: boolean
  readonly special: boolean
  /** Stands in the contract already: it can neither be dropped nor renamed. */
  readonly agreed: boolean
}

export interface CategoryDraft {
  readonly key: string
  readonly name: string
  readonly retainDays: string
  readonly fields: readonly FieldDraft[]
  readonly agreed: boolean
}

export interface PurposeDraft {
  readonly key: string
  readonly name: string
  /** Keys of categories, so that a category can be renamed while it is drafted. */
  readonly categories: readonly string[]
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
  searchable: false,
  special: false,
  agreed: false,
  ...given,
})

export const newCategory = (given: Partial<CategoryDraft> = {}): CategoryDraft => ({
  key: newKey(),
  name: '',
  retainDays: '',
  fields: [newField()],
  agreed: false,
  ...given,
})

export const newPurpose = (given: Partial<PurposeDraft> = {}): PurposeDraft => ({
  key: newKey(),
  name: '',
  categories: [],
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
      newField({ name: 'full-name', searchable: true }),
      newField({ name: 'email', kind: 'email', searchable: true }),
      newField({ name: 'phone', kind: 'phone' }),
    ],
  })
  const orders = newCategory({
    name: 'orders',
    retainDays: '3650',
    fields: [
      newField({ name: 'order-number', kind: 'identifier', searchable: true }),
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
    categories: [contact, orders],
    purposes: [
      newPurpose({ name: 'support', categories: [contact.key, orders.key] }),
      newPurpose({ name: 'newsletter', categories: [contact.key] }),
    ],
    synthetic: false,
  }
}

/** A contract in force, to be amended. */
export function draftOf(controller: ControllerRead): Draft {
  const categories = controller.categories.map(({ name, retainDays, fields }) =>
    newCategory({
      name,
      retainDays: String(retainDays),
      agreed: true,
      fields: fields.map((field) => newField({ ...field, agreed: true })),
    }),
  )
  const keysOf = (names: readonly string[]) =>
    categories.filter(({ name }) => names.includes(name)).map(({ key }) => key)
  return {
    name: controller.name,
    country: controller.country ?? '',
    subjectKinds: controller.subjectKinds.join(', '),
    noticeHours: String(controller.noticeHours),
    categories,
    purposes: controller.purposes.map(({ name, categories }) =>
      newPurpose({ name, categories: keysOf(categories) }),
    ),
    contacts: controller.breachContacts.map((contact) => newContact(contact)),
    synthetic: controller.synthetic,
  }
}

/** The terms a draft stands for. Rows left wholly empty are no rows. */
export function termsOf(draft: Draft): Omit<Terms, 'synthetic'> {
  const nameOf = new Map(draft.categories.map(({ key, name }) => [key, name.trim()]))
  return {
    name: draft.name.trim(),
    ...(draft.country === '' ? {} : { country: draft.country }),
    noticeHours: Number(draft.noticeHours),
    subjectKinds: listIn(draft.subjectKinds),
    categories: draft.categories.map(({ name, retainDays, fields }) => ({
      name: name.trim(),
      retainDays: Number(retainDays),
      fields: fields.map(({ name, kind, searchable, special }) => ({
        name: name.trim(),
        kind,
        searchable,
        special,
      })),
    })),
    purposes: draft.purposes.map(({ name, categories }) => ({
      name: name.trim(),
      categories: categories.flatMap((key) => nameOf.get(key) ?? []),
    })),
    breachContacts: draft.contacts
      .map(({ name, email }) => ({ name: name.trim(), email: email.trim() }))
      .filter(({ name, email }) => name !== '' || email !== ''),
  }
}

/** Whether a blind index of such a field would give its values away. */
export const canBeSearched = ({ kind, special }: Pick<FieldDraft, 'kind' | 'special'>): boolean =>
  !special && kind !== 'number' && kind !== 'date'

const listIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
