import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Database, databaseName, ownerRole } from '#ground'
import { type Client, clientOf } from '../cli/client.ts'
import type { Listener } from './callers.ts'

const root = join(import.meta.dirname, '..')
export const program = join(root, 'bin/holdfast.mjs')

/**
 * What can be killed of a house that runs: `all` is its supervisor with everything below it, `node` the
 * same where PostgreSQL is not its own, `integrator` the backend that places entries, in its midst.
 */
export type Victim = 'server' | 'postgres' | 'both' | 'all' | 'node' | 'integrator'

/**
 * A house as `npm start` runs it: supervisor, PostgreSQL and server, each a process of its own, on a
 * data directory and a port of its own.
 */
export class SupervisedHouse {
  readonly dataDir: string
  readonly port: number
  /** Everything the supervisor has said, over all its starts. */
  said = ''
  readonly #external: string | undefined
  #child: ChildProcess | undefined

  /** @param external - a PostgreSQL that several houses share; undefined: its own. */
  constructor(dataDir: string, port: number, external?: string) {
    this.dataDir = dataDir
    this.port = port
    this.#external = external
  }

  /** Begins a start and returns at once. */
  launch(): void {
    const { DATABASE_URL: _, ...env } = process.env
    const database = this.#external === undefined ? {} : { DATABASE_URL: this.#external }
    const child = spawn(process.execPath, [program, 'start'], {
      cwd: join(this.dataDir, '..'),
      env: { ...env, ...database, HOLDFAST_DATA: this.dataDir, HOLDFAST_PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => (this.said += piece.toString()))
    this.#child = child
  }

  /** Starts, and resolves with the seconds until requests are answered. */
  async start(): Promise<number> {
    const began = performance.now()
    this.launch()
    await this.answering()
    return (performance.now() - began) / 1000
  }

  /** Resolves once requests are answered. */
  async answering(withinSeconds = 90): Promise<void> {
    const until = performance.now() + withinSeconds * 1000
    while (!(await this.#isWell())) {
      if (this.#child?.exitCode !== null || performance.now() > until)
        throw new Error(`the house does not answer:\n${this.said}`)
      await pause(20)
    }
  }

  /** Whoever holds the host's account comes in here. */
  get operator(): Client {
    return clientOf({ kind: 'socket', path: join(this.dataDir, 'run', 'holdfast.sock') })
  }

  get listener(): Listener {
    return { port: this.port, ca: readFileSync(join(this.dataDir, 'tls/ca.crt'), 'utf8') }
  }

  /** The database's own address, for its owner. */
  get databaseUrl(): string {
    if (this.#external !== undefined) return this.#external
    const socket = realpathSync(join(this.#databaseHome(), 'socket'))
    return `postgresql://${ownerRole}@/${databaseName}?host=${encodeURIComponent(socket)}&port=5432`
  }

  /** The database as its owner. */
  database(connections = 2): Database {
    return new Database({ url: this.databaseUrl, connections, scope: 'house' })
  }

  /** Runs a command of the CLI on this house; `told` is what it says beside its answer. */
  command(...args: readonly string[]): Promise<{ code: number; output: string; told: string }> {
    const env = { ...process.env, HOLDFAST_DATA: this.dataDir }
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { env, cwd: root }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, output: out, told: err })
      })
    })
  }

  /** `kill -9`, of processes this house has started and of no other. */
  async kill(victim: Victim): Promise<void> {
    const child = this.#child!
    const pids = {
      server: () => [this.serverPid()],
      postgres: () => [this.#postgresPid()],
      both: () => [this.serverPid(), this.#postgresPid()],
      all: () => [child.pid!, this.serverPid(), this.#postgresPid()],
      node: () => [child.pid!, this.serverPid()],
      integrator: () => this.#integratorPid(),
    }[victim]()
    const gone = victim === 'all' || victim === 'node' ? once(child, 'exit') : undefined
    for (const pid of await pids) process.kill(pid, 'SIGKILL')
    await gone
  }

  /** Sends a signal to the server process alone: `SIGSTOP` leaves it hanging with all its connections. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.serverPid(), signal)
  }

  /** Stops it as Ctrl-C does. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGINT')
    await gone
  }

  /** Resolves with the exit code of a start that ends by itself. */
  async ended(): Promise<number | null> {
    const child = this.#child!
    return child.exitCode ?? ((await once(child, 'exit'))[0] as number | null)
  }

  #databaseHome(): string {
    const link = join(this.dataDir, 'postgres/home')
    return realpathSync(existsSync(link) ? link : join(this.dataDir, 'postgres'))
  }

  /** The server's process, as it is now. */
  serverPid(): number {
    return (JSON.parse(readFileSync(join(this.dataDir, 'server.json'), 'utf8')) as { pid: number })
      .pid
  }

  /** The backend that holds the trail's fence; PostgreSQL as a whole goes down and up with it. */
  async #integratorPid(): Promise<number[]> {
    const database = this.database(1)
    try {
      for (const until = performance.now() + 5000; performance.now() < until;) {
        const row = await database.first<{ pid: number }>({
          text: `select pid from pg_locks
            where relation = 'trail.state'::regclass and mode = 'RowShareLock' and granted limit 1`,
        })
        if (row !== undefined) return [row.pid]
      }
    } finally {
      await database.end()
    }
    return [this.#postgresPid()]
  }

  #postgresPid(): number {
    return Number.parseInt(
      readFileSync(join(this.#databaseHome(), 'cluster/postmaster.pid'), 'utf8'),
      10,
    )
  }

  async #isWell(): Promise<boolean> {
    try {
      // The socket opens last: whoever gets an answer there gets one everywhere.
      const answer = await this.operator.stream('GET', '/healthz')
      answer.stream.resume()
      return answer.status === 200
    } catch {
      return false
    }
  }

  /** Removes the database where it lies outside of the data directory. */
  discard(): void {
    if (existsSync(join(this.dataDir, 'postgres')))
      rmSync(this.#databaseHome(), { recursive: true, force: true })
  }
}

/** Runs `deed` with a directory and a port for one supervised house, and leaves nothing of it. */
export async function withSupervised<T>(deed: (house: SupervisedHouse) => Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'holdfast-supervised-'))
  const house = new SupervisedHouse(join(parent, 'var'), await freePort())
  try {
    return await deed(house)
  } finally {
    await house.stop()
    house.discard()
    rmSync(parent, { recursive: true, force: true })
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** What the supervised house's workload may do, made through the operator's socket. */
export async function credentialOf(
  { operator }: SupervisedHouse,
  name: string,
  actions: readonly string[],
): Promise<string> {
  const make = <T>(path: string, json: unknown) => operator.call<T>('POST', path, { json })
  await make('/v1/roles', { name, description: 'of a test', actions })
  const { workloadId } = await make<{ workloadId: string }>('/v1/workloads', { name })
  const everywhere = { controllers: null, categories: null, purposes: null, expiresAt: null }
  await make('/v1/grants', { actorId: workloadId, role: name, ...everywhere })
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const path = `/v1/workloads/${workloadId}/credentials`
  return (await make<{ token: string }>(path, { label: 'one', expiresAt })).token
}
