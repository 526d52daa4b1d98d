import type { Sql } from '#kernel'
import type { Passkey } from './passkey.ts'

export interface TotpRow {
  readonly id: string
  /** Sealed. */
  readonly seed: Buffer
  readonly lastStep: number
}

export type PasskeyRow = Passkey & { readonly id: string; readonly personId: string }

export function insertTotp(sql: Sql, row: TotpRow & { readonly personId: string }, at: Date) {
  return sql.run({
    name: 'identity.factor.insert-totp',
    text: `insert into identity.factor (id, person_id, kind, seed, last_step, created_at)
           values ($1, $2, 'totp', $3, $4, $5)`,
    values: [row.id, row.personId, row.seed, row.lastStep, at],
  })
}

export function insertPasskey(sql: Sql, row: PasskeyRow, at: Date) {
  return sql.run({
    name: 'identity.factor.insert-passkey',
    text: `insert into identity.factor
             (id, person_id, kind, passkey_id, public_key, counter, transports, created_at)
           values ($1, $2, 'passkey', $3, $4, $5, $6, $7)`,
    values: [row.id, row.personId, row.passkeyId, row.publicKey, row.counter, row.transports, at],
  })
}

export function totpsOf(sql: Sql, personId: string): Promise<TotpRow[]> {
  return sql.rows({
    name: 'identity.factor.totps',
    text: `select id, seed, last_step as "lastStep" from identity.factor
           where person_id = $1 and kind = 'totp' order by id`,
    values: [personId],
  })
}

/** Takes a step as used; 0 when this step or a later one was used already. */
export function useStep(sql: Sql, id: string, step: number, at: Date) {
  return sql.run({
    name: 'identity.factor.use-step',
    text: `update identity.factor set last_step = $2, last_used_at = $3
           where id = $1 and last_step < $2`,
    values: [id, step, at],
  })
}

export interface FactorRow {
  readonly id: string
  readonly kind: 'totp' | 'passkey'
  /** Sealed. */
  readonly label: Buffer | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** A person's second factors, oldest first; `held` lets nobody else change them until the end. */
export async function factorsOf(
  sql: Sql,
  personId: string,
  how: 'seen' | 'held' = 'seen',
): Promise<FactorRow[]> {
  if (how === 'held')
    await sql.rows({
      name: 'identity.factor.hold',
      text: 'select from identity.person where id = $1 for no key update',
      values: [personId],
    })
  return sql.rows({
    name: 'identity.factor.list',
    text: `select id, kind, label, created_at as "createdAt", last_used_at as "lastUsedAt"
           from identity.factor where person_id = $1 order by id`,
    values: [personId],
  })
}

export function setFactorLabel(sql: Sql, id: string, label: Buffer) {
  return sql.run({
    name: 'identity.factor.label',
    text: 'update identity.factor set label = $2 where id = $1',
    values: [id, label],
  })
}

export function deleteFactor(sql: Sql, personId: string, id: string) {
  return sql.run({
    name: 'identity.factor.delete',
    text: 'delete from identity.factor where person_id = $1 and id = $2',
    values: [personId, id],
  })
}

/** Keeps a seed that was shown; one shown before is forgotten. */
export function keepPendingSeed(
  sql: Sql,
  row: { readonly personId: string; readonly seed: Buffer; readonly expiresAt: Date },
) {
  return sql.run({
    name: 'identity.factor.keep-seed',
    text: `insert into identity.pending_totp (person_id, seed, expires_at) values ($1, $2, $3)
           on conflict (person_id) do update
           set seed = excluded.seed, expires_at = excluded.expires_at`,
    values: [row.personId, row.seed, row.expiresAt],
  })
}

/** Takes out the seed that waits for its first code; a wrong code leaves it, for the act then fails. */
export async function takePendingSeed(
  sql: Sql,
  personId: string,
  now: Date,
): Promise<Buffer | undefined> {
  const row = await sql.first<{ seed: Buffer }>({
    name: 'identity.factor.take-seed',
    text: `delete from identity.pending_totp where person_id = $1 and expires_at > $2 returning seed`,
    values: [personId, now],
  })
  return row?.seed
}

export function forgetRecoveryCodes(sql: Sql, personId: string) {
  return sql.run({
    name: 'identity.recovery.forget',
    text: 'delete from identity.recovery_code where person_id = $1',
    values: [personId],
  })
}

const passkeyColumns = `id, person_id as "personId", passkey_id as "passkeyId",
  public_key as "publicKey", counter, transports`

export function passkeysOf(sql: Sql, personId: string): Promise<PasskeyRow[]> {
  return sql.rows({
    name: 'identity.factor.passkeys',
    text: `select ${passkeyColumns} from identity.factor
           where person_id = $1 and kind = 'passkey' order by id`,
    values: [personId],
  })
}

export function passkeyBy(sql: Sql, passkeyId: string): Promise<PasskeyRow | undefined> {
  return sql.first({
    name: 'identity.factor.passkey',
    text: `select ${passkeyColumns} from identity.factor where passkey_id = $1`,
    values: [passkeyId],
  })
}

/**
 * Takes a passkey's counter as seen; 0 when it did not grow, which tells of a copy. Passkeys that
 * are synchronised do not count and always say 0 (WebAuthn §6.1.1).
 */
export function usePasskey(sql: Sql, id: string, counter: number, at: Date) {
  return sql.run({
    name: 'identity.factor.use-passkey',
    text: `update identity.factor set counter = $2, last_used_at = $3
           where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`,
    values: [id, counter, at],
  })
}

export function insertRecoveryCodes(sql: Sql, personId: string, hashes: readonly Buffer[]) {
  return sql.run({
    name: 'identity.recovery.insert',
    text: `insert into identity.recovery_code (person_id, code_hash)
           select $1, code from unnest($2::bytea[]) code`,
    values: [personId, hashes],
  })
}

/** Takes a recovery code as used; 0 when it is not one or was used already. */
export function useRecoveryCode(sql: Sql, personId: string, hash: Buffer, at: Date) {
  return sql.run({
    name: 'identity.recovery.use',
    text: `update identity.recovery_code set used_at = $3
           where person_id = $1 and code_hash = $2 and used_at is null`,
    values: [personId, hash, at],
  })
}

export async function recoveryCodesLeft(sql: Sql, personId: string): Promise<number> {
  const row = await sql.first<{ left: number }>({
    name: 'identity.recovery.left',
    text: `select count(*)::int as left from identity.recovery_code
           where person_id = $1 and used_at is null`,
    values: [personId],
  })
  return row?.left ?? 0
}

export interface ChallengeRow {
  readonly id: string
  readonly challenge: string
  readonly sessionId: string | null
  readonly enrolmentId: string | null
  readonly recoveryId: string | null
  readonly expiresAt: Date
}

/** Whose a challenge is; nobody's where a passkey alone will answer it. */
export interface ChallengeOwner {
  readonly sessionId?: string
  readonly enrolmentId?: string
  readonly recoveryId?: string
}

export function insertChallenge(sql: Sql, row: ChallengeRow) {
  return sql.run({
    name: 'identity.challenge.insert',
    text: `insert into identity.challenge
             (id, challenge, session_id, enrolment_id, recovery_id, expires_at)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [row.id, row.challenge, row.sessionId, row.enrolmentId, row.recoveryId, row.expiresAt],
  })
}

/** Takes a challenge out, so that it answers once: for this session, enrolment or recovery, or for none. */
export async function takeChallenge(
  sql: Sql,
  id: string,
  owner: ChallengeOwner,
  now: Date,
): Promise<string | undefined> {
  const row = await sql.first<{ challenge: string }>({
    name: 'identity.challenge.take',
    text: `delete from identity.challenge where id = $1 and expires_at > $4
             and session_id is not distinct from $2 and enrolment_id is not distinct from $3
             and recovery_id is not distinct from $5
           returning challenge`,
    values: [id, owner.sessionId ?? null, owner.enrolmentId ?? null, now, owner.recoveryId ?? null],
  })
  return row?.challenge
}
