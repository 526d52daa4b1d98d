import { deepEqual, equal } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, asCaller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

const entriesOf = (action: string) =>
  house.owner.rows<{ told: string; purpose: string | null; body: string }>({
    text: `select outcome || coalesce(' ' || code, '') as told, purpose,
             convert_from(body, 'utf8') as body
           from trail.entry where action = $1 order by id`,
    values: [action],
  })

test('an entry that cannot be written takes no other read down with it', async () => {
  const read = (told: Readonly<Record<string, unknown>>) =>
    house.act({ action: 'ground.attack.read', effect: 'read' }, async (act) => {
      act.tell(told)
      return 'seen'
    })
  // JSON knows no such number, so this entry can never be made.
  const poison = { whole: 1n }
  const all = await Promise.allSettled([read({}), read(poison), read({}), read(poison), read({})])
  deepEqual(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  const told = (await entriesOf('ground.attack.read')).map((entry) => entry.told)
  deepEqual(told.toSorted(), ['done', 'done', 'done', 'failed fault', 'failed fault'])
})

test('a leaf longer than its table takes fails alone', async () => {
  const read = (why: object) =>
    house.act({ action: 'ground.attack.long', effect: 'read', ...why }, async () => 'seen')
  const long = { purpose: '漢'.repeat(400) }
  const all = await Promise.allSettled([{}, {}, {}, long, {}, {}].map(read))
  deepEqual(
    all.map(({ status }) => status === 'fulfilled'),
    [true, true, true, false, true, true],
  )
})

const get = (path: string, headers: Readonly<Record<string, string>>) =>
  ask({ port: house.settings.port, ca: house.ca }, path, { headers })

test('what a caller writes as purpose where none is asked for stands in no leaf', async () => {
  const personal = 'Ada Alder, born 1815-12-10'
  const said = { 'holdfast-purpose': personal, 'holdfast-reason': 'a test' }
  const { token } = await callerWith(house, { actions: ['gate.state.read'] })
  equal((await get('/.well-known/holdfast-jwks.json', said)).status, 200)
  equal((await get('/v1/gate', asCaller(token, personal))).status, 200)
  for (const action of ['gate.assertion-key.read', 'gate.state.read'])
    deepEqual(
      (await entriesOf(action)).map(({ told, purpose, body }) => [
        told,
        purpose,
        body.includes('1815') || body.includes('"pur"'),
      ]),
      [['done', null, false]],
    )
})

test('a purpose that a grant is confined to is asked for, and stands in the leaf', async () => {
  const { token } = await callerWith(house, {
    actions: ['gate.state.read'],
    purposes: ['upkeep'],
  })
  equal((await get('/v1/gate', asCaller(token, 'something else'))).status, 403)
  equal((await get('/v1/gate', asCaller(token, 'upkeep'))).status, 200)
  const told = (await entriesOf('gate.state.read')).slice(-2)
  deepEqual(
    told.map(({ told, purpose }) => [told, purpose]),
    [
      ['refused identity.not-permitted', null],
      ['done', 'upkeep'],
    ],
  )
})
