import { equal } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { lockActor, unlockActor } from '#identity'
import { openHouse, type TestHouse } from './house.ts'
import { enrol, signIn, told } from './identity-people.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

/** A sign-in as it comes from an address, by an e-mail nobody has. */
async function tried(remoteAddress: string, email: string): Promise<string> {
  const { statusCode, body } = await house.app.inject({
    method: 'POST',
    url: '/v1/sessions',
    remoteAddress,
    payload: { email, password: 'velvet tram harvest ninety' },
  })
  return `${statusCode} ${JSON.parse(body).code}`
}

test('whoever holds a whole IPv6 network has the attempts of one address', async () => {
  for (let i = 1; i <= 10; i += 1)
    equal(
      await tried(`2001:db8:7:7::${i.toString(16)}`, `n${i}@house.example`),
      '401 identity.sign-in-refused',
    )
  equal(await tried('2001:db8:7:7:ffff::1', 'n11@house.example'), '429 identity.throttled')
  equal(await tried('2001:db8:7:8::1', 'n12@house.example'), '401 identity.sign-in-refused')
})

test('a sign-in that was under way when its person was locked opens nothing', async () => {
  const { personId: id, email } = await enrol(house, 'nadia@house.example', ['support'])
  const ref = { kind: 'person', id } as const
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: holding, resolve: hold } = Promise.withResolvers<void>()
  const locking = house.act({ action: 'identity.lock.set' }, async (act) => {
    await lockActor(act, ref, 'a test')
    hold()
    await released
  })
  await holding
  const signing = signIn(house, email)
  // The sign-in has found a person who may, and waits for the row that the lock holds.
  for (let waiting = 0; waiting === 0;) {
    const row = await house.owner.first<{ n: number }>({
      text: `select count(*) as n from pg_stat_activity
             where wait_event_type = 'Lock' and datname = current_database()`,
    })
    waiting = row!.n
  }
  release()
  await locking
  equal(told(await signing), '401 identity.sign-in-refused')
  await house.act({ action: 'identity.lock.lift' }, (act) => unlockActor(act, ref))
  const live = await house.owner.rows({
    text: 'select from identity.session where person_id = $1 and ended_at is null',
    values: [id],
  })
  equal(live.length, 0, 'nothing comes back to life with the lifting')
})
