import type { Sql } from '#kernel'

/** The entry that an act left in a log, by its name and instant. */
export async function entryOfAct(
  sql: Sql,
  log: string,
  action: string,
  at: Date,
): Promise<string | undefined> {
  const row = await sql.first<{ id: string }>({
    name: 'trail.certify.entry',
    text: `select id from trail.entry
           where log = $1 and action = $2 and at = $3 and outcome = 'done' order by id limit 1`,
    values: [log, action, at],
  })
  return row?.id
}
