import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  globSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { chown, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { LockHeld, type LockFile, takeLock } from './lock-file.ts'
import { type Binaries, findBinaries } from './postgres-binaries.ts'
import { stopOrphan, stopPostmaster } from './postgres-orphan.ts'
import { type Place, preparePlace, prepareSocketDir, removePlace } from './postgres-place.ts'
import { ensureFileProbe } from './file-probe.ts'
import { accessRules, databaseName, ensureRoles } from './postgres-roles.ts'
import { serverSettings } from './postgres-settings.ts'
import { isAlive, plainEnvironment, runToEnd, signal } from './processes.ts'

export interface PostgresOptions {
  /** The cluster's own directory, made where it is missing. */
  readonly dir: string
  /** For tests: `stop` removes it, and nothing waits for the disk. */
  readonly throwaway?: boolean
  /** Whether commits wait for the disk; default: unless thrown away. */
  readonly fsync?: boolean
  /** Whether the superuser `postgres` is let in; default: only where thrown away. A restore needs it. */
  readonly superuser?: boolean
  readonly onProgress?: (line: string) => void
}

export interface Postgres {
  readonly socketDir: string
  readonly port: number
  readonly pid: number
  /** A connection string for `pg`. */
  readonly url: (user: string, database: string) => string
  /** Settles when the postmaster has ended, for whatever reason. */
  readonly exited: Promise<void>
  /** Stops cleanly and lets the directory go. May be called more than once. */
  stop(): Promise<void>
}

const port = 5432

/** The builtin locale sorts the same on every machine: an index survives a move to another system's C library. */
const initOptions = [
  '--username=postgres',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--data-checksums',
  '--auth-local=trust',
  '--auth-host=reject',
]

/**
 * Starts the built-in PostgreSQL on a directory: makes the cluster at first, stops what an earlier
 * start left running, never runs as root, and listens on a Unix socket only.
 *
 * @throws when another living process has it, or PostgreSQL does not come up; the message says why.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, throwaway = false, fsync = !throwaway, superuser = throwaway } = options
  const onProgress = options.onProgress ?? (() => {})
  const place = await preparePlace(dir, onProgress)
  const lock = await takeLock(join(place.home, 'holder')).catch((error: unknown) => {
    if (!(error instanceof LockHeld)) throw error
    throw new Error(`the database in ${place.home} is ${error.message}`, { cause: error })
  })
  try {
    const binaries = await findBinaries(place.user, onProgress)
    await prepareCluster(place, binaries, { throwaway, onProgress })
    return await launch(place, binaries, { dir, throwaway, fsync, superuser, onProgress, lock })
  } catch (error) {
    lock.release()
    throw error
  }
}

async function prepareCluster(
  place: Place,
  binaries: Binaries,
  { throwaway, onProgress }: { throwaway: boolean; onProgress: (line: string) => void },
): Promise<void> {
  const { cluster, home, user } = place
  await sweepDrafts(cluster)
  if (existsSync(cluster)) {
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (Number(version) !== binaries.major) {
      throw new Error(
        `the database in ${cluster} is of PostgreSQL ${version}, and this is PostgreSQL ${binaries.major}; restore a backup into a new data directory instead`,
      )
    }
    await stopOrphan(realpathSync(cluster), onProgress)
    return
  }
  onProgress(`creating a PostgreSQL ${binaries.major} cluster`)
  // Of its own name: the initdb of a first start that was killed may still be writing its draft.
  const draft = `${cluster}.draft-${process.pid}`
  const sync = throwaway ? ['--no-sync'] : []
  const args = ['-D', draft, ...initOptions, ...sync]
  const { code, output } = await runToEnd(binaries.initdb, args, { user, cwd: home })
  if (code !== 0) throw new Error(`PostgreSQL could not create its cluster: ${output}`)
  // Its settings come by command line; what initdb wrote would only contradict them.
  await truncate(join(draft, 'postgresql.conf'))
  await rename(draft, cluster)
}

/** Drafts of first starts that were cut off. One that is still written to is left to the next start. */
async function sweepDrafts(cluster: string): Promise<void> {
  for (const draft of globSync(`${cluster}.draft*`))
    await rm(draft, { recursive: true, force: true }).catch(() => {})
}

interface Launch {
  readonly dir: string
  readonly throwaway: boolean
  readonly fsync: boolean
  readonly superuser: boolean
  readonly onProgress: (line: string) => void
  readonly lock: LockFile
}

async function launch(place: Place, binaries: Binaries, how: Launch): Promise<Postgres> {
  const socketDir = await prepareSocketDir(place)
  const logDir = join(place.home, 'log')
  await writeAccessRules(place, 'open')
  const settings = serverSettings({ socketDir, port, logDir, fsync: how.fsync })
  const { pid, exited } = await spawnPostmaster(place, binaries, settings)
  const kill = () => signal(pid, 'SIGQUIT')
  // A throw-away cluster does not outlive its process, whatever ends that.
  if (how.throwaway) process.once('exit', kill)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    process.off('exit', kill)
    await stopPostmaster(pid)
    await exited
    how.lock.release()
    if (socketDir !== join(place.home, 'socket')) await rm(socketDir, { recursive: true })
    if (how.throwaway) await removePlace(how.dir)
  }
  const server: Postgres = {
    socketDir,
    port,
    pid,
    url: (user, database) =>
      `postgresql://${user}@/${database}?host=${encodeURIComponent(socketDir)}&port=${port}`,
    exited,
    stop: () => (stopping ??= stop()),
  }
  try {
    await admit(server, place, how)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Waits for the first connection, makes the roles, and shuts the superuser out. */
async function admit(server: Postgres, place: Place, how: Launch): Promise<void> {
  const client = await connect(server, place, how.onProgress)
  await ensureRoles(client)
  await withFileProbe(server)
  if (!how.superuser) {
    await writeAccessRules(place, 'closed')
    await client.query('select pg_reload_conf()')
  }
  await client.end()
}

/** The probe of files lives in the house's own database. */
async function withFileProbe(server: Postgres): Promise<void> {
  const client = new Client({ connectionString: server.url('postgres', databaseName) })
  await client.connect()
  try {
    await ensureFileProbe(client)
  } finally {
    await client.end()
  }
}

/** In a session of its own: Ctrl-C in a terminal must not reach it before the server has ended. */
async function spawnPostmaster(
  { home, cluster, user }: Place,
  { postgres }: Binaries,
  settings: readonly string[],
): Promise<{ pid: number; exited: Promise<void> }> {
  const log = openSync(startLog(home), 'w', 0o600)
  const child = spawn(postgres, ['-D', realpathSync(cluster), ...settings], {
    ...user,
    cwd: home,
    env: plainEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  await once(child, 'spawn')
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return { pid: child.pid!, exited }
}

/** What it said before and after its log was open. */
function lastWords(home: string): string {
  const logs = globSync(join(home, 'log', '*.log'))
  const newest = logs.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs).slice(0, 1)
  const lines = [startLog(home), ...newest].map((file) => readFileSync(file, 'utf8').trim())
  return lines.flatMap((text) => text.split('\n').slice(-3)).join('\n')
}

const startLog = (home: string) => join(home, 'start.log')

async function writeAccessRules(
  { cluster, user }: Place,
  superuser: 'open' | 'closed',
): Promise<void> {
  const file = join(cluster, 'pg_hba.conf')
  await writeFile(file, accessRules(superuser), { mode: 0o600 })
  if (user !== undefined) await chown(file, user.uid, user.gid)
}

/** Connects as soon as PostgreSQL lets us. After a crash it first replays its log, however long that takes. */
async function connect(
  { pid, url }: Postgres,
  { home }: Place,
  onProgress: (line: string) => void,
): Promise<Client> {
  const started = performance.now()
  for (let told = started; ; await pause(30)) {
    if (!isAlive(pid)) {
      throw new Error(`PostgreSQL did not start: ${lastWords(home)}`)
    }
    const client = new Client({ connectionString: url('postgres', 'postgres') })
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      const recovering = (error as { code?: string }).code === '57P03'
      const seconds = Math.round((performance.now() - started) / 1000)
      if (!recovering && seconds >= 60) throw error
      if (recovering && performance.now() - told > 5000) {
        told = performance.now()
        onProgress(`PostgreSQL is recovering what was written before it was cut off (${seconds} s)`)
      }
    }
  }
}
