import type { Sql } from '#kernel'
import type { ColumnFacts } from './store-register.ts'

/** Every column of every table of the house, with its type and comment. */
export function columnsOfHouse(sql: Sql): Promise<ColumnFacts[]> {
  return sql.rows({
    name: 'keys.register.columns',
    text: `select n.nspname || '.' || c.relname as "table", a.attname as "column",
             format_type(a.atttypid, null) as type, col_description(c.oid, a.attnum) as comment,
             exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
               and k.conkey = array[a.attnum] and pg_get_constraintdef(k.oid) ~ 'ARRAY\\[|~ ') as few
           from pg_class c
             join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           where c.relkind in ('r', 'p') and not c.relispartition
             and n.nspname not in ('pg_catalog', 'information_schema', 'public', 'graphile_worker')
             and n.nspname not like 'pg\\_%'
           order by 1, a.attnum`,
  })
}
