import type { Assurance, Sql } from '#kernel'

export interface SessionRow {
  readonly id: string
  readonly personId: string
  readonly assurance: Assurance
  /** Sealed: address and agent. */
  readonly source: Buffer
  readonly startedAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

export function insertSession(
  sql: Sql,
  s: Omit<SessionRow, 'lastSeenAt'> & {
    readonly tokenHash: Buffer
    readonly provenAt: Date | null
  },
) {
  return sql.run({
    name: 'identity.session.insert',
    text: `insert into identity.session
             (id, person_id, token_hash, assurance, source, started_at, last_seen_at, expires_at,
              proven_at)
           values ($1, $2, $3, $4, $5, $6, $6, $7, $8)`,
    values: [
      s.id,
      s.personId,
      s.tokenHash,
      s.assurance,
      s.source,
      s.startedAt,
      s.expiresAt,
      s.provenAt,
    ],
  })
}

const columns = `id, person_id as "personId", assurance, source, started_at as "startedAt",
  last_seen_at as "lastSeenAt", expires_at as "expiresAt"`

/** Sessions that have neither ended nor passed their absolute limit, newest first. */
export function liveSessionsOf(sql: Sql, personId: string, now: Date): Promise<SessionRow[]> {
  return sql.rows({
    name: 'identity.session.list',
    text: `select ${columns} from identity.session
           where person_id = $1 and ended_at is null and expires_at > $2 order by id desc`,
    values: [personId, now],
  })
}

export function sessionOf(sql: Sql, id: string): Promise<SessionRow | undefined> {
  return sql.first({
    name: 'identity.session.get',
    text: `select ${columns} from identity.session where id = $1 and ended_at is null`,
    values: [id],
  })
}

/** The same session under a new token: whoever holds the old one holds nothing. */
export function rotateSession(
  sql: Sql,
  s: { readonly id: string; readonly tokenHash: Buffer; readonly expiresAt: Date },
  now: Date,
) {
  return sql.run({
    name: 'identity.session.rotate',
    text: `update identity.session set token_hash = $2, assurance = 2, expires_at = $3, last_seen_at = $4,
             proven_at = $4
           where id = $1 and ended_at is null and expires_at > $4`,
    values: [s.id, s.tokenHash, s.expiresAt, now],
  })
}

/** Ends one session of a person; 0 when there was none to end. */
export function endSessionOf(sql: Sql, personId: string, id: string, at: Date, because: string) {
  return sql.run({
    name: 'identity.session.end',
    text: `update identity.session set ended_at = $3, ended_because = $4
           where id = $2 and person_id = $1 and ended_at is null`,
    values: [personId, id, at, because],
  })
}

/** As {@link endAllOf}, but for one that stays. */
export async function endOthersOf(
  sql: Sql,
  personId: string,
  stays: string | null,
  at: Date,
  because: string,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string; live: boolean }>({
    name: 'identity.session.end-others',
    text: `update identity.session set ended_at = $3, ended_because = $4
           where person_id = $1 and id is distinct from $2 and ended_at is null
           returning id, expires_at > $3 as live`,
    values: [personId, stays, at, because],
  })
  return rows.filter(({ live }) => live).map(({ id }) => id)
}

/** Ends all sessions of a person and returns the ids of those that were still good. */
export async function endAllOf(
  sql: Sql,
  personId: string,
  at: Date,
  because: string,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string; live: boolean }>({
    name: 'identity.session.end-all',
    text: `update identity.session set ended_at = $2, ended_because = $3
           where person_id = $1 and ended_at is null returning id, expires_at > $2 as live`,
    values: [personId, at, because],
  })
  return rows.filter(({ live }) => live).map(({ id }) => id)
}

/** Ends a person's oldest sessions of one assurance, all but the newest `most`. @returns their ids. */
export async function endOldestOf(
  sql: Sql,
  { personId, assurance, most }: { personId: string; assurance: Assurance; most: number },
  at: Date,
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.session.end-oldest',
    text: `update identity.session set ended_at = $4, ended_because = 'too many at once'
           where id in (select id from identity.session
             where person_id = $1 and assurance = $2 and ended_at is null and expires_at > $4
             order by started_at desc, id desc offset $3)
           returning id`,
    values: [personId, assurance, most, at],
  })
  return rows.map(({ id }) => id)
}

/** Lets all sessions of a person run out now. */
export function expireAllOf(sql: Sql, personId: string, at: Date) {
  return sql.run({
    name: 'identity.session.expire-all',
    text: 'update identity.session set expires_at = $2 where person_id = $1 and ended_at is null',
    values: [personId, at],
  })
}
