import type { Socket } from 'node:net'
import {
  Client,
  type ClientBase,
  type ClientConfig,
  Pool,
  type PoolClient,
  type QueryConfig,
  types as parsers,
} from 'pg'
import type { KeyedStatement, Sql, Statement } from '#kernel'
import { statementFor } from './keyed.ts'
import { Places } from './places.ts'
import { SharedReads } from './shared-reads.ts'

const int8 = 20
const uuidOrHouse = /^(house|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : parsers.getTypeParser(oid, format),
}

export interface DatabaseOptions {
  /** A `pg` connection string; unix sockets as `postgresql://user@/database?host=/directory`. */
  readonly url: string
  /** The role every session takes on; undefined keeps the login's own. */
  readonly role?: string
  readonly connections?: number
  /** What row-level security shows outside of transactions; default nothing. For tests and tools. */
  readonly scope?: string
}

export interface TransactionOptions {
  /** A controller's id or `house`: what row-level security lets this transaction see. */
  readonly scope: string
}

/** A pool of connections to PostgreSQL. Outside a transaction row-level security shows no controller's rows. */
export class Database implements Sql {
  readonly pool: Pool
  readonly #session: ClientConfig
  readonly #places: Places
  readonly #shared = new SharedReads((scope, statements) => this.#readAtOnce(scope, statements))

  constructor({ url, role, scope, connections = 16 }: DatabaseOptions) {
    // Writers of one controller wait for each other's locks; not with every connection there is.
    this.#places = new Places(Math.max(1, connections - Math.ceil(connections / 4)))
    this.#session = {
      connectionString: url,
      types,
      application_name: 'holdfast',
      connectionTimeoutMillis: 10_000,
      options: [
        ...(role === undefined ? [] : [`-c role=${role}`]),
        ...(scope === undefined ? [] : [`-c holdfast.scope=${scope}`]),
        '-c statement_timeout=120s',
        '-c idle_in_transaction_session_timeout=120s',
        '-c timezone=UTC',
      ].join(' '),
    }
    this.pool = new Pool({
      ...this.#session,
      max: connections,
      idleTimeoutMillis: 60_000,
      // A statement need not wait for the answer of the one before.
      pipeline: true,
    })
    // An idle connection that dies is replaced by the pool; without a listener it would end the process.
    this.pool.on('error', () => {})
    this.pool.on('connect', (client) => client.on('error', () => {}))
  }

  rows<R extends object>(statement: Statement): Promise<R[]> {
    return rowsOn<R>(this.pool, statement)
  }

  async first<R extends object>(statement: Statement): Promise<R | undefined> {
    return (await rowsOn<R>(this.pool, statement))[0]
  }

  run(statement: Statement): Promise<number> {
    return runOn(this.pool, statement)
  }

  async ofKey<R extends object>(statement: KeyedStatement<R>, key: string): Promise<R[]> {
    return rowsOn<R>(this.pool, statementFor(statement, [key]))
  }

  /**
   * Runs `deed` in one transaction: committed when it resolves, rolled back when it throws.
   *
   * @throws whatever `deed` throws, or the error of a COMMIT that failed.
   */
  async transaction<T>({ scope }: TransactionOptions, deed: (sql: Sql) => Promise<T>): Promise<T> {
    const begin = beginning(scope)
    return this.#within(scope, async (client) => {
      // Awaited: had the beginning failed, statements sent along would each stand alone.
      await client.query(begin)
      return deed(onClient(client))
    })
  }

  /**
   * Runs a deed that only reads, and that PostgreSQL holds to it. Each statement sees what was
   * committed before it began, as in a transaction; one is opened only for what is not asked by key.
   */
  async reading<T>({ scope }: TransactionOptions, deed: (sql: Sql) => Promise<T>): Promise<T> {
    demandScope(scope)
    let ended = false
    let done = () => {}
    const finished = new Promise<void>((resolve) => (done = resolve))
    let opening: Promise<Sql> | undefined
    let transaction: Promise<void> | undefined
    const own = () =>
      (opening ??= new Promise((resolve, reject) => {
        if (ended) throw new Error('this act has ended')
        transaction = this.#reading(scope, async (sql) => {
          resolve(sql)
          await finished
        })
        transaction.catch(reject)
      }))
    const end = () => {
      ended = true
      done()
    }
    try {
      const value = await deed({
        rows: async (statement) => (await own()).rows(statement),
        first: async (statement) => (await own()).first(statement),
        run: async (statement) => (await own()).run(statement),
        ofKey: (statement, key) => this.#shared.ofKey(scope, statement, key),
      })
      end()
      await transaction
      return value
    } catch (error) {
      end()
      await transaction?.catch(() => {})
      throw error
    }
  }

  #reading<T>(scope: string, deed: (sql: Sql) => Promise<T>): Promise<T> {
    const begin = beginning(scope, ' read only')
    return this.#within(scope, async (client) => {
      // Statements may go along with the beginning: had it failed, they would but read no rows.
      const begun = client.query(begin)
      const [value] = await Promise.all([deed(onClient(client)), begun])
      return value
    })
  }

  /** Everything is sent at once, the end too: one message there, and nothing to wait for in between. */
  async #readAtOnce(scope: string, statements: readonly Statement[]): Promise<object[][]> {
    const begin = beginning(scope, ' read only')
    const client = await this.pool.connect()
    let broken = false
    try {
      const release = cork(client)
      const answers = [
        client.query(begin),
        ...statements.map((statement) => client.query<object>(config(statement))),
        client.query('commit'),
      ]
      release()
      const results = await Promise.allSettled(answers)
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return (await Promise.all(answers)).slice(1, -1).map(({ rows }) => rows as object[])
    } catch (error) {
      broken = true
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #within<T>(scope: string, deed: (client: PoolClient) => Promise<T>): Promise<T> {
    if (scope === 'house') return this.#onOne(deed)
    const leave = await this.#places.take(scope)
    try {
      return await this.#onOne(deed)
    } finally {
      leave()
    }
  }

  async #onOne<T>(deed: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect()
    let broken = false
    try {
      const value = await deed(client)
      const { command } = await client.query('commit')
      // COMMIT of a transaction that an error has aborted answers ROLLBACK, without an error.
      if (command !== 'COMMIT') throw new Error('the transaction was rolled back')
      return value
    } catch (error) {
      await client.query('rollback').catch(() => {
        broken = true
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** A connection of its own, outside of the pool, for COPY. Whoever asked for it ends it. */
  async alone(): Promise<Client> {
    const client = new Client(this.#session)
    client.on('error', () => {})
    await client.connect()
    return client
  }

  async end(): Promise<void> {
    await this.pool.end()
  }
}

function demandScope(scope: string): void {
  if (!uuidOrHouse.test(scope)) throw new TypeError('a scope is a controller id or house')
}

/** One round trip; the scope is checked, so it can stand in the text. */
function beginning(scope: string, how = ''): string {
  demandScope(scope)
  return `begin${how}; select set_config('holdfast.scope', '${scope}', true)`
}

/** One client as `Sql`. Statements run in the order they are given. */
export function onClient(client: ClientBase): Sql {
  return {
    rows: (statement) => rowsOn(client, statement),
    first: async (statement) => (await rowsOn<never>(client, statement))[0],
    run: (statement) => runOn(client, statement),
    ofKey: (statement, key) => rowsOn(client, statementFor(statement, [key])),
  }
}

/** Keeps what is sent from here on until the returned function lets it go, in one write. */
function cork(client: ClientBase): () => void {
  const { stream } = (client as ClientBase & { connection: { stream: Socket } }).connection
  stream.cork()
  return () => stream.uncork()
}

type Queryable = Pool | ClientBase

async function rowsOn<R extends object>(on: Queryable, statement: Statement): Promise<R[]> {
  return (await on.query<R>(config(statement))).rows
}

async function runOn(on: Queryable, statement: Statement): Promise<number> {
  return (await on.query(config(statement))).rowCount ?? 0
}

const config = ({ name, text, values }: Statement): QueryConfig => ({
  text,
  ...(name === undefined ? {} : { name }),
  ...(values === undefined ? {} : { values: [...values] }),
})
