import type { Sql } from '#kernel'
import type { JWK } from 'jose'
import type { KeyAlgorithm } from './assertion.ts'

export interface WorkloadKey {
  readonly id: string
  readonly workloadId: string
  readonly label: string
  readonly algorithm: KeyAlgorithm
  readonly jwk: JWK
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

/** The person who can act by what is stored here; null where it is none. */
interface MadeBy {
  readonly madeBy: string | null
}

/** Keeps a key; 0 when the workload has it already. */
export function insertKey(sql: Sql, k: Omit<WorkloadKey, 'revokedAt' | 'lastUsedAt'> & MadeBy) {
  return sql.run({
    name: 'identity.key.insert',
    text: `insert into identity.workload_key (id, workload_id, label, algorithm, jwk, thumbprint,
             created_at, expires_at, made_by)
           values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9) on conflict do nothing`,
    values: [
      k.id,
      k.workloadId,
      k.label,
      k.algorithm,
      JSON.stringify(k.jwk),
      k.thumbprint,
      k.createdAt,
      k.expiresAt,
      k.madeBy,
    ],
  })
}

const keyColumns = `id, workload_id as "workloadId", label, algorithm, jwk, thumbprint,
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
  last_used_at as "lastUsedAt"`

export function keysOf(sql: Sql, workloadId: string): Promise<WorkloadKey[]> {
  return sql.rows({
    name: 'identity.key.list',
    text: `select ${keyColumns} from identity.workload_key where workload_id = $1 order by id`,
    values: [workloadId],
  })
}

export function setKeyUsed(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.key.used',
    text: 'update identity.workload_key set last_used_at = $2 where id = $1',
    values: [id, at],
  })
}

/** Revokes a key and every token it got; 0 when there was none to revoke. */
export async function revokeKey(sql: Sql, id: string, at: Date): Promise<number> {
  const revoked = await sql.run({
    name: 'identity.key.revoke',
    text: 'update identity.workload_key set revoked_at = $2 where id = $1 and revoked_at is null',
    values: [id, at],
  })
  await sql.run({
    name: 'identity.key.revoke-tokens',
    text: 'update identity.credential set revoked_at = $2 where key_id = $1 and revoked_at is null',
    values: [id, at],
  })
  return revoked
}

/** Notes an assertion; 0 when it was shown before. Those that could not be shown again are forgotten. */
export async function noteAssertion(sql: Sql, key: Buffer, expiresAt: Date, now: Date) {
  await sql.run({
    name: 'identity.assertion.sweep',
    text: 'delete from identity.assertion where expires_at < $1',
    values: [now],
  })
  return sql.run({
    name: 'identity.assertion.note',
    text: 'insert into identity.assertion (key, expires_at) values ($1, $2) on conflict do nothing',
    values: [key, expiresAt],
  })
}

export interface AuthorityRow {
  readonly id: string
  readonly certificate: string
  /** Sealed. */
  readonly privateKey: Buffer
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** Authorities that have not run out, newest first. */
export function authorities(sql: Sql, now: Date): Promise<AuthorityRow[]> {
  return sql.rows({
    name: 'identity.authority.list',
    text: `select id, certificate, private_key as "privateKey", created_at as "createdAt",
             expires_at as "expiresAt"
           from identity.client_authority where expires_at > $1 order by id desc`,
    values: [now],
  })
}

export function insertAuthority(sql: Sql, a: AuthorityRow) {
  return sql.run({
    name: 'identity.authority.insert',
    text: `insert into identity.client_authority (id, certificate, private_key, created_at, expires_at)
           values ($1, $2, $3, $4, $5)`,
    values: [a.id, a.certificate, a.privateKey, a.createdAt, a.expiresAt],
  })
}

/** Lets one transaction at a time make an authority. */
export function holdAuthority(sql: Sql) {
  return sql.run({
    name: 'identity.authority.hold',
    text: `select pg_advisory_xact_lock(hashtext('identity.client-authority'))`,
  })
}

export interface CertificateRow {
  readonly id: string
  readonly workloadId: string
  readonly fingerprint: Buffer
  readonly issuedAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedAt: Date | null
}

/** @param c.renewedFrom - the certificate it was got by; null where a person had it issued. */
export function insertCertificate(
  sql: Sql,
  c: Omit<CertificateRow, 'revokedAt' | 'lastUsedAt'> &
    MadeBy & { readonly renewedFrom: string | null },
) {
  return sql.run({
    name: 'identity.certificate.insert',
    text: `insert into identity.certificate
             (id, workload_id, fingerprint, issued_at, expires_at, renewed_from, made_by)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [c.id, c.workloadId, c.fingerprint, c.issuedAt, c.expiresAt, c.renewedFrom, c.madeBy],
  })
}

/** Whether a person made anything by which a workload could be known at a moment. */
export async function madeProofOf(
  sql: Sql,
  personId: string,
  workloadId: string,
  at: Date,
): Promise<boolean> {
  const own = (table: string, since = 'created_at') => `select from identity.${table}
    where workload_id = $1 and made_by = $2 and ${since} <= $3 and expires_at > $3
      and coalesce(revoked_at > $3, true)`
  const row = await sql.first<{ made: boolean }>({
    name: 'identity.proof.made-by',
    text: `select exists (${own('credential')}) or exists (${own('workload_key')})
        or exists (${own('certificate', 'issued_at')}) as made`,
    values: [workloadId, personId, at],
  })
  return row!.made
}

const certificateColumns = `id, workload_id as "workloadId", fingerprint, issued_at as "issuedAt",
  expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`

export function certificatesOf(sql: Sql, workloadId: string): Promise<CertificateRow[]> {
  return sql.rows({
    name: 'identity.certificate.list',
    text: `select ${certificateColumns} from identity.certificate where workload_id = $1 order by id`,
    values: [workloadId],
  })
}

export function certificateBy(
  sql: Sql,
  id: string,
): Promise<(CertificateRow & MadeBy) | undefined> {
  return sql.first({
    name: 'identity.certificate.get',
    text: `select ${certificateColumns}, made_by as "madeBy" from identity.certificate where id = $1`,
    values: [id],
  })
}

/** Holds a workload's certificates: none is renewed while one of them is revoked, nor the other way round. */
export async function holdCertificates(sql: Sql, workloadId: string): Promise<void> {
  await sql.rows({
    name: 'identity.certificate.hold',
    text: 'select from identity.workload where id = $1 for no key update',
    values: [workloadId],
  })
}

/**
 * Revokes a certificate, those had by it, and the tokens bound to any of them.
 *
 * @returns the ids of those that were not revoked before.
 */
export async function revokeCertificateRow(sql: Sql, id: string, at: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.certificate.revoke',
    text: `with recursive line as (
             select id, fingerprint from identity.certificate where id = $1
             union
             select c.id, c.fingerprint from identity.certificate c join line on c.renewed_from = line.id
           ), tokens as (update identity.credential set revoked_at = $2
             where revoked_at is null and bound_to in (select fingerprint from line))
           update identity.certificate c set revoked_at = $2 from line
           where c.id = line.id and c.revoked_at is null returning c.id`,
    values: [id, at],
  })
  return rows.map((row) => row.id)
}

/** Revokes every living key and certificate of a workload and returns their ids. */
export async function revokeProofsOf(sql: Sql, workloadId: string, at: Date): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.proof.revoke-all',
    text: `with keys as (update identity.workload_key set revoked_at = $2
             where workload_id = $1 and revoked_at is null and expires_at > $2 returning id
           ), certificates as (update identity.certificate set revoked_at = $2
             where workload_id = $1 and revoked_at is null and expires_at > $2 returning id)
           select id from keys union all select id from certificates`,
    values: [workloadId, at],
  })
  return rows.map(({ id }) => id)
}

/** Binds a workload to networks and purposes; null sets it free of them. */
export function setBounds(
  sql: Sql,
  id: string,
  networks: readonly string[] | null,
  purposes: readonly string[] | null,
) {
  return sql.run({
    name: 'identity.workload.bind',
    text: 'update identity.workload set networks = $2::cidr[], purposes = $3::text[] where id = $1',
    values: [id, networks, purposes],
  })
}
