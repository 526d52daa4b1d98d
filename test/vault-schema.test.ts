import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { amendController, type Controller, eraseDue, recordEvent } from '#vault'
import { asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { clinicTerms, inController, takeIn } from './vault-people.ts'

let house: TestHouse
let clinic: Controller
let here: ReturnType<typeof inController>
const start = new Date('2026-03-01T12:00:00Z')

before(async () => {
  house = await openHouse({ now: start })
  clinic = await takeIn(house)
  here = inController(house, clinic)
})
after(() => house.close())

const contact = (subjectKey: string, fields: Record<string, string>) => ({
  subjectKey,
  category: 'contact',
  fields,
})
const idsOf = (found: readonly { readonly subjectId: string }[]) =>
  found.map(({ subjectId }) => subjectId)

test('a field outside the purpose is refused when written, and not there when read', async () => {
  const whole = contact('M-1', { name: 'Ada Lovelace', iban: 'DE02 1203 0000' })
  await rejects(here.put([whole]), { code: 'vault.field-outside-purpose' })
  const [stored] = await here.put([whole], { purpose: 'billing' })
  const id = stored!.subjectId
  const [billing] = await here.read([id], { purpose: 'billing' })
  deepEqual(billing?.records[0]?.fields, { name: 'Ada Lovelace', iban: 'DE02 1203 0000' })
  const [care] = await here.read([id])
  deepEqual(care?.records[0]?.fields, { name: 'Ada Lovelace' })
})

test('a put for a purpose that sees only part of a record does not lose the rest of it', async () => {
  await rejects(here.put([contact('M-1', { name: 'Ada King' })]), {
    code: 'vault.record-partly-seen',
  })
  const [{ subjectId } = { subjectId: '' }] = await here.find({ subjectKey: 'M-1' })
  const [still] = await here.read([subjectId], { purpose: 'billing' })
  equal(still?.records[0]?.fields['iban'], 'DE02 1203 0000')
})

test('a text is found by its words, all of them, and by its value; and by no field that has no words', async () => {
  const rows = [
    contact('W-1', { name: 'Grace Brewster Hopper', email: 'grace@navy.example' }),
    contact('W-2', { name: 'Grace Kelly' }),
  ]
  const [hopper, kelly] = idsOf(await here.put(rows, { purpose: 'billing' }))
  const words = async (text: string) => idsOf(await here.find({ field: 'name', words: text }))
  deepEqual(await words('grace'), [hopper, kelly])
  deepEqual(await words('HOPPER, Grace'), [hopper])
  deepEqual(await words('Grace Grant'), [])
  deepEqual(idsOf(await here.find({ field: 'name', value: 'grace kelly' })), [kelly])
  await rejects(here.find({ field: 'email', words: 'navy' }), {
    code: 'vault.words-not-searchable',
  })
  await rejects(here.find({ field: 'name', words: ' !? ' }), { code: 'vault.words-malformed' })
  await rejects(here.find({ field: 'iban', value: 'x' }), { code: 'vault.field-outside-purpose' })
  await rejects(here.find({ field: 'iban', value: 'x' }, { purpose: 'billing' }), {
    code: 'vault.field-not-searchable',
  })
})

test('a telephone number is found as it is dialled at home and from abroad', async () => {
  const [stored] = await here.put([contact('T-1', { phone: '030 1234567' })], {
    purpose: 'billing',
  })
  for (const value of ['030/1234567', '+49 30 1234567', '0049301234567'])
    deepEqual(idsOf(await here.find({ field: 'phone', value })), [stored!.subjectId], value)
  deepEqual(await here.find({ field: 'phone', value: '+43 30 1234567' }), [])
})

test('a yes or no and a choice take what they may be, and nothing else', async () => {
  const visit = (fields: Record<string, string | boolean>) => ({
    subjectKey: 'C-1',
    category: 'visit',
    fields,
  })
  const [stored] = await here.put([visit({ ward: 'north', inpatient: true })])
  const [open] = await here.read([stored!.subjectId])
  deepEqual(open?.records[0]?.fields, { ward: 'north', inpatient: true })
  for (const fields of [{ ward: 'east' }, { inpatient: 'perhaps' }])
    await rejects(here.put([visit(fields)]), { code: 'vault.value-malformed' })
})

const endsOf = async (subjectId: string) =>
  (await here.read([subjectId]))[0]?.records.map(({ eraseAfter }) => eraseAfter.toISOString())
const eventOf = (subjectId: string, on: string | null, event = 'contract-end') =>
  here.act('vault.subject.event', (act) => recordEvent(act, subjectId, { event, on }))
const sick = (subjectKey: string) => ({
  subjectKey,
  category: 'health',
  fields: { diagnosis: 'fever' },
})

test('retention counted from an event begins with that event, and until then ends after ten years', async () => {
  const [stored] = await here.put([sick('E-1')])
  const id = stored!.subjectId
  deepEqual(await endsOf(id), ['2036-03-01T12:00:00.000Z'])
  deepEqual(
    (await eventOf(id, '2026-03-31')).map(({ eraseAfter }) => eraseAfter.toISOString()),
    ['2026-05-01T00:00:00.000Z'],
  )
  // Stored anew, it still ends with the event.
  await here.put([sick('E-1')])
  deepEqual(await endsOf(id), ['2026-05-01T00:00:00.000Z'])
  await eventOf(id, null)
  deepEqual(await endsOf(id), ['2036-03-01T12:00:00.000Z'])
  await rejects(eventOf(id, '2026-03-31', 'birthday'), { code: 'vault.event-not-agreed' })
})

test('what an event has ended is erased by the job, and no more of it is taken in', async () => {
  const [stored] = await here.put([sick('E-2')])
  await eventOf(stored!.subjectId, '2026-01-01')
  await rejects(here.put([sick('E-2')]), { code: 'vault.record-over' })
  const erased = await here.act('vault.erase-due', (act) => eraseDue(act))
  deepEqual({ records: erased.records, subjects: erased.subjects }, { records: 1, subjects: 1 })
  await rejects(here.read([stored!.subjectId]), { code: 'vault.subject-erased' })
  const left = await house.owner.rows({ text: 'select from vault.subject_event' })
  equal(left.length, 0, 'the event outlives its subject')
})

test('an amendment that counts from another event dates the records already held', async () => {
  const [stored] = await here.put([sick('A-1')])
  await eventOf(stored!.subjectId, '2026-06-30')
  const amend = (retainFrom: string | null) =>
    here.act('vault.controller.amend', (act) =>
      amendController(act, {
        categories: clinic.categories.map((c) => (c.name === 'health' ? { ...c, retainFrom } : c)),
        reason: 'a test',
      }),
    )
  await amend(null)
  deepEqual(await endsOf(stored!.subjectId), ['2026-03-31T12:00:00.000Z'])
  await amend('contract-end')
  deepEqual(await endsOf(stored!.subjectId), ['2026-07-31T00:00:00.000Z'])
})

test('terms are judged before anybody agrees on them, with what each index gives away', async () => {
  const { judge } = await import('../src/vault/controllers/judgement.ts')
  const { remarks, acceptable } = judge(clinicTerms)
  ok(acceptable)
  const leaks = remarks.filter(({ level }) => level === 'leak').map(({ place }) => place)
  deepEqual(leaks, ['contact.name', 'contact.email', 'contact.phone'])
  const [contact, ...others] = clinicTerms.categories
  const fields = [...contact!.fields, { name: 'sex', kind: 'choice' as const, options: ['f', 'm'] }]
  const worse = judge({
    ...clinicTerms,
    categories: [
      { ...contact!, fields: fields.map((f) => ({ ...f, searchable: true })) },
      ...others,
    ],
  })
  equal(worse.code, 'vault.field-not-indexable')
})

test('records are listed page by page in an order that says nothing of their data', async () => {
  const stored: string[] = []
  for (let i = 0; i < 5; i += 1) {
    house.setNow(new Date(start.getTime() + (i % 3) * 60_000))
    const row = contact(`S-${i}`, { name: 'Same' })
    stored.push((await here.put([row], { purpose: 'billing' }))[0]!.subjectId)
  }
  const list = async (query: string) => {
    const url = `/v1/controllers/${clinic.controllerId}/records?category=contact&limit=2&${query}`
    const { body } = await house.app.inject({ url, headers: asCaller(caller.token) })
    return JSON.parse(body) as { items: { subjectId: string; ordinal: number }[]; next?: string }
  }
  const caller = await callerWith(house, {
    actions: ['vault.record.list'],
    expiresAt: new Date('2027-01-01T00:00:00Z'),
  })
  for (const sort of ['stored', 'ends'])
    for (const order of ['asc', 'desc']) {
      const seen: string[] = []
      let after = ''
      for (;;) {
        const { items, next } = await list(`sort=${sort}&order=${order}${after}`)
        seen.push(...items.map(({ subjectId }) => subjectId))
        if (next === undefined) break
        after = `&after=${next}`
      }
      const [a, b, c, d, e] = stored
      const expected = [a, d, b, e, c]
      equal(new Set(seen).size, seen.length)
      deepEqual(
        seen.filter((id) => stored.includes(id)),
        order === 'asc' ? expected : expected.toReversed(),
        `${sort} ${order}`,
      )
    }
  equal(
    ((await list('after=nowhere')) as unknown as { code: string }).code,
    'vault.cursor-malformed',
  )
})
