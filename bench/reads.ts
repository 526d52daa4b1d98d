import { ask } from '../test/callers.ts'
import { type Result, runClients } from './parts/clients.ts'
import { person, withBenchHouse } from './parts/filled-house.ts'
import { median, tell } from './parts/report.ts'

// Single reads: HTTPS kept alive, credential checked, purpose checked, entry committed with fsync,
// record opened. Beside them, the same statements in plain `pg`.

const people = 10_000
const clientCounts = [16, 64]
const how = { seconds: 5, warmUpSeconds: 2 }
/** Ours and plain by turns: whatever else the machine does meanwhile meets both. */
const rounds = 3

console.log('reads: one subject with five fields per request')
await withBenchHouse(async ({ supervised, listener, controllerId, headers }) => {
  const subjectIds: string[] = []
  for (let from = 0; from < people; from += 1000) {
    const records = Array.from({ length: 1000 }, (_, i) => ({
      subjectKey: `B-${from + i}`,
      category: 'contact',
      fields: person(from + i),
    }))
    const stored = await ask(listener, `/v1/controllers/${controllerId}/records/batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ records }),
    })
    if (stored.status !== 200) throw new Error(stored.body)
    const { items } = JSON.parse(stored.body) as { items: { subjectId: string }[] }
    subjectIds.push(...items.map(({ subjectId }) => subjectId))
  }
  for (const clients of clientCounts) {
    const order = { ...how, clients, subjectIds, controllerId }
    const results: { plain: Result; ours: Result }[] = []
    for (let round = 0; round < rounds; round += 1)
      results.push({
        plain: await runClients({ ...order, kind: 'pg', url: supervised.databaseUrl }),
        ours: await runClients({ ...order, kind: 'https', ...listener, headers }),
      })
    const middle = (of: (result: (typeof results)[number]) => number) => median(results.map(of))
    tell({
      what: `audited reads, ${clients} clients`,
      ours: middle(({ ours }) => ours.perSecond),
      plain: middle(({ plain }) => plain.perSecond),
      unit: 'reads/s',
      aim: 1000,
      note: `p50 ${middle(({ ours }) => ours.p50).toFixed(1)} ms, p99 ${middle(({ ours }) => ours.p99).toFixed(1)} ms`,
    })
  }
})
