import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Ask, ask, asCaller, type Heard } from './callers.ts'
import {
  credentialOf,
  program,
  type SupervisedHouse,
  type Victim,
  withSupervised,
} from './supervised.ts'

// Imports, writes and reads run against a house as `npm start` runs it, and its processes are killed
// at instants nobody chose. Whatever was acknowledged must be there, whatever was released must
// have its entry, and the trail must be whole.

const seed = Number(process.env['HOLDFAST_KILL_SEED'] ?? Date.now() % 1_000_000)
const random = mulberry32(seed)
const howMany = 50

/**
 * By fives, each kind once in an order of chance: a supervisor waits longer after each end in a row, and
 * `all` gives the house a new one.
 */
const rounds: readonly Victim[] = Array.from({ length: howMany / 5 }, () =>
  shuffled<Victim>(['server', 'postgres', 'integrator', 'both', 'all']),
).flat()

/** A full look at every record, and a verification of the whole trail, takes longer than a round. */
const fullLookEvery = 10

let house: SupervisedHouse
let release: () => void
let closed: Promise<void>
let controllerId: string
let token: string

/** What the outside knows: the value last acknowledged of each subject, and those on their way after it. */
interface Known {
  acknowledged: string | undefined
  readonly sent: Set<string>
}
const world = new Map<string, Known>()
/** Ids of subjects that can be read, and of the entries of reads that were released. */
const readable: string[] = []
const released: string[] = []
/** Imports that were acknowledged, with their rows; and those that were cut off. */
const finished = new Map<string, number>()

before(async () => {
  const opened = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  release = done.resolve
  closed = withSupervised(async (supervised) => {
    house = supervised
    await house.start()
    opened.resolve()
    await done.promise
  })
  closed.catch(opened.reject)
  await opened.promise
  await fill()
})
after(async () => {
  release()
  await closed
})

async function fill(): Promise<void> {
  const { operator } = house
  const controller = await operator.call<{ controllerId: string }>('POST', '/v1/controllers', {
    json: {
      name: 'Alder Clinic',
      categories: [{ name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 30 }],
      purposes: [{ name: 'care', categories: ['contact'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
      // However many rows a quick machine puts in, they are all read back at the end.
      exportAlone: 1_000_000,
      synthetic: true,
    },
  })
  ;({ controllerId } = controller)
  token = await credentialOf(house, 'loader', ['vault.*'])
  // A workload that does nothing but read and write looks like a thief; here it must go on.
  for (const severity of ['certain', 'high'])
    await operator.call('PUT', `/v1/containment-policies/${severity}`, {
      json: { autoContain: false },
    })
}

const of = (rest: string) => `/v1/controllers/${controllerId}${rest}`
const send = (method: string, path: string, init: Ask = {}): Promise<Heard> =>
  ask(house.listener, path, {
    ...init,
    method,
    headers: { ...asCaller(token), ...init.headers },
  })
const jsonOf = (body: unknown): Ask => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** One client: it goes on until it is told to stop or loses the house. */
async function client(stopped: AbortSignal, turn: (agent: Agent) => Promise<void>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    while (!stopped.aborted) await turn(agent)
  } catch (error) {
    // Whoever loses the connection has no answer: what they sent may be there or not.
    const { code = '' } = error as { code?: string }
    if (!lost.has(code)) throw error
  } finally {
    agent.destroy()
  }
}
const lost = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOENT'])

let serial = 0
const sending = (key: string, value: string): Known => {
  const known = world.get(key) ?? { acknowledged: undefined, sent: new Set() }
  world.set(key, known)
  known.sent.add(value)
  return known
}
/** An answer from a house whose database has just gone is a fault or a wait; it acknowledges nothing. */
const acknowledges = ({ status, body }: Heard): boolean => {
  ok([200, 429, 500, 503].includes(status), `${status} ${body}`)
  return status === 200
}

async function putOne(agent: Agent, mine: number): Promise<void> {
  serial += 1
  // Every third write replaces a record of this client's own.
  const key = serial % 3 === 0 ? `own-${mine}` : `put-${serial}`
  const value = `value ${serial}`
  const known = sending(key, value)
  const record = { subjectKey: key, category: 'contact', fields: { name: value } }
  const answer = await send('PUT', of('/records'), { ...jsonOf(record), agent })
  if (!acknowledges(answer)) return
  known.acknowledged = value
  known.sent.clear()
  readable.push((JSON.parse(answer.body) as { subjectId: string }).subjectId)
}

async function putBatch(agent: Agent): Promise<void> {
  const rows = Array.from({ length: 200 }, () => {
    serial += 1
    return { key: `batch-${serial}`, value: `value ${serial}` }
  })
  const known = rows.map(({ key, value }) => sending(key, value))
  const records = rows.map(({ key, value }) => ({
    subjectKey: key,
    category: 'contact',
    fields: { name: value },
  }))
  const answer = await send('POST', of('/records/batch'), { ...jsonOf({ records }), agent })
  if (!acknowledges(answer)) return
  known.forEach((one, i) => {
    one.acknowledged = rows[i]!.value
    one.sent.clear()
  })
}

const mapping = { subjectKey: 'key', category: 'contact', fields: { name: 'name' } }
const importPath = () => of(`/imports?mapping=${encodeURIComponent(JSON.stringify(mapping))}`)
const importRows = 1000

async function importFile(agent: Agent): Promise<void> {
  serial += 1
  const name = `import-${serial}`
  const rows = Array.from({ length: importRows }, (_, i) => ({ key: `${name}-${i}`, name: `${i}` }))
  const known = rows.map(({ key, name: value }) => sending(key, value))
  const answer = await send('POST', importPath(), {
    headers: { 'content-type': 'application/x-ndjson' },
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
    agent,
  })
  if (!acknowledges(answer)) return
  const { importId, rowsStored } = JSON.parse(answer.body) as {
    importId: string
    rowsStored: number
  }
  finished.set(importId, rowsStored)
  known.forEach((one, i) => {
    one.acknowledged = rows[i]!.name
    one.sent.clear()
  })
}

async function readOne(agent: Agent): Promise<void> {
  const id = readable[Math.floor(random() * readable.length)]
  if (id === undefined) return pause(5)
  const answer = await send('GET', of(`/subjects/${id}`), { agent })
  if (!acknowledges(answer)) return
  ok(answer.body.includes('value '), answer.body)
  released.push(String(answer.headers['holdfast-entry']))
}

async function round(victim: Victim): Promise<{ readonly after: number }> {
  const stopped = new AbortController()
  const turns = [
    (agent: Agent) => putOne(agent, 1),
    (agent: Agent) => putOne(agent, 2),
    putBatch,
    importFile,
    ...Array.from({ length: 8 }, () => readOne),
  ]
  const clients = turns.map((turn) => client(stopped.signal, turn))
  const after = 100 + random() * 900
  await pause(after)
  await house.kill(victim)
  // A little longer: what asks while the house lies down must not be told yes.
  await pause(200)
  stopped.abort()
  const told = await Promise.allSettled(clients)
  const failed = told.filter((one) => one.status === 'rejected')
  deepEqual(
    failed.map(({ reason }) => String(reason)),
    [],
  )
  return { after }
}

/** Every record there is, by its subject's key. */
async function everyRecord(): Promise<Map<string, string>> {
  const { status, body } = await send('GET', of('/export'))
  equal(status, 200)
  const lines = body
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  const rows = lines.map(
    (line) => JSON.parse(line) as { subjectKey: string; fields: { name: string } },
  )
  equal(new Set(rows.map(({ subjectKey }) => subjectKey)).size, rows.length, 'a record came twice')
  return new Map(rows.map(({ subjectKey, fields }) => [subjectKey, fields.name]))
}

async function demandRecords(): Promise<void> {
  const there = await everyRecord()
  for (const [key, { acknowledged, sent }] of world) {
    const value = there.get(key)
    const allowed = [acknowledged, ...sent]
    ok(
      allowed.includes(value) || (value === undefined && acknowledged === undefined),
      `${key}: ${value} is none of ${allowed.join(', ')}`,
    )
    // What came through unacknowledged is acknowledged by standing there.
    if (value !== undefined) world.set(key, { acknowledged: value, sent: new Set() })
  }
  for (const key of there.keys()) ok(world.has(key), `${key} was never sent`)
}

/** No released read without its entry; no gap, no index twice. */
async function demandEntries(): Promise<void> {
  const database = house.database()
  try {
    const known = await database.rows<{ id: string }>({
      text: `select id from trail.entry where id = any($1::uuid[])
        and action = 'vault.record.read' and outcome = 'done' and subjects = 1`,
      values: [released],
    })
    const ids = new Set(known.map(({ id }) => id))
    deepEqual(
      released.filter((id) => !ids.has(id)),
      [],
      'a read was released without its entry',
    )
    const gaps = await database.rows({
      text: `select log, count(*) as places, max(idx) + 1 as width from trail.sequence
        group by log having count(*) <> max(idx) + 1 or count(distinct idx) <> count(*)
        union all
        select 'all', count(*), max(position) from trail.sequence
        having count(*) <> max(position) or count(distinct position) <> count(*)`,
    })
    deepEqual(gaps, [], 'a log has a gap or an index twice')
    const forks = await database.rows({
      text: `select c.log, c.size from trail.checkpoint c left join trail.log l using (log)
        where l.size is null or c.size > l.size or (c.size = l.size and c.root <> l.root)`,
    })
    deepEqual(forks, [], 'a tree is not the one that was signed')
  } finally {
    await database.end()
  }
}

async function demandTrail(): Promise<void> {
  const database = house.database()
  try {
    // An import says how many rows it has stored, wherever it was cut off.
    const imports = await database.rows<{ id: string; rowsStored: number; state: string }>({
      text: `select import_id as id, rows_stored as "rowsStored", state from vault.import`,
    })
    const stored = new Map(imports.map(({ id, rowsStored }) => [id, rowsStored]))
    for (const [id, rows] of finished) equal(stored.get(id), rows)
    const imported = [...world.keys()].filter((key) => key.startsWith('import-')).length
    const counted = imports.reduce((sum, { rowsStored }) => sum + rowsStored, 0)
    const standing = [...world].filter(
      ([key, one]) => key.startsWith('import-') && one.acknowledged !== undefined,
    )
    equal(counted, standing.length, `of ${imported} rows sent`)
  } finally {
    await database.end()
  }
  const { code, output, told } = await house.command('trail', 'verify', '--json')
  equal(code, 0, told)
  equal((JSON.parse(output) as { sound: boolean }).sound, true, output)
}

test(`kill -9 of server, integrator, PostgreSQL and supervisor, ${howMany} times, loses nothing that was acknowledged (seed ${seed})`, async (t) => {
  t.diagnostic(`seed ${seed}: HOLDFAST_KILL_SEED=${seed} repeats the order and the pauses`)
  for (const [i, victim] of rounds.entries()) {
    const before = { released: released.length, world: world.size }
    const { after } = await round(victim)
    const down = performance.now()
    if (victim === 'all') house.launch()
    await house.answering()
    const seconds = (performance.now() - down) / 1000
    await demandEntries()
    if ((i + 1) % fullLookEvery === 0) {
      await demandRecords()
      await demandTrail()
    }
    t.diagnostic(
      `round ${i + 1}: ${victim} after ${after.toFixed(0)} ms; back after ${seconds.toFixed(1)} s; ${world.size - before.world} rows sent, ${released.length - before.released} reads released`,
    )
  }
  ok(released.length > 100 && world.size > 1000, 'the rounds were under load')
})

test('a restore that is killed leaves a house that does not open, and says why', async () => {
  const made = await house.command('backup', '--json')
  equal(made.code, 0, made.told)
  const { file } = JSON.parse(made.output) as { file: string }
  const place = join(house.dataDir, 'backups')
  const bundle = join(place, 'keyring', readdirSync(join(place, 'keyring')).sort().at(-1)!)
  await withSupervised(async (again) => {
    const passphrase = join(house.dataDir, 'keys/passphrase')
    const line = `--keyring ${bundle} --to ${again.dataDir} --passphrase-file ${passphrase}`
    const args = [program, 'restore', join(place, file), ...line.split(' ')]
    const restoring = spawn(process.execPath, args)
    const gone = once(restoring, 'exit')
    while (!existsSync(join(again.dataDir, 'postgres'))) await pause(10)
    await pause(100)
    restoring.kill('SIGKILL')
    await gone
    again.launch()
    equal(await again.ended(), 1)
    match(again.said, /the restore into .* was cut off, so it may know again what was erased/)
  })
})

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}

/** Tommy Ettinger's generator: small, seeded, good enough to choose instants. */
function mulberry32(from: number): () => number {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
