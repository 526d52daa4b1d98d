import type { Sql } from '#kernel'

/** Subjects with a due record and no legal hold. */
export async function dueSubjects(
  sql: Sql,
  controllerId: string,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.retention.due-subjects',
    text: `select distinct r.subject_id as id from vault.record r
      join vault.subject s using (controller_id, subject_id)
      where r.controller_id = $1 and r.erase_after <= $2 and not s.held limit $3`,
    values: [controllerId, now, limit],
  })
  return rows.map(({ id }) => id)
}

/** Controllers with a due record that no legal hold keeps. */
export async function dueControllers(sql: Sql, now: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.retention.due-controllers',
    text: `select c.controller_id as id from vault.controller c
      where c.state in ('active', 'returning') and exists (
        select from vault.record r join vault.subject s using (controller_id, subject_id)
        where r.controller_id = c.controller_id and r.erase_after <= $1 and not s.held)`,
    values: [now],
  })
  return rows.map(({ id }) => id)
}

/** What one category has due. */
export interface DueCategory {
  /** The category's bit. */
  readonly category: number
  readonly records: number
  readonly subjects: number
  /** Of the records, those a legal hold keeps. */
  readonly held: number
  readonly oldest: Date
}

/** What is due at an instant, category by category. */
export function dueByCategory(sql: Sql, controllerId: string, at: Date): Promise<DueCategory[]> {
  return sql.rows({
    name: 'vault.retention.due-by-category',
    text: `select r.category, count(*) as records, count(distinct r.subject_id) as subjects,
        count(*) filter (where s.held) as held, min(r.erase_after) as oldest
      from vault.record r join vault.subject s using (controller_id, subject_id)
      where r.controller_id = $1 and r.erase_after <= $2 group by 1 order by 1`,
    values: [controllerId, at],
  })
}

/** How far a controller's erasure lags. */
export interface Lag {
  readonly controllerId: string
  /** Age of its most overdue record that no legal hold keeps; 0 where none is due. */
  readonly overdueHours: number
  readonly held: number
}

/** The lag of every controller that is not gone, hidden ones too. */
export function lags(sql: Sql, now: Date): Promise<Lag[]> {
  return sql.rows({
    name: 'vault.retention.lags',
    text: `select c.controller_id as "controllerId", coalesce(d.held, 0) as held,
        coalesce(extract(epoch from $1 - d.oldest) / 3600, 0)::float8 as "overdueHours"
      from vault.controller c cross join lateral (
        select min(r.erase_after) filter (where not s.held) as oldest,
          count(*) filter (where s.held) as held
        from vault.record r join vault.subject s using (controller_id, subject_id)
        where r.controller_id = c.controller_id and r.erase_after <= $1) d
      where c.state <> 'left'`,
    values: [now],
  })
}
