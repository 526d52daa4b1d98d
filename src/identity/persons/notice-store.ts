import type { Sql } from '#kernel'

/** What a notice is about. Facts are ids, names of roles and instants, nothing that names a person. */
export type NoticeKind =
  | 'break-glass-opened'
  | 'break-glass-asked'
  | 'request-asked'
  | 'request-approved'
  | 'request-refused'
  | 'dormant-soon'
  | 'workload-dormant-soon'
  | 'review-asked'
  | 'new-device'
  | 'provider-linked'
  | 'factor-added'
  | 'factor-removed'
  | 'password-changed'
  | 'recovery-code-used'
  | 'recovery-codes-renewed'
  | 'recovery-begun'
  | 'recovery-asked'
  | 'recovery-approved'
  | 'recovery-used'
  | 'recovered'
  | 'export-asked'
  | 'export-approved'
  | 'export-declined'
  | 'change-proposed'

export interface Notice {
  readonly id: string
  readonly personId: string
  readonly kind: NoticeKind
  readonly facts: Readonly<Record<string, string>>
  readonly createdAt: Date
  /** Id of what waits or happened: what is answered is told no longer. */
  readonly about: string | null
  /** From when on it is no news any more. */
  readonly endsAt: Date | null
}

export function insertNotices(sql: Sql, notices: readonly Notice[]) {
  return sql.run({
    name: 'identity.notice.insert',
    text: `insert into identity.notice (id, person_id, kind, facts, created_at, about, ends_at)
           select n.* from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[],
             $5::timestamptz[], $6::uuid[], $7::timestamptz[])
             as n (id, person_id, kind, facts, created_at, about, ends_at)
           join identity.person p on p.id = n.person_id`,
    values: [
      notices.map(({ id }) => id),
      notices.map(({ personId }) => personId),
      notices.map(({ kind }) => kind),
      notices.map(({ facts }) => JSON.stringify(facts)),
      notices.map(({ createdAt }) => createdAt),
      notices.map(({ about }) => about),
      notices.map(({ endsAt }) => endsAt),
    ],
  })
}

const columns = `id, person_id as "personId", kind, facts, created_at as "createdAt", about,
  ends_at as "endsAt"`

export function unseenNotices(sql: Sql, personId: string, now: Date): Promise<Notice[]> {
  return sql.rows({
    name: 'identity.notice.unseen',
    text: `select ${columns} from identity.notice where person_id = $1 and seen_at is null
             and (ends_at is null or ends_at > $2)
           order by id desc limit 50`,
    values: [personId, now],
  })
}

/** Marks one of somebody's own notices as seen; 0 when there is none. */
export function setSeen(sql: Sql, personId: string, id: string, at: Date) {
  return sql.run({
    name: 'identity.notice.seen',
    text: `update identity.notice set seen_at = $3
           where id = $2 and person_id = $1 and seen_at is null`,
    values: [personId, id, at],
  })
}

/** Nobody is told any longer, on a page or by mail, of what was answered. */
export function endNotices(sql: Sql, about: string, kind: NoticeKind, at: Date) {
  return sql.run({
    name: 'identity.notice.end',
    text: `update identity.notice set seen_at = $3
           where about = $1 and kind = $2 and seen_at is null`,
    values: [about, kind, at],
  })
}

/** Notices that nobody mailed yet and that are young enough to be news. */
export function unmailed(
  sql: Sql,
  since: Date,
  now: Date,
): Promise<(Notice & { readonly name: Buffer; readonly email: Buffer })[]> {
  return sql.rows({
    name: 'identity.notice.unmailed',
    text: `select n.id, n.person_id as "personId", n.kind, n.facts, n.created_at as "createdAt",
             n.about, n.ends_at as "endsAt", p.name, p.email
           from identity.notice n join identity.person p on p.id = n.person_id
           where n.mailed_at is null and n.created_at >= $1 and n.seen_at is null
             and (n.ends_at is null or n.ends_at > $2)
           order by n.id limit 100`,
    values: [since, now],
  })
}

export function setMailed(sql: Sql, ids: readonly string[], at: Date) {
  return sql.run({
    name: 'identity.notice.mailed',
    text: 'update identity.notice set mailed_at = $2 where id = any($1::uuid[])',
    values: [ids, at],
  })
}

/** Enabled people, no canaries, whose grants in force allow an action: unconfined ones, or those for a controller. */
export async function peopleWhoMay(
  sql: Sql,
  action: string,
  now: Date,
  controllerId: string | null = null,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.notice.who',
    text: `select distinct a.id from identity.actor a
           join identity.grant g on g.actor_id = a.id join identity.role r on r.name = g.role_name
           where a.kind = 'person' and not a.canary and a.disabled_at is null
             and g.revoked_at is null and (g.expires_at is null or g.expires_at > $2)
             and (g.controllers is null or $3::uuid = any(g.controllers))
             and exists (select from unnest(r.actions) pattern where pattern = $1
               or (right(pattern, 1) = '*' and starts_with($1, left(pattern, -1))))
           order by 1`,
    values: [action, now, controllerId],
  })
  return rows.map(({ id }) => id)
}
