import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { ask } from '../test/callers.ts'
import { type BenchHouse, person, withBenchHouse } from './parts/filled-house.ts'
import { median, tell } from './parts/report.ts'

// Many records: a streamed import and batches of a thousand, each record sealed under its subject's
// own key, indexed blindly, counted in the trail. Beside them, the same rows into a plain table with
// the same keys, a thousand a transaction.

const rows = 20_000
const batch = 1000
const rounds = 3

interface Row {
  readonly subjectKey: string
  readonly fields: ReturnType<typeof person>
}
let serial = 0
/** Rows that were never there before. */
const fresh = (count: number): Row[] =>
  Array.from({ length: count }, () => {
    serial += 1
    return { subjectKey: `B-${serial}`, fields: person(serial) }
  })

const mapping = {
  subjectKey: 'key',
  category: 'contact',
  fields: Object.fromEntries(Object.keys(person(0)).map((name) => [name, name])),
}

async function importAll({ listener, controllerId, headers }: BenchHouse, all: Row[]) {
  const lines = all.map(({ subjectKey, fields }) => JSON.stringify({ key: subjectKey, ...fields }))
  const path = `/v1/controllers/${controllerId}/imports?mapping=${encodeURIComponent(JSON.stringify(mapping))}`
  const answer = await ask(listener, path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  })
  const { rowsStored } = JSON.parse(answer.body) as { rowsStored?: number }
  if (rowsStored !== all.length) throw new Error(answer.body)
}

async function putBatches({ listener, controllerId, headers }: BenchHouse, all: Row[]) {
  for (const part of batches(all)) {
    const records = part.map((row) => ({ ...row, category: 'contact' }))
    const answer = await ask(listener, `/v1/controllers/${controllerId}/records/batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ records }),
    })
    if (answer.status !== 200) throw new Error(answer.body)
  }
}

const into = 'bench.record (controller_id, subject_key, category, fields)'

async function copyIn(client: Client, { controllerId }: BenchHouse, all: Row[]) {
  for (const part of batches(all)) {
    const lines = part.map(
      ({ subjectKey, fields }) => `${controllerId}\t${subjectKey}\t0\t${JSON.stringify(fields)}\n`,
    )
    await pipeline(Readable.from(lines), client.query(copyFrom(`copy ${into} from stdin`)))
  }
}

async function insertIn(client: Client, { controllerId }: BenchHouse, all: Row[]) {
  for (const part of batches(all))
    await client.query({
      name: 'insert',
      text: `insert into ${into} select $1, k, 0, f from unnest($2::text[], $3::jsonb[]) t (k, f)`,
      values: [
        controllerId,
        part.map(({ subjectKey }) => subjectKey),
        part.map(({ fields }) => JSON.stringify(fields)),
      ],
    })
}

const batches = (all: readonly Row[]) =>
  Array.from({ length: Math.ceil(all.length / batch) }, (_, i) =>
    all.slice(i * batch, (i + 1) * batch),
  )

console.log(`bulk: ${rows} records of five fields, new subjects, ${rounds} rounds`)
await withBenchHouse(async (house) => {
  const plain = new Client({ connectionString: house.supervised.databaseUrl })
  plain.on('error', () => {})
  await plain.connect()
  await plain.query('create schema bench')
  await plain.query(`create table bench.record (controller_id uuid not null, subject_key text not null,
    category smallint not null, fields jsonb not null, stored_at timestamptz not null default now(),
    primary key (controller_id, subject_key, category))`)
  await plain.query("create index on bench.record (controller_id, (fields ->> 'email'))")
  const timed = async (deed: (all: Row[]) => Promise<void>) => {
    const figures: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const all = fresh(rows)
      const began = performance.now()
      await deed(all)
      figures.push(rows / ((performance.now() - began) / 1000))
    }
    return median(figures)
  }
  const copied = await timed((all) => copyIn(plain, house, all))
  const imported = await timed((all) => importAll(house, all))
  tell({
    what: 'streamed import (NDJSON), beside COPY',
    ours: imported,
    plain: copied,
    unit: 'records/s',
    aim: 3000,
  })
  const inserted = await timed((all) => insertIn(plain, house, all))
  const put = await timed((all) => putBatches(house, all))
  tell({
    what: 'batches of 1,000, beside INSERT',
    ours: put,
    plain: inserted,
    unit: 'records/s',
    aim: 3000,
  })
  await plain.end()
})
