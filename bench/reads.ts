import { ask } from '../test/callers.ts'
import { runClients } from './parts/clients.ts'
import { person, withBenchHouse } from './parts/filled-house.ts'
import { tell } from './parts/report.ts'

// Single reads: HTTPS kept alive, credential checked, purpose checked, entry committed with fsync,
// record opened. Beside them, the same statements in plain `pg`.

const people = 10_000
const clientCounts = [16, 64]
const how = { seconds: 10, warmUpSeconds: 3 }

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
    const plain = await runClients({ ...order, kind: 'pg', url: supervised.databaseUrl })
    const ours = await runClients({ ...order, kind: 'https', ...listener, headers })
    tell({
      what: `audited reads, ${clients} clients`,
      ours: ours.perSecond,
      plain: plain.perSecond,
      unit: 'reads/s',
      aim: 1000,
      note: `p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms`,
    })
  }
})
