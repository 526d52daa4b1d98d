import type { Sql } from '#kernel'

export async function insertCanary(sql: Sql, id: string, now: Date, sealed: Buffer): Promise<void> {
  await sql.run({
    name: 'keys.canary.insert',
    text: 'insert into keys.canary (id, at, sealed) values ($1, $2, $3)',
    values: [id, now, sealed],
  })
}

export async function findCanary(sql: Sql, id: string): Promise<Buffer | undefined> {
  const row = await sql.first<{ sealed: Buffer }>({
    name: 'keys.canary.find',
    text: 'select sealed from keys.canary where id = $1',
    values: [id],
  })
  return row?.sealed
}

/** Removes every canary: those of checks that were killed too. */
export function deleteCanaries(sql: Sql): Promise<number> {
  return sql.run({ name: 'keys.canary.delete', text: 'delete from keys.canary' })
}

/**
 * Every table this server can write, and whether it may read it too. Into the others nothing that
 * passes through it can come.
 */
export function tablesToSearch(sql: Sql): Promise<{ table: string; readable: boolean }[]> {
  return sql.rows({
    name: 'keys.canary.tables',
    text: `select format('%I.%I', n.nspname, c.relname) as "table",
             has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
             and n.nspname not like 'pg\\_%'
             and has_table_privilege(c.oid, 'insert, update')
           order by 1`,
  })
}

/** Transactions that were open already when the canary was planted count as younger than it. */
const slackTransactions = 1_000

/**
 * Searches the rows of a table that are about as young as the canary or younger, as PostgreSQL prints them.
 *
 * @param table - as {@link tablesToSearch} quotes it.
 * @returns how many rows hold one of the forms, and how many hold the canary's id.
 */
export async function searchTable(
  sql: Sql,
  table: string,
  canaryId: string,
  forms: readonly string[],
): Promise<{ found: number; control: number }> {
  const row = await sql.first<{ found: number; control: number }>({
    text: `select
             count(*) filter (where exists (
               select from unnest($2::text[]) as form where strpos(t::text, form) > 0)) as found,
             count(*) filter (where strpos(t::text, $1::text) > 0) as control
           from ${table} t
           where age(t.xmin) <= $3 + (select age(c.xmin) from keys.canary c where c.id = $1::uuid)`,
    values: [canaryId, forms, slackTransactions],
  })
  return row!
}

export interface DatabaseFiles {
  readonly searched: number
  /** Files that hold one of the needles. */
  readonly found: readonly string[]
  readonly control: boolean
}

/**
 * Searches PostgreSQL's own files, write-ahead log included, that were written since an instant.
 *
 * @returns undefined where the database does not offer to: an external one does not.
 */
export async function searchDatabaseFiles(
  sql: Sql,
  needles: readonly Buffer[],
  control: Buffer,
  since: Date,
): Promise<DatabaseFiles | undefined> {
  const offered = await sql.first<{ offered: boolean }>({
    name: 'keys.canary.files-offered',
    text: "select to_regprocedure('file_probe.search(bytea[], timestamptz)') is not null as offered",
  })
  if (offered?.offered !== true) return undefined
  const files = await sql.rows<{ file: string; hits: boolean[] }>({
    name: 'keys.canary.files',
    text: 'select file, hits from file_probe.search($1::bytea[], $2)',
    values: [[...needles, control], since],
  })
  return {
    searched: files.length,
    found: files.filter(({ hits }) => hits.slice(0, -1).includes(true)).map(({ file }) => file),
    control: files.some(({ hits }) => hits.at(-1) === true),
  }
}
