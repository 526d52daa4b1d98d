import {
  Client,
  type ClientBase,
  type ClientConfig,
  Pool,
  type QueryConfig,
  types as parsers,
} from 'pg'
import type { Sql, Statement } from '#kernel'

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
  readonly readOnly?: boolean
}

/** A pool of connections to PostgreSQL. Outside a transaction row-level security shows no controller's rows. */
export class Database implements Sql {
  readonly pool: Pool
  readonly #session: ClientConfig

  constructor({ url, role, scope, connections = 16 }: DatabaseOptions) {
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

  /**
   * Runs `deed` in one transaction: committed when it resolves, rolled back when it throws.
   *
   * @throws whatever `deed` throws, or the error of a COMMIT that failed.
   */
  async transaction<T>(
    { scope, readOnly = false }: TransactionOptions,
    deed: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    if (!uuidOrHouse.test(scope)) throw new TypeError('a scope is a controller id or house')
    const client = await this.pool.connect()
    let broken = false
    try {
      // One round trip; the scope is checked above, so it can stand in the text.
      const begun = client.query(
        `begin${readOnly ? ' read only' : ''}; select set_config('holdfast.scope', '${scope}', true)`,
      )
      // A deed that only reads may send its first statement along. One that writes may not: had the
      // beginning failed, its statements would each stand alone.
      if (!readOnly) await begun
      const [value] = await Promise.all([deed(onClient(client)), begun])
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

/** One client as `Sql`. Statements run in the order they are given. */
export function onClient(client: ClientBase): Sql {
  return {
    rows: (statement) => rowsOn(client, statement),
    first: async (statement) => (await rowsOn<never>(client, statement))[0],
    run: (statement) => runOn(client, statement),
  }
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
