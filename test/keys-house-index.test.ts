import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { dayMs } from '#ground'
import { incidents } from '#incidents'
import { houseIndex, houseIndexVersion, keys, rotateRing, sealPersonal } from '#keys'
import { type Controller, createController } from '#vault'
import { insertActor, insertPerson } from '../src/identity/accounts/actor-store.ts'
import { emailIndexOf, indexEmailsAnew } from '../src/identity/accounts/email-acts.ts'
import { personPlace } from '../src/identity/place.ts'
import { attemptSignIn } from '../src/identity/sessions/acts.ts'
import { keyAges } from '../src/keys/overview-acts.ts'
import { finaliseRing, finaliseSentence } from '../src/keys/rotation-acts.ts'
import { openHouse, type TestHouse } from './house.ts'

// The house's own index key turns while people sign in and enrol: each is found at every step, none
// twice, and the old key goes when nothing was made under it any more.

let now = new Date()
let house: TestHouse
let alder: Controller
const recipient = 'incidents.recipient'
const reached = randomUUID()
const forgotten = randomUUID()

before(async () => {
  house = await openHouse({ now })
  await enrol('nadia@processor.example')
  await enrol('omar@processor.example')
  alder = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Alder Clinic',
      categories: [{ name: 'notes', fields: [{ name: 'note', kind: 'text' }], retainDays: 300 }],
      purposes: [{ name: 'support', categories: ['notes'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'Olive@alder.example' }],
    }),
  )
  // Two that a notice on its way has reached: one is a contact still, one is not.
  await house.owner.run({ text: 'alter table incidents.recipient disable trigger all' })
  for (const [id, email] of [
    [reached, 'olive@alder.example'],
    [forgotten, 'left@alder.example'],
  ] as const)
    await house.owner.run({
      text: `insert into incidents.recipient (delivery_id, notice_id, controller_id, value, index_version)
             values ($1, $2, $3, $4, 1)`,
      values: [id, randomUUID(), alder.controllerId, await indexed(email)],
    })
})
after(() => house.close())

const inHouse = { action: 'keys.ring.rotate' } as const
const indexed = (email: string) =>
  house.act(inHouse, async (act) => houseIndex(act, recipient, email))
const later = (ms: number) => house.setNow((now = new Date(now.getTime() + ms)))
const turn = () =>
  incidents
    .loops!.find(({ action }) => action === 'incidents.index-anew')!
    .turn(house.threshold.asHouse, house.world)
const run = (room: { jobs?: typeof keys.jobs }, action: string) =>
  room.jobs!.find((job) => job.action === action)!.run(house.threshold.asHouse, {}, house.world)
const versions = () =>
  house.keyring
    .ring('house')
    .keys.filter(({ family }) => family === 'index')
    .map(({ version }) => version)
const rotation = () =>
  house.owner.first<{ state: string; moved: number; total: number; left: number | null }>({
    text: `select state, moved, total, left_over as left from keys.rotation
           where ring = 'house' and family = 'index' order by started_at desc limit 1`,
  })
/** Makes a person of this address; 0 where another has it. */
const enrol = (email: string) =>
  house.act({ action: 'identity.enrolment.complete' }, async (act) => {
    const id = randomUUID()
    await insertActor(act.sql, { id, kind: 'person', canary: false, createdAt: act.now })
    const person = {
      id,
      name: sealPersonal(act, 'house', personPlace('name', id), 'Nadia Okonkwo'),
      email: sealPersonal(act, 'house', personPlace('email', id), email),
      emailIndex: emailIndexOf(act, email),
      passwordHash: null,
    }
    return insertPerson(act.sql, person, act.now)
  })
/** Whether a sign-in finds whose address this is. */
const known = async (email: string) =>
  (await house.act({ action: 'identity.session.open' }, (act) => attemptSignIn(act, email))) !==
  undefined
const people = () =>
  house.owner.rows<{ version: number; n: number }>({
    text: `select email_index_version as version, count(*)::int as n from identity.person
         group by 1 order by 1`,
  })

test('it turns: everybody signs in at every step, and no address is taken twice', async () => {
  await house.act(inHouse, (act) => rotateRing(act, ['index']))
  deepEqual(versions(), [1, 2])
  await enrol('early@processor.example')
  deepEqual(await people(), [{ version: 1, n: 3 }], 'nobody writes with a key not all have seen')
  later(16_000)
  await enrol('late@processor.example')
  deepEqual(await people(), [
    { version: 1, n: 3 },
    { version: 2, n: 1 },
  ])
  ok(await known('nadia@processor.example'), 'under the old index')
  ok(await known('late@processor.example'), 'under the new')
  equal(
    await enrol('omar@processor.example'),
    0,
    'an address of the old index is not free under the new',
  )
  await turn()
  deepEqual(await rotation(), { state: 'done', moved: 4, total: 4, left: 0 })
  deepEqual(await people(), [{ version: 2, n: 4 }])
  ok(await known('nadia@processor.example'))
})

test('whom a notice has reached is known under the new key; who is no contact is forgotten', async () => {
  const rows = await house.owner.rows<{ id: string; value: Buffer; version: number }>({
    text: `select delivery_id as id, value, index_version as version from incidents.recipient`,
  })
  deepEqual(rows, [{ id: reached, value: await indexed('olive@alder.example'), version: 2 }])
})

test('a batch that was killed between reading and placing is done again, and twice is as once', async () => {
  await house.act(inHouse, (act) => rotateRing(act, ['index']))
  await rejects(
    house.act(inHouse, (act) => rotateRing(act, ['index'])),
    {
      code: 'keys.rotation-running',
    },
  )
  later(16_000)
  // Read, and then nothing: what a kill leaves behind.
  const anew = await house.threshold.asHouse({ ...inHouse, effect: 'read' }, indexEmailsAnew)
  equal(anew.persons.length, 4)
  deepEqual(await people(), [{ version: 2, n: 4 }])
  await turn()
  await turn()
  deepEqual(await rotation(), { state: 'done', moved: 5, total: 5, left: 0 })
  ok(await known('omar@processor.example'))
})

test('the old key goes when its time has come, and not while anything was made under it', async () => {
  later(7 * dayMs)
  await house.owner.run({
    text: `update identity.person set email_index_version = 2 where id = (select min(id::text)::uuid from identity.person)`,
  })
  await run(incidents, 'incidents.tidy-index')
  deepEqual(versions(), [1, 2, 3], 'one row hangs on an older key')
  equal((await rotation())?.state, 'running', 'and it is begun again')
  later(16_000)
  await turn()
  await run(incidents, 'incidents.tidy-index')
  deepEqual(versions(), [3])
  ok(await known('nadia@processor.example'))
  const entries = await house.owner.rows<{ action: string }>({
    text: `select distinct action from trail.entry
           where action in ('incidents.index-anew', 'incidents.tidy-index', 'keys.ring.rotate') order by 1`,
  })
  equal(entries.length, 3)
})

test('made final, it goes ten minutes after; rows written late under it hold it back', async () => {
  await house.act({ action: 'keys.ring.finalise' }, (act) => finaliseRing(act, finaliseSentence))
  later(16_000)
  await turn()
  deepEqual([(await rotation())?.state, versions()], ['proven', [3, 4]])
  later(10 * 60_000)
  await house.owner.run({
    text: `update identity.person set email_index_version = 3 where id = (select min(id::text)::uuid from identity.person)`,
  })
  await turn()
  deepEqual([(await rotation())?.state, versions()], ['running', [3, 4]])
  await turn()
  await turn()
  deepEqual([(await rotation())?.state, versions()], ['done', [4]])
})

test('at the end of its year it is late, and the daily job turns it', async () => {
  const late = () => house.act(inHouse, async (act) => keyAges(act).keys.filter((key) => key.late))
  later(366 * dayMs)
  ok((await late()).some(({ name }) => name === 'house index 4'))
  await run(keys, 'keys.rotate-due')
  ok(!(await late()).some(({ name }) => name.startsWith('house index')))
  later(16_000)
  await turn()
  equal(await house.act(inHouse, async (act) => houseIndexVersion(act)), 5)
  equal((await rotation())?.state, 'done')
  later(8 * dayMs)
  ok(
    (await late()).some(({ name }) => name === 'house index 4'),
    'one that waits for its destruction too long is late as well',
  )
})
