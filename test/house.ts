import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { appRole, Database, migrate, migrationsIn, selfFetch } from '#ground'
import { type Limits, limits } from '#gate'
import type { Act, Actor, Effect, ProbeAnswer, ProbeInit, Scope, Sealed, Settings } from '#kernel'
import { house as houseActor } from '#kernel'
import { type House, openHouse as open } from '../src/house.ts'

const root = join(import.meta.dirname, '..')

export interface TestHouse extends House {
  /** The owner's connection string of this house's own database. */
  readonly ownerUrl: string
  /** The database as its owner (in tests usually a superuser, whom row-level security does not bind). */
  readonly owner: Database
  /** Faults that were told, in order; a test that expects none should say so. */
  readonly faults: { readonly error: unknown; readonly about: string }[]
  /** Sets the clock of the house; it stands still until set again. */
  setNow(now: Date): void
  /** Sets a running clock of the house forward. */
  pass(ms: number): void
  /** Crosses the threshold as anybody, for whatever action: `house` by default. */
  act<T>(
    ask: {
      action: string
      actor?: Actor
      scope?: Scope
      effect?: Effect
      purpose?: string
      reason?: string
      address?: string
    },
    deed: (act: Act) => Promise<T | Sealed<T>>,
  ): Promise<T>
  /**
   * A request to the listener over real TLS, on a connection that may have carried others: most of what
   * a request costs is the handshake. The house must have been opened with `listen`.
   */
  request(path: string, init?: ProbeInit & { token?: string; json?: unknown }): Promise<TestAnswer>
}

export interface TestAnswer extends ProbeAnswer {
  readonly json: any
}

export interface TestHouseOptions {
  /** Opens the listener on a free port, and the operator's socket. */
  readonly listen?: boolean
  /** Turns loops and queue; the loop of the checks only where it is asked for: all of them take seconds. */
  readonly work?: boolean | 'with checks'
  /** Where the clock stands at first; undefined lets it run. */
  readonly now?: Date
  readonly settings?: Partial<Settings>
  readonly limits?: Limits
  /** The load it feels; none by default, however busy the machine of the tests is. */
  readonly delayMs?: () => number
  /** Another PostgreSQL than that of the run, as somebody who may make databases there. */
  readonly postgresUrl?: string
}

/** For a test that asks more often than anybody would: nobody is turned away for that. */
export const wideLimits = Object.fromEntries(
  Object.entries(limits).map(([name, limit]) => [name, { ...limit, burst: 1e6, perSecond: 1e5 }]),
) as unknown as Limits

/**
 * A whole house on a database and a data directory of its own: real PostgreSQL, real files, real
 * TLS. Close it, and nothing remains.
 */
export async function openHouse(options: TestHouseOptions = {}): Promise<TestHouse> {
  const admin = options.postgresUrl ?? process.env['HOLDFAST_TEST_DATABASE_URL']
  if (admin === undefined) throw new Error('run tests with: npm test -- <files>')
  const name = `holdfast_t_${process.pid}_${randomBytes(4).toString('hex')}`
  await cloneDatabase(admin, name)
  const ownerUrl = withDatabase(admin, name)
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-house-'))
  const faults: TestHouse['faults'] = []
  let now = options.now
  let aheadMs = 0
  const house = await open({
    settings: { ...plainSettings(dataDir), ...options.settings },
    databaseUrl: ownerUrl,
    clock: () => now ?? new Date(Date.now() + aheadMs),
    connections: 8,
    // Nobody guesses at a passphrase of the tests: what protects it in service is not paid here.
    passphraseCost: { memoryKiB: 64, passes: 1, parallelism: 1 },
    onFault: (error, about) => void faults.push({ error, about }),
    delayMs: options.delayMs ?? (() => 0),
    without: options.work === 'with checks' ? [] : ['measures.prove'],
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  const agent = new Agent({ keepAlive: true })
  const fetchKept = selfFetch(() => {
    const { host, port } = house.settings
    return port === 0 ? undefined : { host, port, ca: house.ca }
  }, agent)
  const owner = new Database({ url: ownerUrl, connections: 2, scope: 'house' })
  if (options.listen === true) await house.listen(0)
  if (options.work !== undefined && options.work !== false) await house.work()
  return {
    ...house,
    ownerUrl,
    owner,
    faults,
    setNow: (at) => {
      now = at
    },
    pass: (ms) => {
      aheadMs += ms
    },
    act: async (ask, deed) => {
      const { actor = houseActor, scope = 'house', effect = 'write', address = '192.0.2.1' } = ask
      const source = { address }
      const crossing = { ...ask, actor, scope, effect, source, assurance: 0 as const }
      return (await house.threshold.perform(crossing, deed)).value
    },
    request: async (path, { token, json, ...init } = {}) => {
      const headers = {
        ...init.headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      }
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const answer = await fetchKept(path, { ...init, ...body, headers })
      const isJson = /^application\/(?:scim\+)?json/.test(answer.headers['content-type'] ?? '')
      return { ...answer, json: isJson ? JSON.parse(answer.body) : undefined }
    },
    close: async () => {
      agent.destroy()
      await house.close()
      await owner.end()
      await dropDatabase(admin, name)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Settings as a fresh start has them, on a data directory. */
export const plainSettings = (dataDir: string): Settings => ({
  dataDir,
  host: '127.0.0.1',
  port: 0,
  publicUrl: 'https://localhost:8443',
  databaseUrl: undefined,
  environment: 'production',
  workloadPort: undefined,
  processorName: 'Example Processing',
  contactPoint: 'Data Protection Office, dpo@processor.example',
  upstream: undefined,
  upstreamPort: 0,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
  smtpFile: undefined,
  mailFrom: undefined,
  passphraseFile: undefined,
  keeperFile: undefined,
  offsiteDir: undefined,
  privateDestinations: undefined,
  objectsDir: undefined,
  objectsFile: undefined,
})

/** The same server, another database. Works for socket URLs, whose host part is empty, too. */
export const withDatabase = (url: string, name: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`)

/** Clones the migrated template; the first caller of all makes it. */
async function cloneDatabase(admin: string, name: string): Promise<void> {
  const digest = createHash('sha256')
  for (const { text } of migrationsIn(root)) digest.update(text)
  const template = `holdfast_template_${digest.digest('hex').slice(0, 16)}`
  await asAdmin(admin, async (client) => {
    // The template must have no other session while it is copied, so one test file at a time.
    await client.query('select pg_advisory_lock(4711099)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [
      template,
    ])
    if (rowCount === 0) {
      const draft = `${template}_draft`
      await client.query(`drop database if exists ${draft}`)
      await client.query(`create database ${draft}`)
      await migrate(withDatabase(admin, draft), root, new Date())
      await client.query(`alter database ${draft} rename to ${template}`)
    }
    // Files copied as they are, and not page by page through the log: nothing here outlives a crash.
    await client.query(`create database ${name} template ${template} strategy file_copy`)
    await client.query(`grant connect on database ${name} to ${appRole}`)
  })
}

async function dropDatabase(admin: string, name: string): Promise<void> {
  await asAdmin(admin, async (client) => {
    await client.query(`drop database if exists ${name} with (force)`)
  })
}

async function asAdmin(url: string, deed: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await deed(client)
  } finally {
    await client.end()
  }
}
