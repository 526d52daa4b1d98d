import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dayMs } from '#ground'
import type { Act } from '#kernel'
import { keys, rotateRing } from '#keys'
import {
  type Controller,
  createController,
  eraseSubject,
  findSubjects,
  putRecords,
  readSubjects,
  vault,
} from '#vault'
import { finaliseRing, finaliseSentence } from '../src/keys/rotation-acts.ts'
import { openHouse, type TestHouse } from './house.ts'

// Keys of a controller turn while its data is read and written: everything opens and is found at
// every step, and nothing is left under what was replaced.

const start = new Date('2026-03-01T12:00:00Z')
let now = start
let house: TestHouse
let controller: Controller
const subjects = 600

before(async () => {
  house = await openHouse({ now: start })
  controller = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Alder Clinic',
      country: 'DE',
      categories: [
        {
          name: 'contact',
          fields: [{ name: 'email', kind: 'email', searchable: true }],
          retainDays: 300,
        },
        { name: 'notes', fields: [{ name: 'note', kind: 'text' }], retainDays: 300 },
      ],
      purposes: [{ name: 'support', categories: ['contact', 'notes'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive.officer@alder.example' }],
    }),
  )
  await inController((act) =>
    putRecords(
      act,
      Array.from({ length: subjects }, (_, i) => [
        { subjectKey: `A-${i}`, category: 'contact', fields: { email: mail(i) } },
        { subjectKey: `A-${i}`, category: 'notes', fields: { note: `note ${i}` } },
      ]).flat(),
    ),
  )
})
after(() => house.close())

const mail = (i: number) => `person.${i}@alder.example`
const later = (ms: number) => house.setNow((now = new Date(now.getTime() + ms)))

function inController<T>(deed: (act: Act) => Promise<T>, effect: 'read' | 'write' = 'write') {
  return house.act(
    {
      action: 'vault.record.put',
      scope: { controllerId: controller.controllerId },
      purpose: 'support',
      reason: 'a test',
      effect,
    },
    deed,
  )
}

const turn = (action: string) =>
  [...keys.loops!, ...vault.loops!]
    .find((loop) => loop.action === action)!
    .turn(house.threshold.asHouse, house.world)

/** Turns the loop until the rotation is done. */
async function turnOut(action: string, between?: () => Promise<void>): Promise<void> {
  for (let left = 50; left > 0; left -= 1) {
    await turn(action)
    if ((await underWay()).length === 0) return
    await between?.()
    later(16_000)
  }
  throw new Error('the rotation does not end')
}

const underWay = () =>
  house.owner.rows<{ family: string; state: string; moved: number; left: number | null }>({
    text: `select family, state, moved, left_over as left from keys.rotation
           where ring = $1 and state <> 'done'`,
    values: [controller.controllerId],
  })

const count = async (text: string) =>
  (await house.owner.first<{ n: number }>({ text, values: [controller.controllerId] }))!.n

/** Whether this subject is found by its key and by its address, and opens. */
async function stands(i: number, by = mail(i)): Promise<boolean> {
  const byKey = await inController(
    (act) => findSubjects(act, { subjectKey: `A-${i}` }, 0, 9),
    'read',
  )
  const byMail = await inController(
    (act) => findSubjects(act, { field: 'email', value: by }, 0, 9),
    'read',
  )
  if (byKey.length !== 1 || byMail.length !== 1) return false
  const [open] = await house.act(
    {
      action: 'vault.subject.read',
      scope: { controllerId: controller.controllerId },
      purpose: 'support',
      reason: 'a test',
      effect: 'read',
    },
    (act) => readSubjects(act, [byKey[0]!.subjectId]),
  )
  return open!.records.length === 2
}

const versionsOf = (family: string) =>
  house.keyring
    .ring(controller.controllerId)
    .keys.filter((key) => key.family === family)
    .map(({ version }) => version)

test('an index key turns: found by old and new meanwhile, and at the end by the new alone', async () => {
  await inController((act) => rotateRing(act, ['index']))
  ok(await stands(7), 'found under the old index')
  await turn('vault.rekey')
  equal((await underWay())[0]?.moved, 0, 'not before every process has seen the new key')
  later(20_000)
  await inController((act) =>
    putRecords(act, [
      { subjectKey: 'A-7', category: 'contact', fields: { email: 'new@alder.example' } },
      { subjectKey: 'A-new', category: 'contact', fields: { email: 'newer@alder.example' } },
    ]),
  )
  ok(await stands(7, 'new@alder.example'), 'replaced under the new, known by the old')
  ok(await stands(8), 'not reached yet')
  equal(
    await count('select count(*) as n from vault.subject where controller_id = $1'),
    subjects + 1,
  )
  await turnOut('vault.rekey')
  equal(
    await count(
      `select count(*) as n from (
         select from vault.subject where controller_id = $1 and index_version <> 2
         union all select from vault.field_index where controller_id = $1 and index_version <> 2) old`,
    ),
    0,
  )
  for (const i of [0, 8, subjects - 1]) ok(await stands(i), `found again: ${i}`)
  deepEqual(versionsOf('index'), [1, 2], 'kept for restores')
  later(7 * dayMs)
  await vault
    .jobs!.find(({ action }) => action === 'vault.tidy-indexes')!
    .run(house.threshold.asHouse, {}, house.world)
  deepEqual(versionsOf('index'), [2])
  ok(await stands(8))
})

test('subject keys turn: each record opens at every step, and none is left under an old key', async () => {
  const before = await count(
    'select count(distinct key_id) as n from vault.record where controller_id = $1',
  )
  later(1_000)
  await inController((act) => rotateRing(act, ['data']))
  await rejects(
    inController((act) => rotateRing(act, ['data'])),
    { code: 'keys.rotation-running' },
  )
  await turnOut('vault.rekey', async () => {
    house.keyring.warm.clear()
    for (const i of [0, subjects - 1]) ok(await stands(i), `meanwhile: ${i}`)
    await inController((act) =>
      putRecords(act, [{ subjectKey: 'A-9', category: 'contact', fields: { email: mail(9) } }]),
    )
  })
  house.keyring.warm.clear()
  for (const i of [0, 8, 9, subjects - 1]) ok(await stands(i))
  equal(
    await count(
      `select count(*) as n from vault.record r join keys.subject_key k on k.id = r.key_id
       where r.controller_id = $1 and k.retired_at is not null`,
    ),
    0,
  )
  equal(
    await count(
      'select count(*) as n from keys.subject_key where controller_id = $1 and retired_at is not null',
    ),
    before,
    'kept for older backups',
  )
})

test('a record of an older backup opens under the retired key, and after the erasure no more', async () => {
  const { id, sealed, keyId } = (await house.owner.first<{
    id: string
    sealed: Buffer
    keyId: string
  }>({
    text: `select subject_id as id, sealed, key_id as "keyId" from vault.record
           where controller_id = $1 and category = 0 order by ordinal limit 1`,
    values: [controller.controllerId],
  }))!
  later(1_000)
  await inController((act) => rotateRing(act, ['data']))
  await turnOut('vault.rekey')
  await house.owner.run({
    text: 'update vault.record set sealed = $2, key_id = $3 where subject_id = $1 and category = 0',
    values: [id, sealed, keyId],
  })
  ok(await stands(0), 'as if restored from before the rotation')
  await inController((act) => eraseSubject(act, id, 'asked for'))
  equal(
    (await house.owner.first<{ n: number }>({
      text: 'select count(*) as n from keys.subject_key where subject_id = $1',
      values: [id],
    }))!.n,
    0,
    'retired keys go with the subject',
  )
})

test('made final, the old keys are destroyed in minutes, proven to hold nothing', async () => {
  later(1_000)
  const before = versionsOf('wrap')
  await rejects(
    inController((act) => finaliseRing(act, 'yes')),
    { code: 'keys.not-confirmed' },
  )
  await inController((act) => finaliseRing(act, finaliseSentence))
  later(20_000)
  await turn('keys.rewrap')
  for (let i = 0; i < 5; i += 1) await turn('vault.rekey')
  deepEqual(
    (await underWay()).map(({ state, left }) => [state, left]),
    [
      ['proven', 0],
      ['proven', 0],
    ],
  )
  await turn('keys.rewrap')
  deepEqual(
    versionsOf('wrap').length,
    before.length + 1,
    'not before the last that may wrap has ended',
  )
  // Somebody wrapped under the old key after the proof.
  later(10 * 60_000)
  await turnOut('keys.rewrap').catch(() => {})
  await turnOut('vault.rekey')
  deepEqual(versionsOf('wrap'), [before.at(-1)! + 1])
  equal(versionsOf('index').length, 1)
  house.keyring.warm.clear()
  ok(await stands(8))
})
