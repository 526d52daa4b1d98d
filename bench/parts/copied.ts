import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** What an import writes of each record, beside its entry. */
const tables = ['vault.record', 'vault.subject', 'keys.subject_key', 'vault.field_index']

/** Rows as an import left them, in PostgreSQL's binary COPY format. */
interface Copied {
  readonly table: string
  readonly bytes: Buffer
}

/**
 * The same ciphertext into plain tables: the same columns, types and indexes, no keys, no sealing, no
 * row-level security, no foreign keys, no entry. One transaction for a thousand records, as an import
 * has, would be the same work; one for all is what a bulk load does, so that is taken.
 */
export class PlainCopy {
  readonly #client: Client

  constructor(databaseUrl: string) {
    this.#client = new Client({
      connectionString: databaseUrl,
      options: '-c holdfast.scope=house',
    })
    this.#client.on('error', () => {})
  }

  async open(): Promise<void> {
    await this.#client.connect()
    await this.#client.query('create schema bench')
    for (const table of tables)
      await this.#client.query(
        `create table ${plainOf(table)} (like ${table} including defaults including indexes)`,
      )
  }

  /** Everything a controller has now. */
  async take(controllerId: string): Promise<Copied[]> {
    const taken: Copied[] = []
    for (const table of tables) {
      const pieces: Buffer[] = []
      const rows = `select * from ${table} where controller_id = '${controllerId}'`
      const stream = this.#client.query(copyTo(`copy (${rows}) to stdout (format binary)`))
      for await (const piece of stream) pieces.push(piece as Buffer)
      taken.push({ table, bytes: Buffer.concat(pieces) })
    }
    return taken
  }

  /** Seconds to write rows into empty plain tables: records alone, or all of them. */
  async seconds(taken: readonly Copied[], which: 'records' | 'all'): Promise<number> {
    const wanted = which === 'all' ? taken : taken.slice(0, 1)
    for (const table of tables) await this.#client.query(`truncate ${plainOf(table)}`)
    const began = performance.now()
    await this.#client.query('begin')
    for (const { table, bytes } of wanted) {
      const sink = this.#client.query(copyFrom(`copy ${plainOf(table)} from stdin (format binary)`))
      await pipeline(Readable.from(slices(bytes)), sink)
    }
    await this.#client.query('commit')
    return (performance.now() - began) / 1000
  }

  async end(): Promise<void> {
    await this.#client.end()
  }
}

const plainOf = (table: string) => `bench.${table.replace('.', '_')}`

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
