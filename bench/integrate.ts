import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '#ground'
import { ask } from '../test/callers.ts'
import { runClients } from './parts/clients.ts'
import { type BenchHouse, person, withBenchHouse } from './parts/filled-house.ts'
import { median, tell } from './parts/report.ts'

// The integrator as it runs in the server, fsync on. First, under reads, how long an entry waits from its
// commit until its leaf stands in its tree; then how many waiting entries it places a second, while the
// lookup and the watch follow in the same process.

const waiting = 100_000
const logs = 20
const rounds = 3
const clients = 16
const probes = 8
const seconds = 8

interface Rates {
  readonly placed: number
  readonly followed: number
}

/**
 * Entries a second that get their places, and those that are findable and watched as well. They are
 * made at once, of the house's own kind: nobody's habit, so that no finding and no incident is measured.
 */
async function rates(database: Database): Promise<Rates> {
  const before = await heads(database)
  await database.run({
    text: `with fresh as (
        select uuidv7() as id, 'ffffffff-0000-4000-8000-' || lpad(to_hex(n % $2), 12, '0') as log, n
        from generate_series(1, $1::int) as n
      ), entry as (
        insert into trail.entry (id, log, controller_id, at, actor_kind, actor_id, action, outcome,
          subjects, records, categories, source_key, body, leaf)
        select id, log, log::uuid, now(), 'house', 'house', 'bench.integrate', 'done', 0, 0, 0,
          sha256(''), convert_to(rpad('', 640, 'leaf '), 'UTF8'), sha256(int4send(n))
        from fresh returning id, log, leaf
      )
      insert into trail.pending (id, log, leaf) select id, log, leaf from entry`,
    values: [waiting, logs],
  })
  const began = performance.now()
  const reached = async (of: 'placed' | 'followed') => {
    while ((await heads(database))[of] < before.placed + waiting) await pause(10)
    return waiting / ((performance.now() - began) / 1000)
  }
  return { placed: await reached('placed'), followed: await reached('followed') }
}

/** Up to where entries are placed, and up to where they are findable and watched. */
async function heads(database: Database): Promise<Rates> {
  const row = await database.first<Rates>({
    name: 'bench.heads',
    text: `select position as placed, least(position, (select position from trail.lookup_state),
        (select position from watch.cursor)) as followed from trail.state`,
  })
  return row!
}

/** Milliseconds from the answer, which comes after the commit, until the entry has its place. */
async function waitsUnderLoad(house: BenchHouse, database: Database): Promise<number[]> {
  const { listener, controllerId, headers } = house
  const records = Array.from({ length: 500 }, (_, n) => ({
    subjectKey: `I-${n}`,
    category: 'contact',
    fields: person(n),
  }))
  const stored = await ask(listener, `/v1/controllers/${controllerId}/records/batch`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ records }),
  })
  const { items } = JSON.parse(stored.body) as { items: { subjectId: string }[] }
  const subjectIds = items.map(({ subjectId }) => subjectId)
  const order = { kind: 'https' as const, clients, seconds, warmUpSeconds: 1, subjectIds }
  const load = runClients({ ...order, controllerId, ...listener, headers })
  const over = new AbortController()
  const loaded = load.finally(() => over.abort())
  const waits: number[] = []
  const probe = async (n: number) => {
    while (!over.signal.aborted) waits.push(await waitOf(subjectIds[n]!))
  }
  const waitOf = async (subjectId: string) => {
    const path = `/v1/controllers/${controllerId}/subjects/${subjectId}`
    const answer = await ask(listener, path, { headers })
    const id = answer.headers['holdfast-entry']
    const committed = performance.now()
    for (let placed = 0; placed === 0;) {
      const rows = await database.rows({
        name: 'bench.placed',
        text: 'select from trail.sequence where id = $1',
        values: [id],
      })
      placed = rows.length
      if (placed === 0) await pause(5)
    }
    return performance.now() - committed
  }
  await Promise.all(Array.from({ length: probes }, (_, n) => probe(n)))
  await loaded
  return waits.sort((a, b) => a - b)
}

console.log(`integrate: ${waiting} waiting entries of ${logs} logs, ${rounds} rounds`)
await withBenchHouse(async (house) => {
  const database = house.supervised.database(2)
  try {
    const waits = await waitsUnderLoad(house, database)
    const at = (share: number) => waits[Math.floor((waits.length - 1) * share)]! / 1000
    tell({
      what: `commit to inclusion, p99, under reads by ${clients} clients`,
      ours: at(0.99),
      unit: 'seconds',
      aim: 2,
      note: `p50 ${at(0.5).toFixed(2)} s, ${waits.length} probes`,
    })
    const figures: Rates[] = []
    for (let round = 0; round < rounds; round += 1) figures.push(await rates(database))
    tell({
      what: 'integrator, entries placed',
      ours: median(figures.map(({ placed }) => placed)),
      unit: 'entries/s',
      aim: 20_000,
    })
    tell({
      what: 'entries placed, findable and watched',
      ours: median(figures.map(({ followed }) => followed)),
      unit: 'entries/s',
    })
  } finally {
    await database.end()
  }
})
