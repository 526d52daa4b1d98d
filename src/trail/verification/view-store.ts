import type { Sql } from '#kernel'

/** How far one log has come; undefined before its first entry has a place. */
export async function headOf(
  sql: Sql,
  log: string,
): Promise<{ size: number; signedSize: number; signedAt: Date | null } | undefined> {
  return sql.first({
    name: 'trail.log.head',
    text: `
      select size, signed_size as "signedSize", signed_at as "signedAt"
      from trail.log where log = $1`,
    values: [log],
  })
}
