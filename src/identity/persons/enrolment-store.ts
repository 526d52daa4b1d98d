import type { Sql } from '#kernel'

export type EnrolmentKind = 'first-administrator' | 'invitation'

export interface EnrolmentRow {
  readonly id: string
  readonly kind: EnrolmentKind
  readonly roleNames: readonly string[]
  readonly canary: boolean
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

export function insertEnrolment(
  sql: Sql,
  row: EnrolmentRow & { readonly tokenHash: Buffer; readonly invitedKey: Buffer | null },
) {
  return sql.run({
    name: 'identity.enrolment.insert',
    text: `insert into identity.enrolment
             (id, kind, role_names, token_hash, canary, created_by, created_at, expires_at,
              invited_key)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      row.id,
      row.kind,
      row.roleNames,
      row.tokenHash,
      row.canary,
      row.createdBy,
      row.createdAt,
      row.expiresAt,
      row.invitedKey,
    ],
  })
}

const columns = `id, kind, role_names as "roleNames", canary, created_by as "createdBy",
  created_at as "createdAt", expires_at as "expiresAt"`

/** The open enrolment of a token, held until the transaction ends. */
export function openEnrolmentBy(sql: Sql, tokenHash: Buffer, now: Date) {
  return sql.first<
    EnrolmentRow & { readonly seed: Buffer | null; readonly invitedKey: Buffer | null }
  >({
    name: 'identity.enrolment.by-token',
    text: `select ${columns}, seed, invited_key as "invitedKey" from identity.enrolment
           where token_hash = $1 and ended_at is null and expires_at > $2 for update`,
    values: [tokenHash, now],
  })
}

export function openEnrolments(sql: Sql, now: Date): Promise<EnrolmentRow[]> {
  return sql.rows({
    name: 'identity.enrolment.list',
    text: `select ${columns} from identity.enrolment
           where ended_at is null and expires_at > $1 and not canary order by id`,
    values: [now],
  })
}

export function setSeed(sql: Sql, id: string, seed: Buffer) {
  return sql.run({
    name: 'identity.enrolment.set-seed',
    text: 'update identity.enrolment set seed = $2 where id = $1',
    values: [id, seed],
  })
}

/** Ends an open enrolment, and forgets its seed; 0 when there was none to end. */
export function endEnrolment(sql: Sql, id: string, at: Date, personId: string | null) {
  return sql.run({
    name: 'identity.enrolment.end',
    text: `update identity.enrolment set ended_at = $2, person_id = $3, seed = null
           where id = $1 and ended_at is null`,
    values: [id, at, personId],
  })
}

/** Only the newest first-administrator link is good. */
export function endFirstAdministratorLinks(sql: Sql, at: Date) {
  return sql.run({
    name: 'identity.enrolment.end-first',
    text: `update identity.enrolment set ended_at = $1, seed = null
           where kind = 'first-administrator' and ended_at is null and not canary`,
    values: [at],
  })
}
