import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isAlive, placeOf, signal, waitUntilGone } from '../src/ground/adapters/processes.ts'
import { root } from './children.ts'

/** What `npm run test:long` does here; fifty kills of all kinds are in test/kill.long.test.ts. */
const inLong = { skip: process.env['TEST_SWEEP'] !== 'all' && 'npm run test:long does it' }

const parent = mkdtempSync(join(tmpdir(), 'holdfast-start-'))
const data = join(parent, 'var')
let port: number

/** One run of `holdfast start`, and what it has said so far. */
class Run {
  said = ''
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown[]>

  constructor() {
    const { DATABASE_URL: _, ...env } = process.env
    this.#child = spawn(process.execPath, [join(root, 'bin/holdfast.mjs'), 'start'], {
      cwd: parent,
      env: { ...env, HOLDFAST_DATA: data, HOLDFAST_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#exited = once(this.#child, 'exit')
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (piece: Buffer) => (this.said += piece.toString()))
    }
  }

  /** Resolves once it has said this, counted from the start of the run. */
  async until(text: string): Promise<void> {
    for (let left = 600; !this.said.includes(text); left -= 1) {
      assert.ok(left > 0 && this.#child.exitCode === null, `never said "${text}":\n${this.said}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async end(name: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(name)
    return await this.exitCode()
  }

  async exitCode(): Promise<number | null> {
    return (await this.#exited)[0] as number | null
  }
}

const runs: Run[] = []
function start(): Run {
  const run = new Run()
  runs.push(run)
  return run
}

const serverPid = () =>
  (JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as { pid: number }).pid

/** Where the cluster lives: elsewhere, where we are root and PostgreSQL's user cannot reach the data directory. */
const databaseHome = () => {
  const link = join(data, 'postgres/home')
  return realpathSync(existsSync(link) ? link : join(data, 'postgres'))
}

const postgresPid = () =>
  Number.parseInt(readFileSync(join(databaseHome(), 'cluster/postmaster.pid'), 'utf8'), 10)

/** The status the listener answers with, to a client that trusts Holdfast's own authority. */
async function status(): Promise<number | undefined> {
  const ca = readFileSync(join(data, 'tls/ca.crt'))
  const asked = request({ host: 'localhost', port, path: '/', ca, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }]
  answer.resume()
  return answer.statusCode
}

before(async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  port = (probe.address() as AddressInfo).port
  probe.close()
})

after(async () => {
  for (const run of runs) await run.end('SIGTERM')
  if (existsSync(join(data, 'postgres'))) rmSync(databaseHome(), { recursive: true, force: true })
  rmSync(parent, { recursive: true, force: true })
})

let first: Run
/** The one that is up. */
let last: Run

test('a first start ends with an address that answers and a link for the first administrator', async () => {
  first = last = start()
  await first.until('Stop: Ctrl-C')
  assert.match(first.said, /\/enrol#[\w-]{20,}/)
  assert.notEqual(await status(), undefined)
})

test('nobody else may look into the data directory, and the server into no directory of the database', async () => {
  assert.equal(statSync(data).mode & 0o007, 0)
  const flags = (await placeOf(serverPid())).command.split(' ')
  assert.ok(flags.includes('--permission'))
  const allowed = flags.filter((flag) => flag.startsWith('--allow-'))
  assert.ok(allowed.every((flag) => /^--allow-fs-(read|write)=/.test(flag)))
  const paths = allowed.map((flag) => flag.slice(flag.indexOf('=') + 1))
  assert.ok(paths.every((path) => !join(data, 'postgres').startsWith(path)))
})

test('a second start on the same data directory says who holds it', async () => {
  const second = start()
  assert.equal(await second.exitCode(), 1)
  assert.match(second.said, /already runs on this data directory: process \d+, since /)
})

test('a setting that cannot be ends a start at once, with a sentence', async () => {
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    const env = { ...process.env, HOLDFAST_DATA: join(parent, 'never'), HOLDFAST_PORT: 'soon' }
    const args = [join(root, 'bin/holdfast.mjs'), 'start']
    execFile(process.execPath, args, { env, cwd: parent }, (error, _out, said) =>
      resolve({ code: error?.code, said }),
    )
  })
  assert.equal(code, 2)
  assert.match(said, /HOLDFAST_PORT/)
  assert.equal(existsSync(join(parent, 'never')), false)
})

test('a server that is killed comes back', async () => {
  const killed = serverPid()
  signal(killed, 'SIGKILL')
  await first.until('the server is back')
  assert.notEqual(serverPid(), killed)
  assert.notEqual(await status(), undefined)
})

test('a PostgreSQL that is killed comes back, and the server with it', inLong, async () => {
  const killed = postgresPid()
  signal(killed, 'SIGKILL')
  await first.until('PostgreSQL is gone')
  first.said = ''
  await first.until('the server is back')
  assert.notEqual(postgresPid(), killed)
  assert.notEqual(await status(), undefined)
})

test('a supervisor that is killed leaves nothing that hinders the next start', inLong, async () => {
  const [server, postgres] = [serverPid(), postgresPid()]
  await first.end('SIGKILL')
  last = start()
  await last.until('Stop: Ctrl-C')
  assert.equal(isAlive(server), false)
  assert.equal(isAlive(postgres), false)
  assert.notEqual(await status(), undefined)
})

test('Ctrl-C stops the server, then PostgreSQL, and leaves nothing running', async () => {
  const [server, postgres] = [serverPid(), postgresPid()]
  assert.equal(await last.end('SIGINT'), 0)
  assert.ok(await waitUntilGone(server, 1000))
  assert.ok(await waitUntilGone(postgres, 1000))
  assert.match(last.said, /stopped\n$/)
  assert.equal(existsSync(join(data, 'supervisor.lock')), false)
})
