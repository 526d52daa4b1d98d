import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Actor, Refusal, Sealed } from '#kernel'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse()
})
after(() => house.close())

const nobody: Actor = {
  id: '01890000-0000-7000-8000-00000000000b',
  kind: 'workload',
  assurance: 1,
  grants: [],
  label: 'without rights',
}

const outcomes = async (action: string) =>
  (
    await house.owner.rows<{ told: string }>({
      text: `select outcome || coalesce(' ' || code, '') as told from trail.entry
             where action = $1 order by id`,
      values: [action],
    })
  ).map(({ told }) => told)

test('a write and its entry stand or fall together', async () => {
  const plant = (fail: boolean) =>
    house.act({ action: 'ground.test.write' }, async (act) => {
      await act.sql.run({
        text: 'insert into gate.refusal_hour values (now(), $1, 1)',
        values: [`t${fail}`],
      })
      if (fail) throw new Error('power cut')
    })
  await plant(false)
  await rejects(plant(true), /power cut/)
  const rows = await house.owner.rows({
    text: "select from gate.refusal_hour where code like 't%'",
  })
  equal(rows.length, 1)
  deepEqual(await outcomes('ground.test.write'), ['done', 'failed fault'])
})

test('a read that rolls back yields neither plaintext nor data', async () => {
  let opened = 0
  const read = house.act({ action: 'ground.test.read', effect: 'read' }, async (act) => {
    const rows = await act.sql.rows({ text: 'select 1 as one' })
    const sealed = new Sealed(() => {
      opened += 1
      return rows
    })
    // An act cannot open what it has read: it has no receipt, and no look-alike passes for one.
    await rejects(sealed.open({ entryId: 'x', log: 'house' } as never), TypeError)
    throw new Error('rolled back')
  })
  await rejects(read, /rolled back/)
  equal(opened, 0)
})

test('who may not leaves an entry and nothing else', async () => {
  await rejects(
    house.act({ action: 'ground.test.forbidden', actor: nobody }, async () => ok(false, 'ran')),
    Refusal,
  )
  const [told] = await outcomes('ground.test.forbidden')
  ok(told?.startsWith('refused identity.'), told)
})

test('a read act cannot write', async () => {
  await rejects(
    house.act({ action: 'ground.test.sly', effect: 'read' }, (act) =>
      act.sql.run({ text: "insert into gate.refusal_hour values (now(), 'sly', 1)" }),
    ),
    { code: '25006' },
  )
})

test('with the trail read-only, reads stop', async () => {
  const read = () =>
    house.act(
      { action: 'ground.test.closed', effect: 'read' },
      async () => new Sealed(() => 'open'),
    )
  equal(await read(), 'open')
  await house.owner.run({ text: 'revoke insert on trail.entry from holdfast_app' })
  try {
    await rejects(read(), { code: '42501' })
  } finally {
    await house.owner.run({ text: 'grant insert on trail.entry to holdfast_app' })
  }
  equal(await read(), 'open')
})

test('a commit that fails leaves no entry saying it was done', async () => {
  await house.owner.run({
    text: `create table public.late (id int primary key,
             of int references public.late deferrable initially deferred)`,
  })
  await house.owner.run({ text: 'grant all on public.late to holdfast_app' })
  const dangling = house.act({ action: 'ground.test.late' }, (act) =>
    act.sql.run({ text: 'insert into public.late values (1, 2)' }),
  )
  await rejects(dangling, { code: '23503' })
  deepEqual(await outcomes('ground.test.late'), ['failed fault'])
})
