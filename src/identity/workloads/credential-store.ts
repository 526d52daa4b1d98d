import type { Sql } from '#kernel'

export interface CredentialRow {
  readonly id: string
  readonly workloadId: string
  readonly label: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

export function insertCredential(
  sql: Sql,
  row: Pick<CredentialRow, 'id' | 'workloadId' | 'label' | 'createdAt' | 'expiresAt'> & {
    /** The person it is shown to; null where it is none. */
    readonly madeBy: string | null
    readonly tokenHash: Buffer
    /** Default `secret`. */
    readonly kind?: 'secret' | 'token'
    /** The key that got it. */
    readonly keyId?: string | null
    /** SHA-256 of the certificate beside which alone it opens. */
    readonly boundTo?: Buffer | null
  },
) {
  return sql.run({
    name: 'identity.credential.insert',
    text: `insert into identity.credential (id, workload_id, label, token_hash, created_at, expires_at,
             kind, key_id, bound_to, made_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      row.id,
      row.workloadId,
      row.label,
      row.tokenHash,
      row.createdAt,
      row.expiresAt,
      row.kind ?? 'secret',
      row.keyId ?? null,
      row.boundTo ?? null,
      row.madeBy,
    ],
  })
}

/** Revokes one; 0 when there was none to revoke. */
export function setRevoked(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.credential.revoke',
    text: 'update identity.credential set revoked_at = $2 where id = $1 and revoked_at is null',
    values: [id, at],
  })
}

/** Revokes every live credential of a workload and returns their ids. */
export async function revokeAllOf(sql: Sql, workloadId: string, at: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.credential.revoke-all',
    text: `update identity.credential set revoked_at = $2
           where workload_id = $1 and revoked_at is null and expires_at > $2 returning id`,
    values: [workloadId, at],
  })
  return rows.map(({ id }) => id)
}

export function credentialsOf(sql: Sql, workloadId: string): Promise<CredentialRow[]> {
  return sql.rows({
    name: 'identity.credential.list',
    text: `select id, workload_id as "workloadId", label, created_at as "createdAt",
             expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
           from identity.credential where workload_id = $1 and kind = 'secret' order by id`,
    values: [workloadId],
  })
}

/** One secret of a workload, held until the transaction ends. */
export function credentialBy(sql: Sql, id: string): Promise<CredentialRow | undefined> {
  return sql.first({
    name: 'identity.credential.get',
    text: `select id, workload_id as "workloadId", label, created_at as "createdAt",
             expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
           from identity.credential where id = $1 and kind = 'secret' for update`,
    values: [id],
  })
}

/** Lets one end sooner. */
export function setExpiry(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.credential.expire',
    text: `update identity.credential set expires_at = $2
           where id = $1 and expires_at > $2 and created_at < $2`,
    values: [id, at],
  })
}
