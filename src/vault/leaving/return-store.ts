import type { Sql } from '#kernel'

/** How far a controller's return has come. */
export interface Return {
  readonly closedBy: string | null
  /** SHA-256 of the archive of the last whole one. */
  readonly sha256: Buffer | null
}

export async function returnOf(sql: Sql, controllerId: string): Promise<Return> {
  const row = await sql.first<Return>({
    name: 'vault.return.of',
    text: `select closed_by as "closedBy", returned_sha256 as sha256 from vault.controller
      where controller_id = $1`,
    values: [controllerId],
  })
  return row ?? { closedBy: null, sha256: null }
}

/** Closes a controller, or opens it again (`closedBy` null); what was returned before counts no more. */
export async function setClosed(
  sql: Sql,
  controllerId: string,
  closedBy: string | null,
): Promise<void> {
  await sql.run({
    name: 'vault.return.set-closed',
    text: `update vault.controller set state = $2, closed_by = $3, returned_sha256 = null
      where controller_id = $1`,
    values: [controllerId, closedBy === null ? 'active' : 'returning', closedBy],
  })
}

export async function setReturned(sql: Sql, controllerId: string, sha256: Buffer): Promise<void> {
  await sql.run({
    name: 'vault.return.set-returned',
    text: 'update vault.controller set returned_sha256 = $2 where controller_id = $1',
    values: [controllerId, sha256],
  })
}

/** How many subjects are under a legal hold. */
export async function heldTotal(sql: Sql, controllerId: string): Promise<number> {
  const row = await sql.first<{ held: number }>({
    name: 'vault.return.held',
    text: 'select count(*) as held from vault.subject where controller_id = $1 and held',
    values: [controllerId],
  })
  return row?.held ?? 0
}
