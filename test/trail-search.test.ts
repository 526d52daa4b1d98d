import { deepEqual, equal, ok } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Actor } from '#kernel'
import { integrateOnce, listEntries, unpackTouched } from '#trail'
import type { EntryFilter } from '../src/trail/search/filter.ts'
import { isAnyAfter, searchEntries } from '../src/trail/search/walk-acts.ts'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
const controllers = [randomUUID(), randomUUID()]
const start = new Date('2026-03-01T12:00:00Z').getTime()
const actorOf = (kind: Actor['kind'], more: Partial<Actor> = {}): Actor => ({
  id: randomUUID(),
  kind,
  assurance: 2,
  grants: [{ id: 'all', actions: ['*'], controllers: null, categories: null, purposes: null }],
  label: 'somebody',
  ...more,
})
const ada = actorOf('person', { sessionId: randomUUID() })
const shop = actorOf('workload', { credentialId: randomUUID() })

interface Row {
  readonly position: number
  readonly index: number
  readonly log: string
  readonly at: Date
  readonly actorId: string
  readonly actorKind: string
  readonly action: string
  readonly outcome: string
  readonly purpose: string | null
  readonly sessionId: string | null
  readonly credentialId: string | null
  readonly touched: Buffer | null
}

let all: Row[]

before(async () => {
  house = await openHouse({ now: new Date(start) })
  for (const id of controllers) house.keyring.createRing(id)
  let dice = 7
  const roll = (sides: number) => {
    dice = (dice * 48_271) % 2_147_483_647
    return dice % sides
  }
  const actions = ['vault.record.read', 'vault.record.put', 'vault.subject.find', 'keys.ring.list']
  for (let i = 0; i < 160; i += 1) {
    // Acts do not commit in the order of their instants.
    house.setNow(new Date(start + i * 1000 - roll(60) * 1000))
    const deed = house.act(
      {
        action: actions[roll(actions.length)]!,
        ...[{}, { actor: ada }, { actor: shop }, { actor: shop }][roll(4)],
        ...[
          {},
          { scope: { controllerId: controllers[0]! } },
          { scope: { controllerId: controllers[1]! } },
        ][roll(3)],
        ...[{}, { purpose: 'care' }, { purpose: 'billing' }][roll(3)],
      },
      async (act) => {
        if (roll(8) === 0) throw new Error('planned')
        if (act.scope !== 'house')
          for (let n = roll(4); n > 0; n -= 1)
            act.touch({ subject: roll(70), record: 1 + roll(5), category: 1 })
      },
    )
    await deed.catch(() => {})
  }
  // Places begin where they end in the midst of a posting's span.
  await house.owner.run({ text: 'update trail.state set position = position + 420' })
  await house.integrate()
  all = await house.owner.rows<Row>({
    text: `select s.position, s.log, s.idx as index, e.at, e.actor_id as "actorId",
        e.actor_kind as "actorKind", e.action, e.outcome, e.purpose, e.session_id as "sessionId",
        e.credential_id as "credentialId", e.touched
      from trail.sequence s join trail.entry e using (id) order by s.position`,
  })
})
after(() => house.close())

/** The same question, asked of every entry in turn. */
function matches(row: Row, filter: EntryFilter): boolean {
  const { action, from, until, subject, fromIndex, toIndex, kinds, except } = filter
  return [
    filter.log === undefined || row.log === filter.log,
    filter.actorId === undefined || row.actorId === filter.actorId,
    kinds === undefined || kinds.some((kind) => kind === row.actorKind),
    action === undefined ||
      (action.endsWith('.*') ? row.action.startsWith(action.slice(0, -1)) : row.action === action),
    filter.outcome === undefined || row.outcome === filter.outcome,
    filter.purpose === undefined || row.purpose === filter.purpose,
    filter.sessionId === undefined || row.sessionId === filter.sessionId,
    filter.credentialId === undefined || row.credentialId === filter.credentialId,
    from === undefined || row.at >= from,
    until === undefined || row.at < until,
    fromIndex === undefined || row.index >= fromIndex,
    toIndex === undefined || row.index <= toIndex,
    subject === undefined ||
      (row.touched !== null &&
        unpackTouched(row.touched).some((touch) => touch.subject === subject)),
    except === undefined || !except.includes(row.action),
  ].every(Boolean)
}

const [log] = controllers
const asked: readonly EntryFilter[] = [
  {},
  { log: 'house' },
  { log: log! },
  { actorId: ada.id },
  { actorId: randomUUID() },
  { kinds: ['person', 'workload'] },
  { kinds: ['house'] },
  { action: 'vault.*' },
  { action: 'vault.record.*', kinds: ['workload'] },
  { action: 'vault.record.read', outcome: 'failed' },
  { action: 'vault' },
  { outcome: 'done' },
  { outcome: 'failed', purpose: 'care' },
  { purpose: 'billing', log: log! },
  { sessionId: ada.sessionId! },
  { credentialId: shop.credentialId!, action: 'keys.*' },
  { from: new Date(start + 100_000), until: new Date(start + 130_000) },
  { until: new Date(start + 10_000), kinds: ['person'] },
  { from: new Date(start + 9_000_000) },
  { log: log!, subject: 31 },
  { log: log!, subject: 32 },
  { log: log!, subject: 0, actorId: shop.id },
  { log: log!, subject: 63, action: 'vault.*', from: new Date(start + 50_000) },
  { log: log!, fromIndex: 10, toIndex: 20 },
  { log: log!, fromIndex: 100_000 },
  { kinds: ['workload'], except: ['vault.record.read', 'no.such.action'] },
]

test('every search finds exactly what asking each entry in turn finds, in both orders and by pages', async () => {
  ok(all.length >= 160)
  let met = 0
  for (const filter of asked) {
    const expected = all.filter((row) => matches(row, filter)).map(({ position }) => position)
    met += expected.length
    for (const newestFirst of [true, false]) {
      const found: number[] = []
      for (;;) {
        const last = found.at(-1)
        const window = last === undefined ? {} : newestFirst ? { before: last } : { after: last }
        const page = await searchEntries(house.database, filter, {
          newestFirst,
          ...window,
          limit: 24,
        })
        found.push(...page.map(({ position }) => position))
        if (page.length < 24) break
      }
      deepEqual(found, newestFirst ? expected.toReversed() : expected, JSON.stringify(filter))
    }
    const last = expected.at(-1) ?? 0
    equal(await isAnyAfter(house.database, filter, last), false)
    equal(await isAnyAfter(house.database, filter, last - 1), expected.length > 0)
  }
  ok(met > 500, 'the questions had answers')
})

test('what is not findable yet is counted, and found once it is', async () => {
  const list = () =>
    house.act({ action: 'trail.entry.list', effect: 'read' }, (act) =>
      listEntries(act, [{ action: 'trail.test.late' }], undefined),
    )
  await house.integrate()
  await house.act({ action: 'trail.test.late' }, async () => {})
  await integrateOnce(house.database, house.keyring, house.world, house.world.now())
  const early = await list()
  deepEqual([early.entries.length, early.behind], [0, 1])
  await house.integrate()
  const late = await list()
  deepEqual([late.entries.length, late.behind], [1, 0])
})
