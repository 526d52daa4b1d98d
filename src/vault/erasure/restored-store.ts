import type { Sql } from '#kernel'

/** A controller whose rows are those of a backup, and how many entries its log had in their places there. */
export interface RestoredController {
  readonly controllerId: string
  readonly placed: number
}

export async function insertRestored(
  sql: Sql,
  { controllerId, placed }: RestoredController,
): Promise<void> {
  await sql.run({
    name: 'vault.restored.insert',
    text: `insert into vault.restored as known (log, placed) values ($1, $2)
      on conflict (log) do update set placed = least(known.placed, excluded.placed)`,
    values: [controllerId, placed],
  })
}

export function restoredControllers(sql: Sql): Promise<RestoredController[]> {
  return sql.rows({
    name: 'vault.restored.all',
    text: `select log as "controllerId", placed from vault.restored order by log`,
  })
}

export async function anyRestored(sql: Sql): Promise<boolean> {
  const row = await sql.first({
    name: 'vault.restored.any',
    text: 'select 1 from vault.restored limit 1',
  })
  return row !== undefined
}

export async function deleteRestored(sql: Sql, controllerId: string): Promise<void> {
  await sql.run({
    name: 'vault.restored.delete',
    text: 'delete from vault.restored where log = $1',
    values: [controllerId],
  })
}
