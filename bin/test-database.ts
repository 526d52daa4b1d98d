import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startPostgres } from '../src/ground/adapters/embedded-postgres.ts'
import { isRoot } from '../src/ground/adapters/os-user.ts'
import { isAlive } from '../src/ground/adapters/processes.ts'

export interface TestDatabase {
  /** Directory for all that the tests write: it goes with them, however they end. */
  readonly tmpDir: string
  /** Of a user who may make databases and roles. */
  readonly url: string
  /** What it is, for people. */
  readonly name: string
  stop(): Promise<void>
}

interface Kind {
  readonly fsync: boolean
  /** Whether all of it may lie in memory, where there is room. */
  readonly small: boolean
}

const oldestMajor = 15
const prefix = 'holdfast-run-'

/**
 * The PostgreSQL the tests make their databases in: the one `DATABASE_URL` names, else a throw-away
 * one of our own.
 *
 * @throws when the given one cannot be reached, or is too old.
 */
export async function openTestDatabase(
  env: NodeJS.ProcessEnv,
  { fsync, small }: Kind,
): Promise<TestDatabase> {
  sweep()
  const run = mkdtempSync(join(small && isRoomy(memory) ? memory : tmpdir(), prefix))
  const tmpDir = join(run, 'tmp')
  mkdirSync(tmpDir)
  // Where we are root, PostgreSQL's own user must pass through both.
  for (const dir of [run, tmpDir]) chmodSync(dir, 0o711)
  writeFileSync(join(run, 'holder'), String(process.pid))
  const remove = () => rmSync(run, { recursive: true, force: true })
  try {
    const database = await open(env, join(run, 'postgres'), fsync)
    return {
      ...database,
      tmpDir,
      stop: async () => {
        await database.stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** A file system in memory. To copy a database of a thousand files takes 20 ms there, on a disk some hundred. */
const memory = '/dev/shm'
const leastFreeBytes = 4 * 1024 ** 3

/** Whether a directory is there, with room for the databases of all tests that run at a time. */
function isRoomy(dir: string): boolean {
  if (!existsSync(dir)) return false
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize >= leastFreeBytes
}

async function open(
  env: NodeJS.ProcessEnv,
  dir: string,
  fsync: boolean,
): Promise<Omit<TestDatabase, 'tmpDir'>> {
  const given = env['HOLDFAST_TEST_DATABASE_URL'] ?? env['DATABASE_URL']
  if (given !== undefined && given !== '') return await external(given)
  const server = await startPostgres({ dir, throwaway: true, fsync })
  return {
    url: server.url('postgres', 'postgres'),
    name: `a throw-away PostgreSQL in ${server.socketDir}`,
    stop: () => server.stop(),
  }
}

async function external(url: string): Promise<Omit<TestDatabase, 'tmpDir'>> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  await client.end()
  const version = rows[0]?.server_version ?? ''
  if (Number.parseInt(version, 10) < oldestMajor) {
    throw new Error(
      `Holdfast needs PostgreSQL ${oldestMajor} or later; the one given is ${version}`,
    )
  }
  return { url, name: `the PostgreSQL ${version} that was given`, stop: async () => {} }
}

/**
 * Removes what test runs that were killed have left. A postmaster whose directory is gone ends by
 * itself. A minute's grace: another run may just be making its own.
 */
function sweep(): void {
  for (const run of [tmpdir(), memory].flatMap((dir) => globSync(join(dir, `${prefix}*`)))) {
    const { uid, mtimeMs } = statSync(run)
    const ours = isRoot() || uid === process.geteuid?.()
    const holder = holderOf(run)
    const held = holder !== undefined && isAlive(holder)
    if (ours && !held && Date.now() - mtimeMs > 60_000)
      rmSync(run, { recursive: true, force: true })
  }
}

function holderOf(run: string): number | undefined {
  const file = join(run, 'holder')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}
