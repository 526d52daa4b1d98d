import type { Sql } from '#kernel'

/** What somebody cannot show any more. Who lost only the password still shows a second factor. */
export type Lost = 'password' | 'everything'

export interface RecoveryRow {
  readonly id: string
  readonly personId: string
  readonly lost: Lost
  /** Sealed: how the person was recognised. */
  readonly proofing: Buffer
  readonly needsApproval: boolean
  readonly askedBy: string
  readonly askedAt: Date
  readonly lapsesAt: Date
  readonly approvedBy: string | null
  readonly approvedAt: Date | null
  /** The link's end; null while none was given out. */
  readonly expiresAt: Date | null
  /** Sealed: the seed of the app the link sets up. */
  readonly seed: Buffer | null
}

export function insertRecovery(
  sql: Sql,
  row: Omit<RecoveryRow, 'approvedBy' | 'approvedAt' | 'expiresAt' | 'seed'>,
) {
  return sql.run({
    name: 'identity.recovery-link.insert',
    text: `insert into identity.recovery
             (id, person_id, lost, proofing, needs_approval, asked_by, asked_at, lapses_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      row.id,
      row.personId,
      row.lost,
      row.proofing,
      row.needsApproval,
      row.askedBy,
      row.askedAt,
      row.lapsesAt,
    ],
  })
}

const columns = `id, person_id as "personId", lost, proofing, needs_approval as "needsApproval",
  asked_by as "askedBy", asked_at as "askedAt", lapses_at as "lapsesAt", approved_by as "approvedBy",
  approved_at as "approvedAt", expires_at as "expiresAt"`

/** A recovery that has not ended, held until the transaction ends. */
export function openRecoveryBy(sql: Sql, id: string, now: Date): Promise<RecoveryRow | undefined> {
  return sql.first({
    name: 'identity.recovery-link.get',
    text: `select ${columns}, seed from identity.recovery
           where id = $1 and ended_at is null and lapses_at > $2 for update`,
    values: [id, now],
  })
}

/** The recovery a link's token opens, held until the transaction ends. */
export function recoveryByToken(
  sql: Sql,
  tokenHash: Buffer,
  now: Date,
): Promise<RecoveryRow | undefined> {
  return sql.first({
    name: 'identity.recovery-link.by-token',
    text: `select ${columns}, seed from identity.recovery
           where token_hash = $1 and ended_at is null and expires_at > $2 for update`,
    values: [tokenHash, now],
  })
}

export function openRecoveries(sql: Sql, now: Date): Promise<Omit<RecoveryRow, 'seed'>[]> {
  return sql.rows({
    name: 'identity.recovery-link.list',
    text: `select ${columns} from identity.recovery
           where ended_at is null and greatest(lapses_at, expires_at) > $1 order by id desc`,
    values: [now],
  })
}

export function setApproved(sql: Sql, id: string, by: string, at: Date) {
  return sql.run({
    name: 'identity.recovery-link.approve',
    text: `update identity.recovery set approved_by = $2, approved_at = $3
           where id = $1 and approved_at is null`,
    values: [id, by, at],
  })
}

/** Puts a link in force; one given out before for the same recovery opens nothing any more. */
export function setLink(sql: Sql, id: string, tokenHash: Buffer, expiresAt: Date) {
  return sql.run({
    name: 'identity.recovery-link.issue',
    text: `update identity.recovery set token_hash = $2, expires_at = $3, seed = null where id = $1`,
    values: [id, tokenHash, expiresAt],
  })
}

export function setRecoverySeed(sql: Sql, id: string, seed: Buffer) {
  return sql.run({
    name: 'identity.recovery-link.set-seed',
    text: 'update identity.recovery set seed = $2 where id = $1',
    values: [id, seed],
  })
}

/** Ends one recovery, and forgets its seed; 0 when there was none to end. */
export function endRecovery(sql: Sql, id: string, at: Date, because: 'used' | 'withdrawn') {
  return sql.run({
    name: 'identity.recovery-link.end',
    text: `update identity.recovery set ended_at = $2, ended_because = $3, seed = null
           where id = $1 and ended_at is null`,
    values: [id, at, because],
  })
}

/** Only the newest of a person is good. */
export function replaceRecoveries(sql: Sql, personId: string, at: Date) {
  return sql.run({
    name: 'identity.recovery-link.replace',
    text: `update identity.recovery set ended_at = $2, ended_because = 'replaced', seed = null
           where person_id = $1 and ended_at is null`,
    values: [personId, at],
  })
}

/** Takes everything from a person that they could show beside the password. @returns how many factors. */
export async function deleteFactorsOf(sql: Sql, personId: string): Promise<number> {
  const row = await sql.first<{ factors: number }>({
    name: 'identity.recovery-link.clear',
    text: `with factors as (delete from identity.factor where person_id = $1 returning id),
             codes as (delete from identity.recovery_code where person_id = $1),
             pending as (delete from identity.pending_totp where person_id = $1)
           select count(*)::int as factors from factors`,
    values: [personId],
  })
  return row?.factors ?? 0
}
