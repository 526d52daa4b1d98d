import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import type { Snapshot } from '#kernel'
import { type Database, onClient } from './database.ts'

/** Schemas that are not ours, or that a restore makes anew. */
const foreign = ['pg_catalog', 'information_schema', 'graphile_worker', 'public']

const tablesText = `select n.nspname || '.' || c.relname as "table"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname <> all($1) and n.nspname not like 'pg\\_%' order by 1`

/**
 * Runs `deed` over one consistent snapshot (REPEATABLE READ), without stopping anybody's writes.
 */
export async function withSnapshot<T>(
  database: Database,
  deed: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const client = await database.alone()
  try {
    await client.query(
      "begin isolation level repeatable read read only; select set_config('holdfast.scope', 'house', true); set local statement_timeout = 0",
    )
    const sql = onClient(client)
    const tables = await sql.rows<{ table: string }>({ text: tablesText, values: [foreign] })
    const value = await deed({
      sql,
      tables: tables.map(({ table }) => table),
      copyOut: (table) => client.query(copyTo(`copy (select * from ${quoted(table)}) to stdout`)),
    })
    await client.query('commit')
    return value
  } finally {
    await client.end()
  }
}

/**
 * Fills empty tables from COPY text, all in one transaction and without checking foreign keys on the
 * way, as the cluster's superuser: for a restore into a new cluster, where nobody else is.
 *
 * @returns rows written per table.
 */
export async function refill(
  superuserUrl: string,
  parts: AsyncIterable<{ readonly table: string; readonly rows: Readable }>,
): Promise<Map<string, number>> {
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  const counts = new Map<string, number>()
  try {
    await client.query("begin; set local session_replication_role = 'replica'")
    const { rows } = await client.query<{ table: string }>(tablesText, [foreign])
    await client.query(`truncate ${rows.map(({ table }) => quoted(table)).join(', ')}`)
    for await (const { table, rows: source } of parts) {
      if (!rows.some((known) => known.table === table))
        throw new Error(`the backup holds a table this version does not know: ${table}`)
      const sink = client.query(copyFrom(`copy ${quoted(table)} from stdin`))
      await pipeline(source, sink)
      counts.set(table, (counts.get(table) ?? 0) + sink.rowCount)
    }
    await restartIdentities(client)
    await client.query('commit')
    return counts
  } finally {
    await client.end()
  }
}

/** Sequences behind identity columns go on where the restored rows end. */
async function restartIdentities(client: Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select format('%I.%I', table_schema, table_name) as "table", column_name as "column"
     from information_schema.columns where is_identity = 'YES' and table_schema <> all($1)`,
    [foreign],
  )
  for (const { table, column } of rows)
    await client.query(
      `select setval(pg_get_serial_sequence('${table}', '${column}'),
         greatest(1, (select coalesce(max("${column}"), 0) from ${table})))`,
    )
}

function quoted(table: string): string {
  if (!/^[a-z_]+\.[a-z_0-9]+$/.test(table)) throw new TypeError(`not a table of ours: ${table}`)
  return table
}
