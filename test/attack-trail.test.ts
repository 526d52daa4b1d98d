import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
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
