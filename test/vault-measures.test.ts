import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { dayMs, hourMs } from '#ground'
import {
  type Controller,
  countsOf,
  createController,
  listControllers,
  putRecords,
  readSubjects,
  vault,
} from '#vault'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
let alder: Controller
const start = new Date('2026-03-01T12:00:00Z')
const later = (ms: number) => new Date(start.getTime() + ms)

before(async () => {
  house = await openHouse({ now: start })
  alder = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Alder Clinic',
      categories: [
        { name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 10 },
        { name: 'payment', fields: [{ name: 'iban', kind: 'identifier' }], retainDays: 20 },
      ],
      purposes: [{ name: 'care', categories: ['contact', 'payment'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
    }),
  )
})
beforeEach(() => house.setNow(start))
after(() => house.close())

const inside = (action: string) => ({
  action,
  scope: { controllerId: alder.controllerId },
  purpose: 'care',
  reason: 'ticket 4711',
})
const put = async (subjectKey: string, category: 'contact' | 'payment') => {
  const fields = category === 'contact' ? { name: 'Ada' } : { iban: 'DE00' }
  const stored = await house.act(inside('vault.record.put'), (act) =>
    putRecords(act, [{ subjectKey, category, fields }]),
  )
  return stored[0]!.subjectId
}
const read = (id: string) =>
  house.act({ ...inside('vault.record.read'), effect: 'read' }, (act) => readSubjects(act, [id]))
const run = async (action: string) => {
  const job = vault.jobs!.find((one) => one.action === action)!
  await job.run(house.threshold.asHouse, undefined, house.world)
}
const check = (id: string, now = start) =>
  vault.measures!.find((one) => one.id === id)!.check!(house.threshold.asHouse, house.world, now)
const flag = (subjectId: string, held: boolean) =>
  house.owner.run({
    text: 'update vault.subject set held = $2 where subject_id = $1',
    values: [subjectId, held],
  })

test('the retention job erases what is due, a subject with its last record, and nothing else', async () => {
  const id = await put('J-1', 'contact')
  await put('J-1', 'payment')
  house.setNow(later(10 * dayMs - 1))
  await run('vault.erase-due')
  equal((await read(id))[0]?.records.length, 2)
  house.setNow(later(10 * dayMs))
  deepEqual(
    (await read(id))[0]?.records.map(({ category }) => category),
    ['payment'],
    'what is due is not given out, even before the job has come',
  )
  equal((await countsOf(house.owner, alder.controllerId)).records, 2)
  await run('vault.erase-due')
  equal((await countsOf(house.owner, alder.controllerId)).records, 1)
  house.setNow(later(20 * dayMs))
  await run('vault.erase-due')
  await rejects(read(id), { code: 'vault.subject-erased' })
  deepEqual(await countsOf(house.owner, alder.controllerId), { subjects: 0, records: 0 })
  const ledger = await house.owner.rows<{ reason: string }>({
    text: 'select reason from keys.erasure where subject_id = $1',
    values: [id],
  })
  deepEqual(ledger, [{ reason: 'vault.erase-due' }])
})

test('a legal hold keeps what is due, and the measure does not count it as late', async () => {
  const id = await put('J-2', 'contact')
  await flag(id, true)
  house.setNow(later(11 * dayMs))
  await run('vault.erase-due')
  equal((await countsOf(house.owner, alder.controllerId)).records, 1)
  const evidence = await check('vault.storage-limitation', later(11 * dayMs))
  equal(evidence.holds, true)
  equal(evidence.facts['keptByLegalHold'], 1)
  await flag(id, false)
  await run('vault.erase-due')
  deepEqual(await countsOf(house.owner, alder.controllerId), { subjects: 0, records: 0 })
})

test('storage limitation fails once erasure lags more than two hours, and says by how much', async () => {
  await put('J-3', 'contact')
  const due = 10 * dayMs
  const within = await check('vault.storage-limitation', later(due + 2 * hourMs))
  deepEqual([within.holds, within.n, within.of], [true, within.of, within.of])
  ok(within.of >= 1)
  const late = await check('vault.storage-limitation', later(due + 3 * hourMs))
  deepEqual([late.holds, late.n], [false, late.of - 1])
  match(late.finding, /3\.0 h past/)
  equal(late.probe?.refused, true)
  equal(late.probe?.answer, 'vault.retention-not-positive, vault.retention-too-long')
  house.setNow(later(due))
  await run('vault.erase-due')
})

test('erasure is proven on a canary of its own, which no list shows, and which goes', async () => {
  for (let round = 0; round < 2; round++) {
    const evidence = await check('vault.erasure')
    equal(evidence.holds, true, evidence.probe?.answer)
    equal(evidence.probe?.refused, true)
    equal(evidence.probe?.answer, 'vault.subject-erased, keys.no-subject-key, keys.subject-has-key')
  }
  const names = (await listControllers(house.owner)).map(({ name }) => name)
  deepEqual(names, ['Alder Clinic'])
  const [canary, ...others] = (await listControllers(house.owner, true)).filter((c) => c.hidden)
  deepEqual([canary?.synthetic, others.length], [true, 0])
  deepEqual(await countsOf(house.owner, canary!.controllerId), { subjects: 0, records: 0 })
})

test('checks that need the canary at once make it once', async () => {
  await Promise.all([check('vault.erasure'), check('vault.minimisation'), check('vault.erasure')])
  equal((await listControllers(house.owner, true)).filter((c) => c.hidden).length, 1)
})

test('minimisation is proven by fields and categories that are refused', async () => {
  const evidence = await check('vault.minimisation')
  deepEqual([evidence.holds, evidence.n, evidence.of], [true, 2, 2])
  deepEqual(evidence.facts['answers'], ['vault.unknown-field', 'vault.unknown-category'])
})

test('a leaving that was broken off is finished by the job', async () => {
  const id = await put('J-4', 'payment')
  await house.owner.run({
    text: `update vault.controller set state = 'leaving' where controller_id = $1`,
    values: [alder.controllerId],
  })
  await rejects(read(id), { code: 'vault.controller-left' })
  await run('vault.finish-leaving')
  const gone = (await listControllers(house.owner)).find(({ name }) => name === 'Alder Clinic')
  equal(gone?.state, 'left')
  deepEqual(await countsOf(house.owner, alder.controllerId), { subjects: 0, records: 0 })
  const seal = () => house.keyring.seal(alder.controllerId, ['any'], Buffer.from('more'))
  throws(seal, { code: 'keys.ring-destroyed' })
})
