import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Actor, type Grant } from '#kernel'
import { unpackTouched } from '#trail'
import {
  amendController,
  beginLeaving,
  breachContacts,
  categoriesByBit,
  type Controller,
  countsOf,
  createController,
  eraseSubject,
  findSubjects,
  leaveNow,
  listControllers,
  putRecords,
  type PutRow,
  readSubjects,
  subjectOrdinals,
  subjectsByOrdinal,
} from '#vault'
import { subjectTrail } from '../src/vault/subjects/trail-acts.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
let alder: Controller
let birch: Controller
const start = new Date('2026-03-01T12:00:00Z')

const terms = (name: string) => ({
  name,
  country: 'DE',
  categories: [
    {
      name: 'contact',
      fields: [
        { name: 'name', kind: 'text' as const, searchable: true },
        { name: 'email', kind: 'email' as const, searchable: true },
        { name: 'phone', kind: 'phone' as const },
      ],
      retainDays: 30,
    },
    {
      name: 'health',
      fields: [{ name: 'diagnosis', kind: 'text' as const, special: true }],
      retainDays: 10,
    },
  ],
  purposes: [
    { name: 'support', categories: ['contact'] },
    { name: 'care', categories: ['contact', 'health'] },
  ],
  breachContacts: [{ name: 'Olive Officer', email: 'olive.officer@alder.example' }],
})

before(async () => {
  house = await openHouse({ now: start })
  const create = (name: string) =>
    house.act({ action: 'vault.controller.create' }, (act) => createController(act, terms(name)))
  alder = await create('Alder Clinic')
  birch = await create('Birch Shop')
})
after(() => house.close())

interface Who {
  readonly controller?: Controller
  readonly actor?: Actor
  readonly purpose?: string
}

const ask = (action: string, { controller = alder, actor, purpose = 'care' }: Who = {}) => ({
  action,
  scope: { controllerId: controller.controllerId },
  purpose,
  reason: 'ticket 4711',
  ...(actor === undefined ? {} : { actor }),
})
const put = (rows: readonly PutRow[], who?: Who) =>
  house.act(ask('vault.record.put', who), (act) => putRecords(act, rows))
const read = (ids: readonly string[], categories?: readonly string[], who?: Who) =>
  house.act({ ...ask('vault.record.read', who), effect: 'read' }, (act) =>
    readSubjects(act, ids, categories),
  )
const find = (sought: Parameters<typeof findSubjects>[1], who?: Who) =>
  house.act({ ...ask('vault.subject.find', who), effect: 'read' }, (act) =>
    findSubjects(act, sought, 0, 100),
  )

/** A workload with one grant: these actions, in one controller. */
const worker = (grant: Partial<Grant> & Pick<Grant, 'actions'>): Actor => ({
  id: '01890000-0000-7000-8000-0000000000aa',
  kind: 'workload',
  assurance: 1,
  grants: [
    {
      id: '01890000-0000-7000-8000-0000000000ab',
      controllers: [alder.controllerId],
      categories: null,
      purposes: null,
      ...grant,
    },
  ],
  label: 'worker',
})
const reader = () => worker({ actions: ['vault.record.read', 'vault.subject.find'] })

const lastEntry = async (action: string) => {
  const row = await house.owner.first<{ touched: Buffer | null; outcome: string; code: string }>({
    text: 'select touched, outcome, code from trail.entry where action = $1 order by id desc limit 1',
    values: [action],
  })
  return { ...row, touched: row?.touched ? unpackTouched(row.touched) : [] }
}

const contact = (subjectKey: string, fields: PutRow['fields']): PutRow => ({
  subjectKey,
  category: 'contact',
  fields,
})
const sick = (subjectKey: string, diagnosis: string): PutRow => ({
  subjectKey,
  category: 'health',
  fields: { diagnosis },
})

test('a record put is read back whole by who may reveal it, and masked by who may not', async () => {
  const fields = { name: 'Ada Lovelace', email: 'ada@example.org', phone: '+49 171 1234567' }
  const [stored] = await put([contact('P-1', fields), sick('P-1', 'fever')])
  const id = stored!.subjectId
  const [open] = await read([id])
  equal(open?.subjectKey, 'P-1')
  deepEqual(
    open?.records.map(({ category, version, masked, fields }) => ({
      category,
      version,
      masked,
      fields,
    })),
    [
      { category: 'contact', version: 1, masked: false, fields },
      { category: 'health', version: 1, masked: false, fields: { diagnosis: 'fever' } },
    ],
  )
  deepEqual(open?.records[0]?.eraseAfter, new Date('2026-03-31T12:00:00Z'))
  const [masked] = await read([id], undefined, { actor: reader() })
  equal(masked?.subjectKey, '•••')
  deepEqual(
    masked?.records.map(({ masked, fields }) => ({ masked, fields })),
    [
      { masked: true, fields: { name: '•••', email: 'a•••@•••.org', phone: '•••67' } },
      { masked: true, fields: { diagnosis: '•••' } },
    ],
  )
})

test('reveal of one category leaves the others masked, and the key with them', async () => {
  const [stored] = await put([contact('P-2', { email: 'grace@example.org' }), sick('P-2', 'cough')])
  const actor = {
    ...reader(),
    grants: [
      ...reader().grants,
      ...worker({ actions: ['vault.record.reveal'], categories: ['contact'] }).grants,
    ],
  }
  const [both] = await read([stored!.subjectId], undefined, { actor })
  deepEqual(
    both?.records.map(({ masked }) => masked),
    [false, true],
  )
  equal(both?.subjectKey, '•••')
  const [one] = await read([stored!.subjectId], ['contact'], { actor })
  equal(one?.subjectKey, 'P-2')
})

test('an entry holds exactly the records that were put and read', async () => {
  const stored = await put([contact('P-3', { name: 'Eve' }), sick('P-3', 'cold')])
  const born = (await lastEntry('vault.record.put')).touched
  deepEqual(
    born.map(({ category }) => category),
    [0, 1],
  )
  equal(new Set(born.map(({ record }) => record)).size, 2)
  const id = stored[0]!.subjectId
  await read([id], ['contact'])
  deepEqual((await lastEntry('vault.record.read')).touched, [born[0]])
  const { sql } = { sql: house.owner }
  const ordinals = await subjectOrdinals(sql, alder.controllerId, [id])
  deepEqual([...ordinals], [[id, born[0]!.subject]])
  const back = await subjectsByOrdinal(sql, alder.controllerId, [born[0]!.subject])
  deepEqual([...back], [[born[0]!.subject, id]])
})

test('ordinals are dense and replacing a record keeps its place', async () => {
  const keys = ['D-1', 'D-2', 'D-3']
  const first = await put(keys.map((key) => contact(key, { name: key })))
  const before = (await lastEntry('vault.record.put')).touched
  const second = await put(keys.map((key) => contact(key, { name: `${key} again` })))
  deepEqual((await lastEntry('vault.record.put')).touched, before)
  deepEqual(
    second.map(({ version, recordId }) => [version, recordId]),
    first.map(({ recordId }) => [2, recordId]),
  )
  const subjects = before.map(({ subject }) => subject)
  deepEqual(
    subjects,
    [0, 1, 2].map((i) => subjects[0]! + i),
  )
})

test('of two rows for one record in one batch the later stands', async () => {
  const stored = await put([contact('T-1', { name: 'first' }), contact('T-1', { name: 'second' })])
  equal(stored[0]?.recordId, stored[1]?.recordId)
  const [open] = await read([stored[0]!.subjectId], ['contact'])
  deepEqual(open?.records[0]?.fields, { name: 'second' })
})

test('many puts of the same new subjects at once make each subject once', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => contact(`R-${i}`, { name: `racer ${i}` }))
  const outcomes = await Promise.all([
    put(rows),
    put(rows.toReversed()),
    put(rows),
    put([...rows.slice(10), ...rows.slice(0, 10)]),
  ])
  const ids = new Set(outcomes.flat().map(({ subjectId }) => subjectId))
  equal(ids.size, 20)
  const versions = outcomes.flatMap((stored) => stored.map(({ version }) => version))
  deepEqual(
    [1, 2, 3, 4].map((v) => versions.filter((version) => version === v).length),
    [20, 20, 20, 20],
  )
})

test('what the contract does not name is refused, and nothing of the batch is stored', async () => {
  const { subjects } = await countsOf(house.owner, alder.controllerId)
  const good = contact('N-1', { name: 'good' })
  const refused = (row: PutRow, code: string) => rejects(put([row]), { code })
  await refused({ ...good, category: 'payment' }, 'vault.unknown-category')
  await refused(contact('N-2', { shoeSize: '44' }), 'vault.unknown-field')
  await refused(contact('N-2', { constructor: 'x' }), 'vault.unknown-field')
  await refused(contact('N-2', { email: 'nowhere' }), 'vault.value-malformed')
  await refused(contact('N-2', {}), 'vault.record-empty')
  await refused(contact('', { name: 'x' }), 'vault.subject-key-malformed')
  await rejects(put([good, contact('N-3', { shoeSize: '44' })]), (error: Error) => {
    const { code, facts } = error as Error & { code: string; facts: { rows: object[] } }
    equal(code, 'vault.batch-rejected')
    deepEqual(
      facts.rows.map((row) => (row as { row: number }).row),
      [2],
    )
    return true
  })
  equal((await countsOf(house.owner, alder.controllerId)).subjects, subjects)
})

test('a purpose must stand in the contract and cover the category, for putting, reading and finding', async () => {
  const [stored] = await put([sick('U-1', 'flu')])
  const id = stored!.subjectId
  await rejects(read([id], undefined, { purpose: 'adverts' }), { code: 'vault.purpose-not-agreed' })
  await rejects(put([sick('U-1', 'flu')], { purpose: 'support' }), {
    code: 'vault.category-outside-purpose',
  })
  await rejects(read([id], ['health'], { purpose: 'support' }), {
    code: 'vault.category-outside-purpose',
  })
  await rejects(
    find({ category: 'health', field: 'diagnosis', value: 'flu' }, { purpose: 'support' }),
    { code: 'vault.category-outside-purpose' },
  )
  equal((await lastEntry('vault.record.read')).outcome, 'refused')
  const [open] = await read([id], undefined, { purpose: 'support' })
  deepEqual(open?.records, [])
  const bare = { action: 'vault.record.read', scope: { controllerId: alder.controllerId } }
  await rejects(
    house.act(bare, (act) => readSubjects(act, [id])),
    { code: 'vault.purpose-required' },
  )
  await rejects(
    house.act({ ...bare, purpose: 'care' }, (act) => readSubjects(act, [id])),
    { code: 'vault.reason-required' },
  )
})

test('a grant for one category gives no other, whether it is named or not', async () => {
  const [stored] = await put([contact('G-1', { name: 'Gil' }), sick('G-1', 'rash')])
  const actor = worker({ actions: ['vault.record.*'], categories: ['contact'] })
  const [open] = await read([stored!.subjectId], undefined, { actor })
  deepEqual(
    open?.records.map(({ category }) => category),
    ['contact'],
  )
  await rejects(read([stored!.subjectId], ['contact', 'health'], { actor }), { status: 403 })
  await rejects(put([sick('G-1', 'worse')], { actor }), { status: 403 })
})

test('what was asked for early is not used once rights or question differ', async () => {
  const [stored] = await put([contact('G-2', { name: 'Gus' }), sick('G-2', 'burn')])
  const ids = [stored!.subjectId]
  const namesRead = async (actor: Actor) => {
    const [open] = await read(ids, undefined, { actor })
    const { touched } = await lastEntry('vault.record.read')
    return [open?.records.map(({ category }) => category), touched.map(({ category }) => category)]
  }
  const all = reader()
  const narrow = worker({ actions: ['vault.record.read'], categories: ['health'] })
  const both = [
    ['contact', 'health'],
    [0, 1],
  ]
  deepEqual([await namesRead(all), await namesRead(all)], [both, both])
  deepEqual(await namesRead(narrow), [['health'], [1]])
  deepEqual(await namesRead(all), both)
  await rejects(read(ids, undefined, { actor: all, purpose: 'none' }), {
    code: 'vault.purpose-not-agreed',
  })
  await house.act(ask('vault.subject.erase'), (act) => eraseSubject(act, ids[0]!, 'asked'))
  await rejects(read(ids, undefined, { actor: all }), { code: 'vault.subject-erased' })
})

test('a subject is found by its key and by exact values, however they are written', async () => {
  const [stored] = await put([contact('F-1', { name: 'Zoë Groß', email: 'Zoe@Example.org' })])
  const id = stored!.subjectId
  const ids = async (sought: Parameters<typeof find>[0]) =>
    (await find(sought)).map(({ subjectId }) => subjectId)
  deepEqual(await ids({ subjectKey: 'F-1' }), [id])
  deepEqual(await ids({ subjectKey: 'f-1' }), [])
  deepEqual(await ids({ field: 'email', value: 'zoe@example.ORG' }), [id])
  deepEqual(await ids({ field: 'name', value: ' zoë GROSS' }), [id])
  deepEqual(await ids({ field: 'name', value: 'Zoë' }), [])
  await put([contact('F-1', { name: 'Zoë Klein' })])
  deepEqual(await ids({ field: 'name', value: 'Zoë Groß' }), [])
  deepEqual(await ids({ field: 'email', value: 'zoe@example.org' }), [])
  deepEqual(await ids({ field: 'name', value: 'Zoë Klein' }), [id])
  deepEqual((await lastEntry('vault.subject.find')).touched.length, 1)
})

test('who is found by their key, or read without a record, is touched; who is not there is not', async () => {
  const [stored] = await put([contact('F-2', { name: 'Fay' })])
  const [found] = await find({ subjectKey: 'F-2' })
  const itself = [{ subject: found!.ordinal, record: 0, category: 0 }]
  deepEqual((await lastEntry('vault.subject.find')).touched, itself)
  const counts = await house.owner.first({
    text: `select subjects, records, categories from trail.entry
      where action = 'vault.subject.find' order by id desc limit 1`,
  })
  deepEqual(counts, { subjects: 1, records: 0, categories: 0 })
  const onPageTwo = { ...ask('vault.subject.find'), effect: 'read' as const }
  await house.act(onPageTwo, (act) => findSubjects(act, { subjectKey: 'F-2' }, found!.ordinal, 9))
  deepEqual((await lastEntry('vault.subject.find')).touched, [], 'on a page that does not show it')
  await find({ subjectKey: 'F-none' })
  deepEqual((await lastEntry('vault.subject.find')).touched, [])
  const sick = worker({ actions: ['vault.record.read'], categories: ['health'] })
  const [open] = await read([stored!.subjectId], undefined, { actor: sick })
  deepEqual(open?.records, [])
  deepEqual((await lastEntry('vault.record.read')).touched, itself)
})

test('a grant for one category finds by key only where the purpose covers it, and learns no other field’s name', async () => {
  await put([contact('F-3', { name: 'Finn' })])
  const actor = worker({ actions: ['vault.subject.find'], categories: ['health'] })
  equal((await find({ subjectKey: 'F-3' }, { actor })).length, 1)
  await rejects(find({ subjectKey: 'F-3' }, { actor, purpose: 'support' }), { status: 403 })
  const trail = { actions: ['vault.subject.trail', 'vault.subject.find'], categories: ['health'] }
  const byKey = (purpose: string) =>
    house.act(
      { ...ask('vault.subject.trail', { actor: worker(trail), purpose }), effect: 'read' },
      (act) => subjectTrail(act, { subjectKey: 'F-3' }, undefined, undefined),
    )
  await byKey('care')
  equal((await lastEntry('vault.subject.trail')).touched.length, 1)
  await rejects(byKey('support'), { status: 403 })
  // `email` is a field of a category that is not granted, `shoeSize` of none.
  for (const field of ['email', 'shoeSize'])
    await rejects(find({ field, value: 'x' }, { actor }), { code: 'vault.unknown-field' })
  const inNone = worker({ actions: ['vault.subject.find'], categories: [] })
  for (const sought of [{ subjectKey: 'F-3' }, { field: 'email', value: 'x' }])
    await rejects(find(sought, { actor: inNone }), { status: 403 })
})

test('what is not searchable answers with an error, never with nobody', async () => {
  await rejects(find({ field: 'phone', value: '+49 171 1234567' }), {
    code: 'vault.field-not-searchable',
  })
  await rejects(find({ category: 'health', field: 'diagnosis', value: 'flu' }), {
    code: 'vault.field-not-searchable',
  })
  await rejects(find({ field: 'shoeSize', value: '44' }), { code: 'vault.unknown-field' })
  await rejects(find({ field: 'email', value: 'nonsense' }), { code: 'vault.value-malformed' })
})

test('a controller reaches none of another’s rows, not even with a query that forgets its filter', async () => {
  const [stored] = await put([contact('X-1', { name: 'Xena' })])
  await rejects(read([stored!.subjectId], undefined, { controller: birch }), {
    code: 'vault.unknown-subject',
  })
  deepEqual(await find({ subjectKey: 'X-1' }, { controller: birch }), [])
  const tables = ['controller', 'contract', 'subject', 'record', 'field_index', 'import']
  const seen = (controller: Controller) =>
    house.act({ ...ask('vault.record.read', { controller }), effect: 'read' }, async (act) => {
      const counts: { [table: string]: number } = {}
      for (const table of tables)
        counts[table] = (await act.sql.rows({ text: `select 1 from vault.${table}` })).length
      return { counts }
    })
  deepEqual((await seen(birch)).counts, {
    controller: 1,
    contract: 1,
    subject: 0,
    record: 0,
    field_index: 0,
    import: 0,
  })
  ok((await seen(alder)).counts['record']! > 10)
  const write = house.act(ask('vault.record.put', { controller: birch }), (act) =>
    act.sql.run({ text: 'update vault.record set version = version + 1' }),
  )
  equal(await write, 0)
  await rejects(
    house.act(ask('vault.record.put', { controller: birch }), (act) =>
      act.sql.run({
        text: `insert into vault.import (controller_id, import_id, state, format, mapping, started_at,
            moved_at) values ($1, $1, 'running', 'csv', '{}', now(), now())`,
        values: [alder.controllerId],
      }),
    ),
    /row-level security/,
  )
})

test('a record moved, swapped or rolled back to an older version does not open', async () => {
  const stored = await put([contact('S-1', { name: 'one' }), contact('S-2', { name: 'two' })])
  const [one, two] = stored.map(({ subjectId }) => subjectId)
  const sealedOf = async (id: string) =>
    (await house.owner.first<{ sealed: Buffer }>({
      text: 'select sealed from vault.record where subject_id = $1',
      values: [id],
    }))!.sealed
  const plant = (id: string, sealed: Buffer) =>
    house.owner.run({
      text: 'update vault.record set sealed = $2 where subject_id = $1',
      values: [id, sealed],
    })
  const [sealedOne, sealedTwo] = [await sealedOf(one!), await sealedOf(two!)]
  await plant(one!, sealedTwo)
  await rejects(read([one!]), { code: 'keys.not-authentic' })
  await put([contact('S-1', { name: 'one, later' })])
  await plant(one!, sealedOne)
  await rejects(read([one!]), { code: 'keys.not-authentic' })
  equal((await read([two!]))[0]?.records[0]?.fields['name'], 'two')
})

test('no plaintext stands in any table', async () => {
  const words = ['Quetzalcoatl Rivera', 'quetzal.rivera@example.org', 'K-Quetzal-77', 'Quetzalitis']
  await put([contact(words[2]!, { name: words[0], email: words[1] }), sick(words[2]!, words[3]!)])
  const tables = await house.owner.rows<{ name: string }>({
    text: `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  })
  ok(tables.length > 20)
  const forms = [...words, 'Olive Officer', 'olive.officer@'].flatMap((word) => [
    word.toLowerCase(),
    Buffer.from(word).toString('hex'),
    Buffer.from(word).toString('base64').replace(/=+$/, '').slice(0, -1).toLowerCase(),
  ])
  for (const { name } of tables) {
    const rows = await house.owner.rows<{ row: string }>({
      text: `select lower(t::text) as row from ${name} t`,
    })
    for (const { row } of rows)
      for (const form of forms) ok(!row.includes(form), `${form} stands in ${name}`)
  }
})

test('an erased subject is unreadable, unfindable and leaves only its ordinal', async () => {
  const [stored] = await put([contact('E-1', { name: 'Erna' }), sick('E-1', 'gone')])
  const id = stored!.subjectId
  const erase = () =>
    house.act(ask('vault.subject.erase'), (act) => eraseSubject(act, id, 'request 17'))
  const certificate = await erase()
  deepEqual([certificate.records, certificate.categories], [2, ['contact', 'health']])
  equal(certificate.keys.length, 1)
  deepEqual(
    (await lastEntry('vault.subject.erase')).touched.map(({ category }) => category),
    [0, 1],
  )
  await rejects(read([id]), { code: 'vault.subject-erased' })
  await rejects(erase(), { code: 'vault.subject-erased' })
  deepEqual(await find({ subjectKey: 'E-1' }), [])
  deepEqual(await find({ field: 'name', value: 'Erna' }), [])
  for (const table of ['vault.record', 'vault.field_index', 'keys.subject_key'])
    deepEqual(
      await house.owner.rows({
        text: `select from ${table} where subject_id = $1`,
        values: [id],
      }),
      [],
    )
  const [again] = await put([contact('E-1', { name: 'Erna' })])
  ok(again!.subjectId !== id, 'who comes back is somebody new')
})

test('contracts: a weakening needs a reason, versions are kept, data follows its retention', async () => {
  const amend = (amendment: Parameters<typeof amendController>[1]) =>
    house.act(
      { action: 'vault.controller.amend', scope: { controllerId: birch.controllerId } },
      (act) => amendController(act, amendment),
    )
  const [stored] = await put([contact('A-1', { name: 'Ann' })], { controller: birch })
  const [contactTerms, health] = terms('').categories as [
    ReturnType<typeof terms>['categories'][number],
    ReturnType<typeof terms>['categories'][number],
  ]
  await rejects(amend({ noticeHours: 72 }), { code: 'vault.weakening-unexplained' })
  await rejects(amend({ noticeHours: 12, version: 7 }), { code: 'vault.contract-moved' })
  equal((await amend({ noticeHours: 72, reason: 'customer asked' })).version, 2)
  const shorter = await amend({ categories: [{ ...contactTerms, retainDays: 5 }, health] })
  equal(shorter.version, 3)
  const [open] = await read([stored!.subjectId], ['contact'], { controller: birch })
  deepEqual(open?.records[0]?.eraseAfter, new Date('2026-03-06T12:00:00Z'))
  const withPhone = contactTerms.fields.map((field) => ({ ...field, searchable: true }))
  await rejects(
    amend({ categories: [{ ...contactTerms, fields: withPhone }, health], reason: 'wish' }),
    { code: 'vault.field-holds-records' },
  )
  const unnamed = contactTerms.fields.map((field) => ({ ...field, searchable: false }))
  await amend({ categories: [{ ...contactTerms, fields: unnamed, retainDays: 5 }, health] })
  await rejects(find({ field: 'name', value: 'Ann' }, { controller: birch }), {
    code: 'vault.field-not-searchable',
  })
  deepEqual(
    await house.owner.rows({
      text: `select from vault.field_index where controller_id = $1`,
      values: [birch.controllerId],
    }),
    [],
  )
  const versions = await house.owner.rows<{ version: number; hours: string }>({
    text: `select version, facts ->> 'noticeHours' as hours from vault.contract
      where controller_id = $1 order by 1`,
    values: [birch.controllerId],
  })
  deepEqual(
    versions.map(({ version, hours }) => [version, hours]),
    [
      [1, '24'],
      [2, '72'],
      [3, '72'],
      [4, '72'],
    ],
  )
  const contacts = await house.act({ action: 'incidents.notice.draft', effect: 'read' }, (act) =>
    breachContacts(act, birch.controllerId),
  )
  deepEqual(contacts, terms('').breachContacts)
})

test('puts under way and an amendment wait for each other: no record keeps a retention that is over', async () => {
  const cedar = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, terms('Cedar')),
  )
  const { controllerId } = cedar
  const categories = terms('').categories.map((category) => ({ ...category, retainDays: 3 }))
  const puts = Array.from({ length: 30 }, (_, i) =>
    put([contact(`C-${i % 10}`, { name: `n ${i}` })], { controller: cedar }),
  )
  const amended = house.act({ action: 'vault.controller.amend', scope: { controllerId } }, (act) =>
    amendController(act, { categories }),
  )
  await Promise.all([amended, ...puts])
  const dates = await house.owner.rows<{ at: Date }>({
    text: 'select distinct erase_after as at from vault.record where controller_id = $1',
    values: [controllerId],
  })
  deepEqual(dates, [{ at: new Date('2026-03-04T12:00:00Z') }])
})

test('a controller that leaves while data comes in keeps none of it', async () => {
  const dogwood = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, terms('Dogwood')),
  )
  const { controllerId } = dogwood
  const inside = { action: 'vault.controller.leave', scope: { controllerId } }
  const puts = Array.from({ length: 30 }, (_, i) =>
    put([contact(`C-${i % 10}`, { name: `n ${i}` })], { controller: dogwood }),
  )
  const leaving = (async () => {
    await house.act(inside, (act) => beginLeaving(act, 'Dogwood', { waiver: 'test' }))
    return leaveNow((deed) => house.act(inside, deed))
  })()
  const outcomes = await Promise.allSettled(puts)
  equal((await leaving).state, 'left')
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') equal(outcome.reason.code, 'vault.controller-left')
  deepEqual(await countsOf(house.owner, controllerId), { subjects: 0, records: 0 })
})

test('a contract once agreed cannot be changed or taken back by the running house', async () => {
  for (const text of [`update vault.contract set facts = '{}'`, 'delete from vault.contract'])
    await rejects(
      house.act({ action: 'vault.controller.amend' }, (act) => act.sql.run({ text })),
      /permission denied/,
    )
})

test('a real controller without a breach contact is refused, and leaves nothing', async () => {
  const before = (await listControllers(house.owner)).length
  await rejects(
    house.act({ action: 'vault.controller.create' }, (act) =>
      createController(act, { ...terms('Cedar'), breachContacts: [] }),
    ),
    { code: 'vault.contract-malformed' },
  )
  equal((await listControllers(house.owner)).length, before)
  deepEqual(
    [...(await categoriesByBit(house.owner, alder.controllerId))],
    [
      [0, 'contact'],
      [1, 'health'],
    ],
  )
})
