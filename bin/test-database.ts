import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { discardPostgres, startPostgres } from '../src/ground/adapters/embedded-postgres.ts'

export interface TestDatabase {
  /** Of a user who may make databases and roles. */
  readonly url: string
  /** What it is, for people. */
  readonly name: string
  stop(): Promise<void>
}

const oldestMajor = 15
const prefix = 'holdfast-test-'

/**
 * The PostgreSQL the tests make their databases in: the one `DATABASE_URL` names, else a throw-away
 * one of our own.
 *
 * @throws when the given one cannot be reached, or is too old.
 */
export async function openTestDatabase(
  env: NodeJS.ProcessEnv,
  fsync: boolean,
): Promise<TestDatabase> {
  const given = env['HOLDFAST_TEST_DATABASE_URL'] ?? env['DATABASE_URL']
  if (given !== undefined && given !== '') return await external(given)
  await sweep()
  const dir = join(tmpdir(), `${prefix}${randomBytes(6).toString('hex')}`)
  const server = await startPostgres({ dir, throwaway: true, fsync, onProgress: () => {} })
  return {
    url: server.url('postgres', 'postgres'),
    name: `a throw-away PostgreSQL in ${server.socketDir}`,
    stop: () => server.stop(),
  }
}

async function external(url: string): Promise<TestDatabase> {
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

/** Removes what test runs that were killed have left. A minute's grace: another run may just be making its own. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = join(tmpdir(), name)
    const { uid, mtimeMs } = statSync(dir)
    const mine = process.geteuid?.() === 0 || uid === process.geteuid?.()
    if (mine && Date.now() - mtimeMs > 60_000) await discardPostgres(dir).catch(() => {})
  }
}
