import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { agree, type Terms } from './agreement.ts'
import { weakenings } from './weakening.ts'

const terms: Terms = {
  name: 'Alder Clinic',
  country: 'DE',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'email', kind: 'email', searchable: true },
        { name: 'city', kind: 'text' },
      ],
      retainDays: 30,
    },
    {
      name: 'health',
      fields: [{ name: 'diagnosis', kind: 'text', special: true }],
      retainDays: 60,
    },
  ],
  purposes: [{ name: 'support', categories: ['contact'] }],
}
const contract = agree(terms)
const [contact, health] = terms.categories as [
  Terms['categories'][number],
  Terms['categories'][number],
]

test('categories get bits in their order, and keep them whatever comes later', () => {
  deepEqual(
    contract.categories.map(({ name, bit }) => [name, bit]),
    [
      ['contact', 0],
      ['health', 1],
    ],
  )
  const later = agree(
    { ...terms, categories: [{ ...contact, name: 'payment' }, health, contact] },
    contract,
  )
  deepEqual(
    later.categories.map(({ name, bit }) => [name, bit]),
    [
      ['contact', 0],
      ['health', 1],
      ['payment', 2],
    ],
  )
})

test('the notice is due within 24 hours unless agreed otherwise, and never after 72', () => {
  equal(contract.noticeHours, 24)
  equal(agree({ ...terms, noticeHours: 72 }).noticeHours, 72)
  for (const noticeHours of [73, 0, 1.5])
    throws(() => agree({ ...terms, noticeHours }), { code: 'vault.notice-too-late' })
})

test('a contract that promises the impossible is refused', () => {
  const refused = (changes: Partial<Terms>, code: string) =>
    throws(() => agree({ ...terms, ...changes }), { code })
  const field = { name: 'f', kind: 'text' } as const
  refused({ name: ' ' }, 'vault.contract-malformed')
  refused({ country: 'Germany' }, 'vault.contract-malformed')
  refused({ categories: [] }, 'vault.contract-malformed')
  refused({ categories: [contact, contact] }, 'vault.contract-malformed')
  refused({ categories: [{ ...contact, fields: [] }] }, 'vault.contract-malformed')
  refused({ categories: [{ ...contact, fields: [field, field] }] }, 'vault.contract-malformed')
  refused({ categories: [{ ...contact, name: '__proto__' }] }, 'vault.contract-malformed')
  refused({ categories: [{ ...contact, retainDays: 0 }] }, 'vault.retention-not-positive')
  refused({ categories: [{ ...contact, retainDays: 3654 }] }, 'vault.retention-too-long')
  refused({ purposes: [{ name: 'p', categories: ['nowhere'] }] }, 'vault.contract-malformed')
  const many = Array.from({ length: 32 }, (_, i) => ({ ...contact, name: `c${i}` }))
  refused({ categories: many, purposes: [] }, 'vault.contract-malformed')
})

test('what an index would give away cannot be searchable', () => {
  const leaky = [
    { name: 'f', kind: 'text', searchable: true, special: true },
    { name: 'f', kind: 'date', searchable: true },
    { name: 'f', kind: 'number', searchable: true },
    { name: 'f', kind: 'boolean', searchable: true },
    { name: 'f', kind: 'choice', options: ['a', 'b'], searchable: true },
    { name: 'f', kind: 'text', class: 'special', searchable: true },
  ] as const
  for (const field of leaky)
    throws(() => agree({ ...terms, categories: [{ ...contact, fields: [field] }], purposes: [] }), {
      code: 'vault.field-not-indexable',
    })
})

test('nothing that may hold data is dropped or changes its kind', () => {
  const dropped = (categories: Terms['categories']) =>
    throws(() => agree({ ...terms, categories }, contract), {
      code: 'vault.contract-part-dropped',
    })
  dropped([contact])
  dropped([{ ...contact, fields: contact.fields.slice(1) }, health])
  dropped([
    {
      ...contact,
      fields: contact.fields.map((field) => ({ ...field, kind: 'text', searchable: false })),
    },
    health,
  ])
})

test('every way to weaken a contract is named, and strengthening is not', () => {
  const after = (changes: Partial<Terms>) => agree({ ...terms, ...changes }, contract)
  const found = (changes: Partial<Terms>) => weakenings(contract, after(changes)).length
  const withFields = (fields: Terms['categories'][number]['fields']) => ({
    categories: [{ ...contact, fields }, health],
  })
  equal(found({}), 0)
  equal(found({ noticeHours: 12 }), 0)
  equal(found({ noticeHours: 48 }), 1)
  equal(found({ categories: [{ ...contact, retainDays: 29 }, health] }), 0)
  equal(found({ categories: [{ ...contact, retainDays: 31 }, health] }), 1)
  equal(found({ purposes: [] }), 0)
  equal(found({ purposes: [{ name: 'support', categories: ['contact', 'health'] }] }), 1)
  equal(found({ purposes: [...terms.purposes, { name: 'adverts', categories: ['contact'] }] }), 1)
  equal(found(withFields([...contact.fields, { name: 'phone', kind: 'phone' }])), 1)
  equal(found(withFields(contact.fields.map((f) => ({ ...f, searchable: true })))), 1)
  equal(found(withFields(contact.fields.map((f) => ({ ...f, searchable: false })))), 0)
  equal(
    found({
      categories: [
        contact,
        { ...health, fields: health.fields.map((f) => ({ ...f, special: false })) },
      ],
    }),
    1,
  )
})

test('a field that says two things, or half of one, is refused', () => {
  const refused = (field: Terms['categories'][number]['fields'][number]) =>
    throws(() => agree({ ...terms, categories: [{ ...contact, fields: [field] }], purposes: [] }), {
      code: 'vault.contract-malformed',
    })
  refused({ name: 'f', kind: 'choice' })
  refused({ name: 'f', kind: 'choice', options: ['one'] })
  refused({ name: 'f', kind: 'choice', options: ['twice', 'twice'] })
  refused({ name: 'f', kind: 'text', options: ['a', 'b'] })
  refused({ name: 'f', kind: 'text', special: true, class: 'ordinary' })
  refused({ name: 'f', kind: 'text', words: true })
  refused({ name: 'f', kind: 'email', searchable: true, words: true })
  refused({ name: 'f', kind: 'text', purposes: ['support'] })
})

test('an option that may stand in a record is not dropped', () => {
  const ward = (options: string[]): Terms => ({
    ...terms,
    categories: [{ ...contact, fields: [{ name: 'ward', kind: 'choice', options }] }],
  })
  const inForce = agree(ward(['north', 'south']))
  agree(ward(['north', 'south', 'east']), inForce)
  throws(() => agree(ward(['north', 'east']), inForce), { code: 'vault.contract-part-dropped' })
})

test('class, words, consent, purposes of a field, events and exports weaken a contract too', () => {
  const strict: Terms = {
    ...terms,
    categories: [
      {
        ...contact,
        fields: [
          {
            name: 'city',
            kind: 'text',
            class: 'financial',
            searchable: true,
            purposes: ['support'],
          },
        ],
      },
    ],
    purposes: [
      { name: 'support', categories: ['contact'], consent: true },
      { name: 'care', categories: ['contact'] },
    ],
    exportAlone: 10,
  }
  const before = agree(strict)
  const [own] = strict.categories
  const [city] = own!.fields
  const found = (changes: Partial<Terms>) =>
    weakenings(before, agree({ ...strict, ...changes }, before))
  const ofCity = (changes: object) =>
    found({ categories: [{ ...own!, fields: [{ ...city!, ...changes }] }] }).length
  const ofCategory = (changes: object) => found({ categories: [{ ...own!, ...changes }] }).length
  equal(ofCity({}), 0)
  equal(ofCity({ class: 'special', searchable: false }), 0)
  equal(ofCity({ class: 'identifier' }), 1)
  equal(ofCity({ words: true }), 1)
  equal(ofCity({ purposes: null }), 1)
  equal(ofCity({ purposes: ['support', 'care'] }), 1)
  equal(ofCategory({ retainFrom: 'contract-end' }), 1)
  const keep = { k: 5, keep: [{ field: 'city', method: 'prefix', width: 2 }] }
  equal(ofCategory({ anonymise: keep }), 1)
  equal(found({ purposes: strict.purposes.map((p) => ({ ...p, consent: false })) }).length, 1)
  equal(found({ exportAlone: 11 }).length, 1)
  equal(found({ exportAlone: 9 }).length, 0)
})
