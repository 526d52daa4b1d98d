import { ask } from '../test/callers.ts'
import { type BenchHouse, contract, withBenchHouse, wholePerson } from './parts/filled-house.ts'
import { PlainCopy } from './parts/copied.ts'
import { importPieces, keyOf, linesOf, watchMemory } from './parts/import.ts'
import { median, tell } from './parts/report.ts'

// Many records of 1 KiB, each sealed under its subject's own new key, with a blind index of its
// subject and of its e-mail address, counted in the trail; PostgreSQL with fsync. Beside it, COPY of
// the same ciphertext into the tables of a plain system (parts/copied.ts says which).

const rows = Number(process.env['BENCH_RECORDS'] ?? 20_000)
const batch = 1000
const rounds = 3

/** A controller of its own for each round: a plain table starts empty, too. */
async function freshController(house: BenchHouse): Promise<BenchHouse> {
  const { controllerId } = await house.supervised.operator.call<{ controllerId: string }>(
    'POST',
    '/v1/controllers',
    { json: contract },
  )
  return { ...house, controllerId }
}

async function held(pieces: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return all
}

/** Seconds to import rows that were made before. */
async function timedImport(house: BenchHouse): Promise<number> {
  const pieces = await held(linesOf(0, rows))
  const began = performance.now()
  await importPieces(house, asStream(pieces), rows)
  return (performance.now() - began) / 1000
}

async function* asStream(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

/** Seconds to put rows in batches of a thousand. */
async function timedBatches({ listener, controllerId, headers }: BenchHouse): Promise<number> {
  const bodies = Array.from({ length: rows / batch }, (_, at) =>
    JSON.stringify({
      records: Array.from({ length: batch }, (_, i) => {
        const n = at * batch + i
        return { subjectKey: keyOf(n), category: 'contact', fields: wholePerson(n) }
      }),
    }),
  )
  const began = performance.now()
  for (const body of bodies) {
    const answer = await ask(listener, `/v1/controllers/${controllerId}/records/batch`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    })
    if (answer.status !== 200) throw new Error(answer.body)
  }
  return (performance.now() - began) / 1000
}

console.log(`bulk: ${rows} records of 1 KiB, new subjects, ${rounds} rounds`)
await withBenchHouse(async (house) => {
  const plain = new PlainCopy(house.supervised.databaseUrl)
  await plain.open()
  const figures: { imported: number; whole: number; bare: number; records: number; put: number }[] =
    []
  let sizes: number[] = []
  // Once before anything is counted: code is compiled, and the tables have their first pages.
  await timedImport(await freshController(house))
  for (let round = 0; round < rounds; round += 1) {
    const own = await freshController(house)
    const { value: imported, sizes: seen } = await watchMemory(house.supervised, () =>
      timedImport(own),
    )
    sizes = [...sizes, ...seen]
    const taken = await plain.take(own.controllerId)
    figures.push({
      imported,
      whole: await plain.seconds(taken, 'whole'),
      bare: await plain.seconds(taken, 'bare'),
      records: await plain.seconds(taken, 'records'),
      put: await timedBatches(await freshController(house)),
    })
  }
  await plain.end()
  const rate = (of: (figure: (typeof figures)[number]) => number) => rows / median(figures.map(of))
  const imported = rate((f) => f.imported)
  const share = (plainRate: number) => `${Math.round((imported / plainRate) * 100)} % of it`
  const [whole, bare] = [rate((f) => f.whole), rate((f) => f.bare)]
  const records = rate((f) => f.records)
  const unit = 'records/s' as const
  tell({
    what: 'streamed import of 1 KiB records, beside COPY of all it writes',
    ours: imported,
    plain: whole,
    unit,
    aim: 5000,
    note: `${share(whole)}, aim 50 %`,
  })
  tell({
    what: 'the same, beside COPY without checks and foreign keys',
    ours: imported,
    plain: bare,
    unit,
    note: share(bare),
  })
  tell({
    what: 'the same, beside COPY of the records alone',
    ours: imported,
    plain: records,
    unit,
    note: share(records),
  })
  tell({ what: 'batches of 1,000 records of 1 KiB', ours: rate((f) => f.put), unit, aim: 3000 })
  tell({
    what: 'memory of the server while it imports, at most',
    ours: Math.max(...sizes),
    unit: 'MiB',
    note: `${Math.round(sizes[0]!)} MiB before`,
  })
})
