import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** What an import writes of each record, beside its entry. What others refer to comes first. */
const tables = ['vault.subject', 'keys.subject_key', 'vault.record', 'vault.field_index'] as const

/** What of these tables refers to what, as the house's own do. */
const references = {
  'vault.subject': ['foreign key (controller_id) references vault.controller'],
  'keys.subject_key': [],
  'vault.record': ['foreign key (controller_id, subject_id) references bench.whole_vault_subject'],
  'vault.field_index': [
    'foreign key (controller_id, subject_id, category) references bench.whole_vault_record',
  ],
} as const

/**
 * `whole`: every row an import writes, into tables as the house has them: columns, types, checks,
 * indexes, foreign keys. `bare`: the same without checks and foreign keys. `records`: the rows with the
 * data alone, into one table with its indexes.
 */
export type Which = 'whole' | 'bare' | 'records'

/** Rows as an import left them, in PostgreSQL's binary COPY format. */
interface Copied {
  readonly table: (typeof tables)[number]
  readonly bytes: Buffer
}

/**
 * The same ciphertext into the tables of a plain system: no keys, no sealing, no row-level security (COPY
 * refuses it), no permission, no entry, no HTTP. One transaction for a thousand records, as an import has, would
 * be the same work; one for all is what a bulk load does, so that is taken.
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
    for (const table of tables) {
      const like = (how: string) => `(like ${table} including defaults including indexes${how})`
      await this.#client.query(`create table ${plainOf(table, 'bare')} ${like('')}`)
      const whole = plainOf(table, 'whole')
      await this.#client.query(`create table ${whole} ${like(' including constraints')}`)
      for (const reference of references[table])
        await this.#client.query(`alter table ${whole} add ${reference}`)
    }
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

  /** Seconds to write rows into empty plain tables. */
  async seconds(taken: readonly Copied[], which: Which): Promise<number> {
    const kind = which === 'whole' ? 'whole' : 'bare'
    const wanted = taken.filter(({ table }) => which !== 'records' || table === 'vault.record')
    await this.#client.query(`truncate ${tables.map((table) => plainOf(table, kind)).join(', ')}`)
    const began = performance.now()
    await this.#client.query('begin')
    for (const { table, bytes } of wanted) {
      const into = plainOf(table, kind)
      const sink = this.#client.query(copyFrom(`copy ${into} from stdin (format binary)`))
      await pipeline(Readable.from(slices(bytes)), sink)
    }
    await this.#client.query('commit')
    return (performance.now() - began) / 1000
  }

  async end(): Promise<void> {
    await this.#client.end()
  }
}

const plainOf = (table: string, kind: 'whole' | 'bare') =>
  `bench.${kind}_${table.replace('.', '_')}`

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}
