import type { Sql } from '#kernel'
import type { ProviderTerms } from './provider.ts'

export interface ProviderRow extends ProviderTerms {
  readonly id: string
  /** Sealed; null for a public client. */
  readonly clientSecret: Buffer | null
  /** The workload that keeps its people and groups here. */
  readonly directoryId: string | null
  readonly createdAt: Date
  readonly disabledAt: Date | null
}

const columns = `id, kind, name, issuer, entry_point as "entryPoint", certificates,
  email_attribute as "emailAttribute", client_id as "clientId", client_secret as "clientSecret",
  strong_amr as "strongAmr", strong_acr as "strongAcr", group_claim as "groupClaim",
  group_roles as "groupRoles", links_by_email as "linksByEmail",
  makes_accounts as "makesAccounts", directory_id as "directoryId",
  created_at as "createdAt", disabled_at as "disabledAt"`

/** Keeps a provider; 0 when another in force has the name. */
export function insertProvider(
  sql: Sql,
  p: Omit<ProviderRow, 'directoryId' | 'disabledAt'> & { readonly createdBy: string },
) {
  return sql.run({
    name: 'identity.provider.insert',
    text: `insert into identity.provider (id, name, issuer, client_id, client_secret, strong_amr,
             strong_acr, group_claim, group_roles, links_by_email, makes_accounts, created_by, created_at,
             kind, entry_point, certificates, email_attribute)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
           on conflict (lower(name)) where disabled_at is null do nothing`,
    values: [
      p.id,
      p.name,
      p.issuer,
      p.clientId,
      p.clientSecret,
      p.strongAmr,
      p.strongAcr,
      p.groupClaim,
      JSON.stringify(p.groupRoles),
      p.linksByEmail,
      p.makesAccounts,
      p.createdBy,
      p.createdAt,
      p.kind,
      p.entryPoint,
      p.certificates,
      p.emailAttribute,
    ],
  })
}

/** Providers in force, by name. */
export function providers(sql: Sql): Promise<ProviderRow[]> {
  return sql.rows({
    name: 'identity.provider.list',
    text: `select ${columns} from identity.provider where disabled_at is null order by lower(name)`,
  })
}

export function providerBy(sql: Sql, id: string): Promise<ProviderRow | undefined> {
  return sql.first({
    name: 'identity.provider.get',
    text: `select ${columns} from identity.provider where id = $1 and disabled_at is null`,
    values: [id],
  })
}

/** The provider in force that has this workload as its directory. */
export function providerOfDirectory(
  sql: Sql,
  workloadId: string,
): Promise<ProviderRow | undefined> {
  return sql.first({
    name: 'identity.provider.of-directory',
    text: `select ${columns} from identity.provider
           where directory_id::text = $1 and disabled_at is null`,
    values: [workloadId],
  })
}

export function setDirectory(sql: Sql, id: string, workloadId: string | null) {
  return sql.run({
    name: 'identity.provider.set-directory',
    text: `update identity.provider p set directory_id = $2
           where id = $1 and disabled_at is null and not exists (
             select from identity.provider o
             where o.directory_id = $2 and o.id <> $1 and o.disabled_at is null)`,
    values: [id, workloadId],
  })
}

export function setGroupRoles(sql: Sql, id: string, groupRoles: ProviderTerms['groupRoles']) {
  return sql.run({
    name: 'identity.provider.set-group-roles',
    text: 'update identity.provider set group_roles = $2 where id = $1 and disabled_at is null',
    values: [id, JSON.stringify(groupRoles)],
  })
}

export function setProviderDisabled(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.provider.disable',
    text: 'update identity.provider set disabled_at = $2 where id = $1 and disabled_at is null',
    values: [id, at],
  })
}

export interface AttemptRow {
  readonly stateHash: Buffer
  readonly providerId: string
  readonly browserHash: Buffer
  /** Sealed. */
  readonly checks: Buffer
  readonly expiresAt: Date
}

/** Keeps an attempt, and forgets those whose time has passed. */
export function insertAttempt(sql: Sql, a: AttemptRow, now: Date) {
  return sql.run({
    name: 'identity.provider.attempt',
    text: `with gone as (delete from identity.provider_attempt where expires_at <= $6)
           insert into identity.provider_attempt
             (state_hash, provider_id, browser_hash, checks, expires_at)
           values ($1, $2, $3, $4, $5)`,
    values: [a.stateHash, a.providerId, a.browserHash, a.checks, a.expiresAt, now],
  })
}

/** Takes an attempt out, so that it comes back once, and only to the browser it began in. */
export function takeAttempt(
  sql: Sql,
  { stateHash, browserHash, now }: { stateHash: Buffer; browserHash: Buffer; now: Date },
) {
  return sql.first<Pick<AttemptRow, 'providerId' | 'checks'> & { readonly answer: Buffer | null }>({
    name: 'identity.provider.take-attempt',
    text: `with answered as (select answer from identity.saml_answer where state_hash = $1)
           delete from identity.provider_attempt
           where state_hash = $1 and browser_hash = $2 and expires_at > $3
           returning provider_id as "providerId", checks, (select answer from answered) as answer`,
    values: [stateHash, browserHash, now],
  })
}

/** Whether a sign-in by SAML waits under this state. */
export async function samlWaits(sql: Sql, stateHash: Buffer, now: Date): Promise<boolean> {
  const row = await sql.first({
    name: 'identity.provider.saml-waits',
    text: `select 1 as one from identity.provider_attempt t
           join identity.provider p on p.id = t.provider_id
           where t.state_hash = $1 and t.expires_at > $2 and p.kind = 'saml' and p.disabled_at is null`,
    values: [stateHash, now],
  })
  return row !== undefined
}

/** Keeps what a SAML provider had posted; 0 when something was posted before. */
export function insertAnswer(sql: Sql, stateHash: Buffer, answer: Buffer) {
  return sql.run({
    name: 'identity.provider.saml-answer',
    text: `insert into identity.saml_answer (state_hash, answer) values ($1, $2)
           on conflict (state_hash) do nothing`,
    values: [stateHash, answer],
  })
}

/** Whom a provider knows under a subject, held until the transaction ends. */
export async function personOfSubject(
  sql: Sql,
  providerId: string,
  subjectKey: Buffer,
): Promise<string | undefined> {
  const row = await sql.first<{ personId: string }>({
    name: 'identity.provider.person',
    text: `select person_id as "personId" from identity.provider_person
           where provider_id = $1 and subject_key = $2 for update`,
    values: [providerId, subjectKey],
  })
  return row?.personId
}

/** Links a subject with a person; 0 when either is linked already. */
export function linkPerson(
  sql: Sql,
  link: {
    readonly providerId: string
    readonly subjectKey: Buffer
    readonly personId: string
    readonly at: Date
  },
) {
  return sql.run({
    name: 'identity.provider.link',
    text: `insert into identity.provider_person (provider_id, subject_key, person_id, linked_at)
           values ($1, $2, $3, $4) on conflict do nothing`,
    values: [link.providerId, link.subjectKey, link.personId, link.at],
  })
}

/** Grants in force that somebody holds through a provider. */
export function grantsThrough(
  sql: Sql,
  personId: string,
  createdBy: string,
  now: Date,
): Promise<{ id: string; role: string }[]> {
  return sql.rows({
    name: 'identity.provider.grants',
    text: `select id, role_name as role from identity.grant
           where actor_id = $1 and created_by = $2 and revoked_at is null
             and (expires_at is null or expires_at > $3)`,
    values: [personId, createdBy, now],
  })
}
