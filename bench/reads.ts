import { ask } from '../test/callers.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPlainDoor, openSameDoor, type Result, runClients } from './parts/clients.ts'
import { person, withBenchHouse } from './parts/filled-house.ts'
import { median, tell } from './parts/report.ts'

// Single reads: HTTPS kept alive, credential checked, purpose checked, entry committed with fsync,
// record opened, receipt signed. Beside them, over the same TLS by the same credential: the same read by the
// same server without trail and crypto, and one by a bare server that knows of no permission either; and
// the same statements in plain `pg`.

const people = 10_000
const clientCounts = [16, 64]
const how = { seconds: 5, warmUpSeconds: 2 }
/** A server that has just started still interprets what it will have compiled after some thousand requests. */
const settling = { clients: 64, seconds: 25, warmUpSeconds: 0 }
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
  const tls = join(supervised.dataDir, 'tls')
  const beside = {
    url: supervised.databaseUrl,
    cert: readFileSync(join(tls, 'server.crt'), 'utf8'),
    key: readFileSync(join(tls, 'server.key'), 'utf8'),
    controllerId,
  }
  const publicUrl = `https://localhost:${listener.port}`
  const opened = subjectIds.map((id, n) => [id, JSON.stringify(person(n))] as const)
  const sameDoor = await openSameDoor({ ...beside, publicUrl, opened })
  const plainDoor = await openPlainDoor(beside)
  const quietly = { audited: false } as const
  const https = { kind: 'https', ...listener, headers } as const
  await runClients({ ...settling, ...https, subjectIds, controllerId })
  for (const { port } of [sameDoor, plainDoor])
    await runClients({ ...settling, ...https, port, ...quietly, subjectIds, controllerId })
  for (const clients of clientCounts) {
    const order = { ...how, clients, subjectIds, controllerId }
    const results: { pg: Result; plain: Result; same: Result; ours: Result }[] = []
    for (let round = 0; round < rounds; round += 1)
      results.push({
        pg: await runClients({ ...order, kind: 'pg', url: supervised.databaseUrl }),
        plain: await runClients({ ...order, ...https, port: plainDoor.port, ...quietly }),
        same: await runClients({ ...order, ...https, port: sameDoor.port, ...quietly }),
        ours: await runClients({ ...order, ...https }),
      })
    const middle = (of: (result: (typeof results)[number]) => number) => median(results.map(of))
    const ours = middle((one) => one.ours.perSecond)
    const note = `p50 ${middle((one) => one.ours.p50).toFixed(1)} ms, p99 ${middle((one) => one.ours.p99).toFixed(1)} ms`
    const same = middle((one) => one.same.perSecond)
    tell({
      what: `audited reads, ${clients} clients, beside the same without trail and crypto`,
      ours,
      plain: same,
      unit: 'reads/s',
      aim: clients === 64 ? 4000 : 1000,
      note: `${Math.round((ours / same) * 100)} %; ${note}`,
    })
    tell({
      what: `audited reads, ${clients} clients, beside a bare server: no permission, no purpose, ciphertext sent`,
      ours,
      plain: middle((one) => one.plain.perSecond),
      unit: 'reads/s',
    })
    const pg = middle((one) => one.pg.perSecond)
    tell({
      what: `audited reads, ${clients} clients, beside plain pg`,
      ours,
      plain: pg,
      unit: 'reads/s',
    })
  }
  for (const door of [sameDoor, plainDoor]) door.close()
})
