import { equal, ok } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { withDatabase } from './house.ts'
import { freePort, SupervisedHouse } from './supervised.ts'

// Two nodes on one database, as `npm start` runs them: one leads. When it dies, or hangs with its
// connections up, the other places entries within ten seconds, and the log is one.

const name = `holdfast_two_${process.pid}`
let dir: string
let admin: Client
let sql: Client
let nodes: SupervisedHouse[]

before(async () => {
  const url = process.env['HOLDFAST_TEST_DATABASE_URL']!
  admin = new Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const shared = withDatabase(url, name)
  dir = mkdtempSync(join(tmpdir(), 'holdfast-two-'))
  for (const node of ['a', 'b']) mkdirSync(join(dir, node, 'var'), { recursive: true, mode: 0o700 })
  nodes = []
  for (const node of ['a', 'b'])
    nodes.push(new SupervisedHouse(join(dir, node, 'var'), await freePort(), shared))
  const [a, b] = nodes
  await a!.start()
  // Nodes share the keyring, and not a copy of it: a node may make a key at any time. What else lies
  // in the data directory is a node's own.
  symlinkSync(join(a!.dataDir, 'keys'), join(b!.dataDir, 'keys'))
  await b!.start()
  sql = new Client({ connectionString: shared })
  sql.on('error', () => {})
  await sql.connect()
})
after(async () => {
  await sql?.end()
  for (const node of nodes ?? []) await node.stop()
  await admin?.query(`drop database if exists ${name} with (force)`)
  await admin?.end()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

/** The node whose server leads, and the other. */
async function leading(): Promise<{ leader: SupervisedHouse; other: SupervisedHouse }> {
  for (;;) {
    const { rows } = await sql.query<{ name: string }>(
      `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.objid = 4711002
         and a.datname = current_database()`,
    )
    const pid = Number(rows[0]?.name.split(' ').at(-1))
    const leader = nodes.find((node) => node.serverPid() === pid)
    if (leader !== undefined) return { leader, other: nodes.find((node) => node !== leader)! }
    await pause(100)
  }
}

/** Asks a node for something, and gives the seconds until the entry of it has its place. */
async function secondsToPlace(node: SupervisedHouse, from: number): Promise<number> {
  await node.operator.call('GET', '/v1/trail/logs')
  const { rows } = await sql.query<{ id: string }>(
    `select id from trail.entry where action = 'trail.log.list' order by id desc limit 1`,
  )
  for (;;) {
    const { rowCount } = await sql.query('select from trail.sequence where id = $1', [rows[0]!.id])
    if (rowCount === 1) return (performance.now() - from) / 1000
    ok(performance.now() - from < 60_000, 'nobody places entries')
    await pause(50)
  }
}

async function demandOneLog(node: SupervisedHouse): Promise<void> {
  const { rows } = await sql.query(
    `select log from trail.sequence group by log
     having count(*) <> max(idx) + 1 or count(distinct idx) <> count(*)`,
  )
  equal(rows.length, 0, 'a log has a gap or an index twice')
  const { code, told } = await node.command('trail', 'verify', '--json')
  equal(code, 0, told)
}

test('a leader that dies is followed within ten seconds', async (t) => {
  const { leader, other } = await leading()
  const from = performance.now()
  await leader.kill('node')
  const seconds = await secondsToPlace(other, from)
  t.diagnostic(`the other node placed an entry ${seconds.toFixed(1)} s after the kill`)
  ok(seconds < 10, `${seconds} s`)
  await demandOneLog(other)
  await leader.start()
})

test('a leader that hangs with its connections up is cut off, and does no harm when it wakes', async (t) => {
  const { leader, other } = await leading()
  const from = performance.now()
  leader.signal('SIGSTOP')
  let seconds: number
  try {
    seconds = await secondsToPlace(other, from)
  } finally {
    leader.signal('SIGCONT')
  }
  t.diagnostic(`the other node placed an entry ${seconds.toFixed(1)} s after the leader hung`)
  ok(seconds < 10, `${seconds} s`)
  await pause(2000)
  equal((await leading()).leader, other, 'the one that woke does not lead')
  await secondsToPlace(leader, performance.now())
  await demandOneLog(leader)
})
