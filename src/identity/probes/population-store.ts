import type { Sql } from '#kernel'

/** How many of how many. */
export interface Share {
  readonly n: number
  readonly of: number
}

/** Grants in force that were used, or are too young to tell, since `since`. */
export async function grantsUsed(sql: Sql, now: Date, since: Date): Promise<Share> {
  return (await sql.first<Share>({
    name: 'identity.population.grants-used',
    text: `select count(*) filter (where coalesce(g.last_used_at, g.created_at) >= $2)::int as n,
             count(*)::int as of
           from identity.grant g join identity.actor a on a.id = g.actor_id
           where g.revoked_at is null and (g.expires_at is null or g.expires_at > $1)
             and not a.canary`,
    values: [now, since],
  }))!
}

/**
 * Enabled persons with a privileged grant who have a passkey or a TOTP, or sign in by an identity
 * provider that is told apart with and without a second factor, or can by nothing else because its
 * directory brought them; with how many have a passkey.
 */
export async function privilegedProven(
  sql: Sql,
  now: Date,
): Promise<Share & { readonly passkeys: number }> {
  return (await sql.first<Share & { passkeys: number }>({
    name: 'identity.population.privileged-proven',
    text: `select count(*)::int as of,
             count(*) filter (where exists (
               select from identity.factor f where f.person_id = p.id)
               or exists (select from identity.provider_person l
                 join identity.provider i on i.id = l.provider_id
                 where l.person_id = p.id and i.disabled_at is null)
               or (p.password_hash is null and exists (select from identity.directory_person d
                 join identity.provider i on i.id = d.provider_id
                 where d.person_id = p.id and i.disabled_at is null)))::int as n,
             count(*) filter (where exists (
               select from identity.factor f where f.person_id = p.id and f.kind = 'passkey'))::int
               as passkeys
           from identity.person p join identity.actor a on a.id = p.id
           where not a.canary and a.disabled_at is null and exists (
             select from identity.grant g join identity.role r on r.name = g.role_name
             where g.actor_id = p.id and r.privileged and g.revoked_at is null
               and (g.expires_at is null or g.expires_at > $1))`,
    values: [now],
  }))!
}

/** Passwords hashed with the current parameters, and e-mails that stand twice. */
export async function passwordsCurrent(
  sql: Sql,
  prefix: string,
): Promise<Share & { readonly doubles: number }> {
  return (await sql.first<Share & { doubles: number }>({
    name: 'identity.population.passwords',
    text: `select count(*) filter (where starts_with(p.password_hash, $1))::int as n,
             count(p.password_hash)::int as of,
             (count(*) - count(distinct p.email_index))::int as doubles
           from identity.person p join identity.actor a on a.id = p.id where not a.canary`,
    values: [prefix],
  }))!
}

/** Enabled accounts used, or made, since `since`; those exempt for break-glass are counted apart. */
export async function accountsAwake(sql: Sql, since: Date): Promise<Share> {
  return (await sql.first<Share>({
    name: 'identity.population.awake',
    text: `select count(*)::int as of, count(*) filter (where greatest(
               coalesce(a.last_used_at, a.created_at),
               (select max(last_seen_at) from identity.session where person_id = a.id),
               (select max(last_used_at) from identity.credential where workload_id = a.id),
               (select max(last_used_at) from identity.certificate where workload_id = a.id)) >= $1
             )::int as n
           from identity.actor a where a.disabled_at is null and not a.canary
             and not exists (select from identity.break_glass b where b.person_id = a.id)`,
    values: [since],
  }))!
}

export interface ReviewState extends Share {
  readonly lastClosedAt: Date | null
  readonly overdue: number
}

/** Grants in force that were made, or kept by a review, since `since`; and how the reviews stand. */
export async function reviewState(sql: Sql, now: Date, since: Date): Promise<ReviewState> {
  return (await sql.first<ReviewState>({
    name: 'identity.population.reviewed',
    text: `select count(*)::int as of, count(*) filter (where g.created_at >= $2 or exists (
               select from identity.review_item i where i.grant_id = g.id
                 and i.decision = 'keep' and i.decided_at >= $2))::int as n,
             (select max(closed_at) from identity.review where not canary) as "lastClosedAt",
             (select count(*)::int from identity.review_item i
              join identity.review r on r.id = i.review_id
              where not r.canary and r.closed_at is null and i.decision is null
                and r.due_at < $1::timestamptz - interval '2 hours') as overdue
           from identity.grant g join identity.actor a on a.id = g.actor_id
           where g.revoked_at is null and (g.expires_at is null or g.expires_at > $1)
             and not a.canary`,
    values: [now, since],
  }))!
}
