import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  clearRunState,
  databaseName,
  LockHeld,
  migrate,
  noteRunState,
  ownerRole,
  prepareDataDir,
  appRole,
  type Postgres,
  type RunState,
  readSettings,
  SettingsError,
  startPostgres,
  takeLock,
} from '#ground'
import type { Settings } from '#kernel'
import { root } from './children.ts'
import { Backoff } from './backoff.ts'
import { buildConsole } from './console-build.ts'
import { startKeeperProcess } from './keeper-process.ts'
import { endOrphanServer, type Ready, type ServerProcess, startServer } from './server-process.ts'
import { SpaceWatch } from './space-watch.ts'

const startedAt = performance.now()

/**
 * `holdfast start`: builds the console, starts PostgreSQL and the server, and keeps both running
 * until it is told to stop: whatever ends them, it starts them again, ever more rarely while that does
 * not help. Only what is wrong from the beginning, and was not killed, ends it at once with its reason.
 * Resolves with an exit code once everything has ended.
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
    await buildConsole(say)
    const backoff = new Backoff()
    /** Waits for the next start, and says so. False: told to stop. */
    const again = async (why: string): Promise<boolean> => {
      // A database that ran out of disk comes back with the space, however often it has tried.
      if (await space.waitForRoom(told.signal)) backoff.forgive()
      const waitMs = backoff.ended(performance.now())
      noteState(settings, backoff, { state: 'waiting', why, waitMs })
      if (waitMs >= longMs)
        say(`${backoff.inARow} ends in a row; starting again in ${Math.round(waitMs / 1000)} s`)
      await pause(waitMs, undefined, { signal: told.signal }).catch(() => {})
      return !told.signal.aborted
    }
    for (let hasStood = false, why: string | undefined; !told.signal.aborted;) {
      await space.waitForRoom(told.signal)
      if (told.signal.aborted) break
      noteState(settings, backoff, { state: 'starting', why })
      const opened = await openUnlessFull(settings, postgres, space, told.signal).catch(
        (error: unknown) => {
          if (!hasStood && why === undefined) throw error
          say((why = explain(error)))
        },
      )
      if (opened === undefined) {
        // PostgreSQL went with the server, or recovers still: it begins anew, and so do we.
        await postgres?.stop()
        postgres = undefined
        if (await again((why ??= 'the disk was full'))) continue
        break
      }
      postgres = opened.postgres
      const { urls } = opened
      if (told.signal.aborted) break
      server = startServer(settings, urls.app, keeper?.channel, say)
      const ready = await Promise.race([server.ready, aborted(told.signal)])
      if (ready !== undefined) {
        announce(settings, ready, !hasStood)
        hasStood = true
        backoff.stands(performance.now())
        noteState(settings, backoff, { state: 'standing', why })
      }
      const end = await whatEnds(server, postgres, told.signal)
      await server.stop()
      if (end === undefined) break
      say((why = end.why))
      // It said itself what is wrong, and nothing has shown that it can be otherwise.
      if (!hasStood && end.byItself && (await space.look())?.isShort !== true) return 1
      if (end.database) {
        await postgres?.stop()
        postgres = undefined
      }
      if (!(await again(why))) break
    }
    return 0
  } finally {
    told.abort()
    await watching
    await postgres?.stop()
    await keeper?.stop()
    clearRunState(settings.dataDir)
    for (const name of signals) process.off(name, onSignal)
    say('stopped')
  }
}

/** A pause of so long is told; a shorter one is over when it is read. */
const longMs = 2000

function noteState(
  { dataDir }: Settings,
  { inARow }: Backoff,
  now: {
    readonly state: RunState['state']
    readonly why: string | undefined
    readonly waitMs?: number
  },
): void {
  const { state, why, waitMs } = now
  const nextStartAt = waitMs === undefined ? undefined : new Date(Date.now() + waitMs).toISOString()
  const since = new Date().toISOString()
  noteRunState(dataDir, { state, since, endsInARow: inARow, why, nextStartAt })
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
  if (applied.length > 0)
    say(`${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'} applied`)
  return { app: databaseUrl ?? postgres!.url(appRole, databaseName) }
}

interface End {
  readonly why: string
  readonly database: boolean
  /** Whether the server ended of its own accord, and was not killed. */
  readonly byItself: boolean
}

/** Waits until the server or PostgreSQL ends; undefined when we are told to stop. */
async function whatEnds(
  server: ServerProcess,
  postgres: Postgres | undefined,
  told: AbortSignal,
): Promise<End | undefined> {
  return await Promise.race([
    aborted(told),
    server.exited.then(({ how, byItself }) => ({
      why: `the server is gone: ${how}`,
      database: false,
      byItself,
    })),
    ...(postgres === undefined
      ? []
      : [
          postgres.exited.then(() => ({
            why: 'PostgreSQL is gone',
            database: true,
            byItself: false,
          })),
        ]),
  ])
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
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
    console.log(
      `\n  The keys are sealed: ${ready.sealed} They open by themselves once that is mended.`,
    )
  if (ready.enrolment !== undefined) {
    console.log(`\n  Nobody administers it yet. This link makes the first administrator, once:\n`)
    console.log(`  ${ready.enrolment}`)
  }
  console.log(`\n  Data: ${dataDir}   Stop: Ctrl-C\n`)
}
