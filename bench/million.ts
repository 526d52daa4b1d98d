import { Agent } from 'node:https'
import { ask } from '../test/callers.ts'
import { type BenchHouse, withBenchHouse } from './parts/filled-house.ts'
import { importPieces, keyOf, linesOf, watchMemory } from './parts/import.ts'
import { tell } from './parts/report.ts'

// A million records by one import, then single reads of them: by id, by the controller's own key and
// by an exact value, one client, one after the other. `BENCH_MILLION=1000000 npm run bench --
// million`; without it a small one runs, so that the table of all benches takes minutes and not an hour.

const records = Number(process.env['BENCH_MILLION'] ?? 20_000)
const reads = 2_000
/** Each phase is looked at apart: memory that grows with the rows would show from one to the next. */
const phases = 10

interface Times {
  readonly p50: number
  readonly p99: number
}

async function timed(deed: (n: number) => Promise<void>): Promise<Times> {
  const took: number[] = []
  for (let i = 0; i < reads + 100; i += 1) {
    // A prime step: neighbours on the disk are not asked one after the other.
    const n = (i * 7919) % records
    const began = performance.now()
    await deed(n)
    if (i >= 100) took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  return { p50: took[Math.floor(took.length * 0.5)]!, p99: took[Math.floor(took.length * 0.99)]! }
}

function readerOf({ listener, controllerId, headers }: BenchHouse, agent: Agent) {
  const of = `/v1/controllers/${controllerId}`
  const call = async <T>(path: string, json?: unknown): Promise<T> => {
    const init = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }
    const typed = json === undefined ? headers : { ...headers, 'content-type': 'application/json' }
    const answer = await ask(listener, path, { ...init, headers: typed, agent })
    if (answer.status !== 200) throw new Error(answer.body)
    return JSON.parse(answer.body) as T
  }
  const find = async (sought: object): Promise<string> => {
    const path = `${of}/subjects/find`
    const { items } = await call<{ items: { subjectId: string }[] }>(path, sought)
    if (items.length !== 1) throw new Error(`${items.length} found`)
    return items[0]!.subjectId
  }
  return { find, read: (subjectId: string) => call<object>(`${of}/subjects/${subjectId}`) }
}

console.log(`million: ${records} records of 1 KiB by one import, then single reads`)
await withBenchHouse(async (house) => {
  const began = performance.now()
  async function* pieces(): AsyncGenerator<Buffer> {
    const size = Math.ceil(records / phases)
    for (let from = 0; from < records; from += size) {
      yield* linesOf(from, Math.min(size, records - from))
      const seconds = (performance.now() - began) / 1000
      console.log(`  ${from + size} sent, ${Math.round((from + size) / seconds)} records/s`)
    }
  }
  const { sizes } = await watchMemory(house.supervised, () =>
    importPieces(house, pieces(), records),
  )
  const seconds = (performance.now() - began) / 1000
  const half = Math.floor(sizes.length / 2)
  const [early, late] = [sizes.slice(Math.floor(half / 5), half), sizes.slice(half)].map((part) =>
    Math.max(...part),
  )
  tell({
    what: `import of ${records.toLocaleString('en')} records of 1 KiB`,
    ours: records / seconds,
    unit: 'records/s',
    aim: 5000,
    note: `memory at most ${Math.round(early!)} MiB in its first half, ${Math.round(late!)} MiB in its second`,
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { find, read } = readerOf(house, agent)
  const byKey = await timed(async (n) => void (await find({ subjectKey: keyOf(n) })))
  const byValue = await timed(
    async (n) =>
      void (await find({ category: 'contact', field: 'email', value: `person.${n}@example.org` })),
  )
  const ids: string[] = []
  for (let i = 0; i < 500; i += 1) ids.push(await find({ subjectKey: keyOf((i * 7919) % records) }))
  const byId = await timed(async (n) => void (await read(ids[n % ids.length]!)))
  agent.destroy()
  const table: readonly (readonly [string, Times])[] = [
    ['one subject read with its data', byId],
    ['one found by its key', byKey],
    ['one found by an exact e-mail address', byValue],
  ]
  for (const [what, { p50, p99 }] of table)
    tell({
      what: `${what}, among ${records.toLocaleString('en')}`,
      ours: p50,
      unit: 'ms',
      aim: 10,
      note: `p99 ${p99.toFixed(1)} ms`,
    })
})
