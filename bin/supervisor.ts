import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  databaseName,
  LockHeld,
  migrate,
  ownerRole,
  prepareDataDir,
  appRole,
  type Postgres,
  readSettings,
  SettingsError,
  startPostgres,
  takeLock,
} from '#ground'
import type { Settings } from '#kernel'
import { root } from './children.ts'
import { buildConsole } from './console-build.ts'
import { startKeeperProcess } from './keeper-process.ts'
import { endOrphanServer, type Ready, type ServerProcess, startServer } from './server-process.ts'
import { SpaceWatch } from './space-watch.ts'

/** So many ends within a minute, and there is no point in starting again. */
const mostEnds = 5
const startedAt = performance.now()

/**
 * `holdfast start`: builds the console, starts PostgreSQL and the server, and keeps both running
 * until it is told to stop. Resolves with an exit code once everything has ended.
 */
export async function start(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error(
      `holdfast start takes no arguments; settings are in ${join('docs', 'settings.md')}`,
    )
    return 2
  }
  process.umask(0o077)
  try {
    const settings = readSettings(process.env, process.cwd())
    await prepareDataDir(settings.dataDir, settings.databaseUrl === undefined)
    // What is not there at the start the server's permissions take for a file, and refuse.
    for (const place of [settings.offsiteDir, settings.objectsDir])
      if (place !== undefined) await mkdir(place, { recursive: true, mode: 0o700 })
    const lock = await takeLock(join(settings.dataDir, 'supervisor.lock'))
    try {
      return await supervise(settings)
    } finally {
      lock.release()
    }
  } catch (error) {
    console.error(explain(error))
    return error instanceof SettingsError ? 2 : 1
  }
}

function explain(error: unknown): string {
  if (error instanceof LockHeld) {
    const { pid, since } = error.holder
    return `Holdfast already runs on this data directory: process ${pid}, since ${since}.`
  }
  if (error instanceof SettingsError) return error.message
  const { message, cause } = error as Error
  return `Holdfast did not start: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`
}

function say(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${seconds.padStart(6)} s  ${line}`)
}

async function supervise(settings: Settings): Promise<number> {
  const told = new AbortController()
  const onSignal = () => {
    if (!told.signal.aborted) say('stopping')
    told.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  let postgres: Postgres | undefined
  const keeper = startKeeperProcess(settings.keeperFile)
  let server: ServerProcess | undefined
  const space = new SpaceWatch(settings.dataDir, say)
  const watching = space.watch((now) => server?.tell(now), told.signal)
  try {
    await endOrphanServer(settings.dataDir, say)
    const ends: number[] = []
    for (let first = true; !told.signal.aborted; first = false) {
      if (first) await buildConsole(say)
      await space.waitForRoom(told.signal)
      if (told.signal.aborted) break
      const opened = await openUnlessFull(settings, postgres, space, told.signal).catch(
        (error: unknown) => {
          if (first) throw error
          say(explain(error))
        },
      )
      if (opened === undefined) {
        // PostgreSQL went with the server, or recovers still: it begins anew, and so do we.
        await postgres?.stop()
        postgres = undefined
        if (await mayRestart(ends, told.signal)) continue
        return 1
      }
      postgres = opened.postgres
      const { urls } = opened
      if (told.signal.aborted) break
      server = startServer(settings, urls.app, keeper?.channel, say)
      const ready = await Promise.race([server.ready, aborted(told.signal)])
      if (ready !== undefined) announce(settings, ready, first)
      const end = await whatEnds(server, postgres, told.signal)
      await server.stop()
      if (end === undefined) break
      say(end.why)
      if (ready === undefined && first) return 1
      if (end.database) {
        await postgres?.stop()
        postgres = undefined
      }
      // A database that ran out of disk comes back with the space, however often it has tried.
      if (await space.waitForRoom(told.signal)) ends.length = 0
      if (!(await mayRestart(ends, told.signal))) return 1
    }
    return 0
  } finally {
    told.abort()
    await watching
    await postgres?.stop()
    await keeper?.stop()
    for (const name of signals) process.off(name, onSignal)
    say('stopped')
  }
}

/** Starts PostgreSQL and brings its schema up to date; undefined when the disk was too full for it. */
async function openUnlessFull(
  settings: Settings,
  running: Postgres | undefined,
  space: SpaceWatch,
  told: AbortSignal,
) {
  let postgres = running
  try {
    postgres ??= await openPostgres(settings)
    return { postgres, urls: await openDatabase(settings, postgres) }
  } catch (error) {
    if (!(await space.waitForRoom(told))) throw error
    if (postgres !== running) await postgres?.stop()
    return undefined
  }
}

async function openPostgres({ dataDir, databaseUrl }: Settings): Promise<Postgres | undefined> {
  if (databaseUrl !== undefined) return undefined
  const postgres = await startPostgres({ dir: join(dataDir, 'postgres'), onProgress: say })
  say('PostgreSQL is ready')
  return postgres
}

/** Brings the schema up to date. The server gets a login of its own that cannot change it. */
async function openDatabase(
  { databaseUrl }: Settings,
  postgres: Postgres | undefined,
): Promise<{ app: string }> {
  const owner = databaseUrl ?? postgres!.url(ownerRole, databaseName)
  const applied = await migrate(owner, root, new Date())
  if (applied.length > 0) say(`${applied.length} migrations applied`)
  return { app: databaseUrl ?? postgres!.url(appRole, databaseName) }
}

interface End {
  readonly why: string
  readonly database: boolean
}

/** Waits until the server or PostgreSQL ends; undefined when we are told to stop. */
async function whatEnds(
  server: ServerProcess,
  postgres: Postgres | undefined,
  told: AbortSignal,
): Promise<End | undefined> {
  return await Promise.race([
    aborted(told),
    server.exited.then((how) => ({ why: `the server is gone: ${how}`, database: false })),
    ...(postgres === undefined
      ? []
      : [postgres.exited.then(() => ({ why: 'PostgreSQL is gone', database: true }))]),
  ])
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Waits longer after each end, and gives up when there were too many within a minute. */
async function mayRestart(ends: number[], told: AbortSignal): Promise<boolean> {
  const now = performance.now()
  ends.push(now)
  const recent = ends.filter((at) => now - at < 60_000).length
  if (recent > mostEnds) {
    say(`${recent} ends within a minute: giving up`)
    return false
  }
  await pause(250 * 2 ** (recent - 1), undefined, { signal: told }).catch(() => {})
  return true
}

function announce(
  { dataDir, publicUrl, tlsCertFile }: Settings,
  ready: Ready,
  first: boolean,
): void {
  if (!first) return say('the server is back')
  const ca = relative(process.cwd(), join(dataDir, 'tls', 'ca.crt'))
  say('ready')
  console.log(`\n  Holdfast is running: ${publicUrl}`)
  if (tlsCertFile === undefined) {
    console.log(
      `  Its certificate is its own; tell your browser to trust ${ca}, or accept it once.`,
    )
  }
  if (ready.sealed !== undefined)
    console.log(`\n  The keys are sealed: ${ready.sealed} It opens by itself once they are.`)
  if (ready.enrolment !== undefined) {
    console.log(`\n  Nobody administers it yet. This link makes the first administrator, once:\n`)
    console.log(`  ${ready.enrolment}`)
  }
  console.log(`\n  Data: ${dataDir}   Stop: Ctrl-C\n`)
}
