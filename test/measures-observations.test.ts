import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Actor, type Check, type Evidence, type Measure, Refusal } from '#kernel'
import { newId } from '#ground'
import { endException, enterException, prove, proveLoop, readAnnex, readMeasure } from '#measures'
import { openHouse, type TestHouse } from './house.ts'

const start = new Date('2026-11-21T10:00:00Z')
const hour = 3_600_000
const good: Evidence = { holds: true, finding: 'All three hold.', n: 3, of: 3, facts: { three: 3 } }

const measureOf = (id: string, check?: Check, kind: Measure['class'] = 'measured'): Measure => ({
  id: `canary.${id}`,
  lines: ['A1'],
  statement: 'A promise of the test.',
  class: kind,
  references: [],
  freshFor: { hours: 2 },
  every: { minutes: 60 },
  ...(check === undefined ? {} : { check }),
})

let house: TestHouse
before(async () => {
  house = await openHouse({ now: start })
})
after(() => house.close())

const run = (measure: Measure, limitMs?: number) =>
  prove(house.threshold.asHouse, house.world, measure, limitMs)
const annex = (...measures: Measure[]) =>
  house.act({ action: 'measures.annex.read', effect: 'read' }, (act) => readAnnex(act, measures))
const detail = (measure: Measure) =>
  house.act({ action: 'measures.measure.read', effect: 'read' }, (act) => readMeasure(act, measure))
const firstLine = async (...measures: Measure[]) =>
  (await annex(...measures)).headings[0]?.lines[0]?.state

const person = (id = newId()): Actor => ({
  id,
  kind: 'person',
  assurance: 2,
  grants: [{ id: 'g', actions: ['*'], controllers: null, categories: null, purposes: null }],
  label: 'A person of the test',
})

test('an observation is written once: the server can neither change nor delete it', async () => {
  const measure = measureOf('append', async () => good)
  const id = await run(measure)
  const attempt = (text: string) =>
    house.act({ action: 'measures.test' }, (act) => act.sql.run({ text, values: [id] }))
  const denied = /permission denied/
  await rejects(attempt(`update measures.observation set outcome = 'pass' where id = $1`), denied)
  await rejects(attempt('delete from measures.observation where id = $1'), denied)
  await rejects(attempt('delete from measures.citation where observation_id = $1'), denied)
  await rejects(
    house.act({ action: 'measures.test' }, (act) =>
      act.sql.run({ text: 'truncate measures.observation cascade' }),
    ),
    denied,
  )
  const { observations } = await detail(measure)
  deepEqual(
    observations.map((o) => [o.id, o.outcome, o.n, o.of]),
    [[id, 'pass', 3, 3]],
  )
})

test('an observation names the entry of the trail that tells of it', async () => {
  const measure = measureOf('cited', async () => good)
  await run(measure)
  const [newest] = (await detail(measure)).observations
  const entry = await house.owner.first<{ action: string }>({
    text: 'select action from trail.entry where id = $1',
    values: [newest?.entryId],
  })
  equal(entry?.action, 'measures.observe')
  match(newest?.codeHash ?? '', /^[0-9a-f]{64}$/)
})

test('a failing check turns the line, and an error never keeps the last green', async () => {
  let answer: () => Promise<Evidence> = async () => good
  const measure = measureOf('turning', () => answer())
  equal(await firstLine(measure), 'unknown')
  await run(measure)
  equal(await firstLine(measure), 'proven')
  answer = async () => ({ ...good, holds: false, n: 2 })
  await run(measure)
  equal(await firstLine(measure), 'failing')
  answer = async () => ({ ...good, n: 2 })
  await run(measure)
  equal(await firstLine(measure), 'failing', 'partial')
  answer = async () => {
    throw new Error('the collector is gone\n    at inner (/srv/secret.ts:1:1)')
  }
  await run(measure)
  equal(await firstLine(measure), 'unknown')
  const { observations, finding } = await detail(measure)
  equal(finding, 'The collector is gone.')
  deepEqual(
    observations.map(({ outcome }) => outcome),
    ['error', 'pass', 'fail', 'pass'],
  )
})

test('an enforced measure is not proven until the forbidden thing was tried and refused', async () => {
  const probe = { tried: 'To enter.', answer: 'canary.refused', refused: true }
  const bare = measureOf('untried', async () => good, 'enforced')
  const let_in = measureOf(
    'let-in',
    async () => ({ ...good, probe: { ...probe, refused: false } }),
    'enforced',
  )
  const tried = measureOf('tried', async () => ({ ...good, probe }), 'enforced')
  for (const measure of [bare, let_in, tried]) await run(measure)
  deepEqual(
    [await firstLine(bare), await firstLine(let_in), await firstLine(tried)],
    ['unknown', 'failing', 'proven'],
  )
  deepEqual((await detail(tried)).probe, probe)
})

test('green goes by itself when nobody looks any more', async () => {
  const measure = measureOf('stale', async () => good)
  await run(measure)
  house.setNow(new Date(start.getTime() + 2 * hour))
  equal(await firstLine(measure), 'proven')
  house.setNow(new Date(start.getTime() + 2 * hour + 1000))
  equal(await firstLine(measure), 'stale')
  const { days, state } = await detail(measure)
  equal(state, 'stale')
  equal(days.length, 90)
  deepEqual(days.at(-1), { day: '2026-11-21', state: 'proven', observations: 1 })
  equal(days[0]?.state, 'unknown')
  house.setNow(start)
})

test('a check that hangs has not looked', async () => {
  const measure = measureOf('hanging', () => new Promise(() => {}))
  await run(measure, 50)
  const { state, finding } = await detail(measure)
  equal(state, 'unknown')
  match(finding ?? '', /longer than 0.05 s/)
})

test('the loop runs every check after start, then only what is due', async () => {
  let runs = 0
  const measure = measureOf('looped', async () => {
    runs++
    return good
  })
  const loop = proveLoop([measure, measureOf('unchecked')])
  const turn = () => loop.turn(house.threshold.asHouse, house.world)
  equal(await loop.due(house.database), true)
  await turn()
  equal(runs, 1)
  equal(await loop.due(house.database), false)
  await turn()
  equal(runs, 1, 'not due')
  const again = proveLoop([measure])
  equal(await again.due(house.database), true, 'a new process looks at everything anew')
  await house.owner.run({
    text: `update measures.observation set written = written - interval '61 minutes' where measure_id = $1`,
    values: [measure.id],
  })
  equal(await loop.due(house.database), true)
  await turn()
  equal(runs, 2)
})

test('an exception needs a person and an end, shows amber, and ends', async () => {
  const measure = measureOf('excepted', async () => ({ ...good, holds: false }))
  await run(measure)
  const wanted = {
    kind: 'accepted',
    reason: 'The new module arrives on Monday.',
    expires: new Date(start.getTime() + 24 * hour),
  } as const
  const enter = (actor: Actor | undefined, expires = wanted.expires) =>
    house.act(
      { action: 'measures.exception.enter', ...(actor === undefined ? {} : { actor }) },
      (act) => enterException(act, measure, { ...wanted, expires }),
    )
  const refused = (code: string) => (error: unknown) =>
    error instanceof Refusal && error.code === code
  await rejects(enter(undefined), refused('measures.exception-needs-person'))
  await rejects(enter(person(), start), refused('measures.exception-length'))
  await rejects(enter(person(), new Date(NaN)), refused('measures.exception-length'))
  await rejects(
    enter(person(), new Date(start.getTime() + 366 * 24 * hour)),
    refused('measures.exception-length'),
  )
  equal(await firstLine(measure), 'failing')
  const { id } = await enter(person())
  equal(await firstLine(measure), 'excepted')
  const shown = await detail(measure)
  deepEqual(
    [shown.state, shown.beneath, shown.exceptions[0]?.inForce],
    ['excepted', 'failing', true],
  )
  house.setNow(new Date(start.getTime() + 25 * hour))
  ok((await detail(measure)).state !== 'excepted', 'it ends by itself')
  house.setNow(start)
  const end = () =>
    house.act({ action: 'measures.exception.end', actor: person() }, (act) =>
      endException(act, measure, id),
    )
  await end()
  equal(await firstLine(measure), 'failing')
  await rejects(end(), refused('measures.unknown-exception'))
})

test('a house that closes leaves a check that hangs or fails, and writes nothing down of it', async () => {
  const closing = new AbortController()
  const world = { ...house.world, closing: closing.signal }
  const before = await house.owner.rows({ text: 'select from measures.observation' })
  const hanging = measureOf('hanging', () => {
    closing.abort()
    return new Promise(() => {})
  })
  equal(await prove(house.threshold.asHouse, world, hanging), undefined)
  const failing = measureOf('failing', async () => ({ ...good, holds: false, n: 2 }))
  equal(await prove(house.threshold.asHouse, world, failing), undefined)
  const after = await house.owner.rows({ text: 'select from measures.observation' })
  equal(after.length, before.length)
})
