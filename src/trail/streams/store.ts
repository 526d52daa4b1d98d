import type { Sql } from '#kernel'
import type { PayloadEntry } from '../entries/entry.ts'
import { columns, itsEntry } from '../entries/read-store.ts'
import type { Content, StreamKind, StreamState } from './stream.ts'

export interface Stream {
  readonly streamId: string
  readonly name: string
  readonly kind: StreamKind
  readonly address: string
  readonly content: Content
  /** Null: every log there is. */
  readonly logs: readonly string[] | null
  readonly ca: string | null
  /** Sealed. */
  readonly secret: Buffer | null
  /** How far behind it may be before that is an alarm. */
  readonly lagSeconds: number
  readonly addedAt: Date
  readonly addedBy: string
  readonly state: StreamState
  readonly epoch: number
  readonly delivered: number
  readonly deliveredAt: Date | null
  readonly rejected: number
  readonly failures: number
  readonly failedAt: Date | null
  readonly retryAt: Date | null
  readonly lastError: string | null
}

const own = `s.id as "streamId", s.name, s.kind, s.address, s.content, s.logs, s.ca, s.secret,
  s.lag_seconds as "lagSeconds", s.added_at as "addedAt", s.added_by as "addedBy", s.state, s.epoch,
  s.delivered, s.delivered_at as "deliveredAt", s.rejected, s.failures, s.failed_at as "failedAt",
  s.retry_at as "retryAt", s.last_error as "lastError"`

/**
 * Acts that come of sending and looking: alone they are no reason to send, or each batch would be the
 * reason of the next.
 */
export const quietActions: readonly string[] = ['trail.stream.send', 'trail.entry.tail']

/** Logs of a stream `s` that go on behind its cursor `c`, up to what is signed; to the end where signing is stopped. */
const behind = `
  trail.log l
  left join trail.stream_cursor c on c.stream_id = s.id and c.log = l.log
  cross join lateral (
    select coalesce(c.next_index, 0) as "from",
      case when (select refused_at from trail.state) is null then l.signed_size else l.size end as until
  ) w
  where l.log <> 'root' and (s.logs is null or l.log = any (s.logs)) and w."from" < w.until`

const loud = `
  select e.at from trail.sequence q join trail.entry e using (id)
  where q.log = l.log and q.idx >= w."from" and q.idx < w.until and e.action <> all ($1::text[])
  order by q.idx limit 1`

export async function insertStream(
  sql: Sql,
  stream: Pick<
    Stream,
    | 'streamId'
    | 'name'
    | 'kind'
    | 'address'
    | 'content'
    | 'logs'
    | 'ca'
    | 'secret'
    | 'lagSeconds'
    | 'addedAt'
    | 'addedBy'
  >,
): Promise<void> {
  await sql.run({
    name: 'trail.stream.insert',
    text: `insert into trail.stream (id, name, kind, address, content, logs, ca, secret, lag_seconds,
        added_at, added_by)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      stream.streamId,
      stream.name,
      stream.kind,
      stream.address,
      stream.content,
      stream.logs,
      stream.ca,
      stream.secret,
      stream.lagSeconds,
      stream.addedAt,
      stream.addedBy,
    ],
  })
}

export async function findStream(sql: Sql, streamId: string): Promise<Stream | undefined> {
  return sql.first({
    name: 'trail.stream.find',
    text: `select ${own} from trail.stream s where s.id = $1 and s.state <> 'removed'`,
    values: [streamId],
  })
}

export async function countStreams(sql: Sql): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'trail.stream.count',
    text: "select count(*) as count from trail.stream where state <> 'removed'",
  })
  return row!.count
}

export interface StreamStanding extends Stream {
  /** Since when the oldest entry waits that is a reason to send; null when none waits. */
  readonly waitsSince: Date | null
  readonly waiting: number
}

/** Every stream there is, and how far behind it is. */
export async function streamStandings(sql: Sql): Promise<StreamStanding[]> {
  return sql.rows({
    name: 'trail.stream.standings',
    text: `
      select ${own}, lag.since as "waitsSince", lag.waiting
      from trail.stream s cross join lateral (
        select min(each.at) as since, coalesce(sum(each.count), 0)::bigint as waiting
        from (select w.until - w."from" as count, (${loud}) as at from ${behind}) each
      ) lag
      where s.state <> 'removed' order by s.id`,
    values: [quietActions],
  })
}

/** Whether any stream has something to send and may. A plain look. */
export async function isAnyDue(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ due: boolean }>({
    name: 'trail.stream.any-due',
    text: `
      select exists (
        select from trail.stream s
        where s.state = 'active' and (s.retry_at is null or s.retry_at <= now())
          and exists (select from ${behind} and exists (${loud}))
      ) as due`,
    values: [quietActions],
  })
  return row!.due
}

/** Active streams whose time it is, each with its logs, those first that were sent from longest ago. */
export async function dueStreams(
  sql: Sql,
  now: Date,
): Promise<
  (Stream & { readonly work: readonly { log: string; from: number; until: number }[] })[]
> {
  return sql.rows({
    name: 'trail.stream.due',
    text: `
      select ${own}, work.list as work
      from trail.stream s cross join lateral (
        select jsonb_agg(jsonb_build_object('log', l.log, 'from', w."from", 'until', w.until)
            order by c.sent_at nulls first, l.log) as list
        from ${behind} and exists (${loud})
      ) work
      where s.state = 'active' and (s.retry_at is null or s.retry_at <= $2)
        and work.list is not null
      order by s.id`,
    values: [quietActions, now],
  })
}

/** Entries of one log from an index on, with what is sealed beside them. */
export async function entriesOfLog(
  sql: Sql,
  log: string,
  from: number,
  limit: number,
): Promise<PayloadEntry[]> {
  return sql.rows({
    name: 'trail.stream.entries',
    text: `
      select ${columns}, e.body, e.leaf, p.sealed as payload
      from trail.sequence s cross join ${itsEntry}
        left join trail.payload p on p.entry_id = e.id
      where s.log = $1 and s.idx >= $2 order by s.idx limit $3`,
    values: [log, from, limit],
  })
}

/** Puts the cursors of all that exists now at its end: what comes next is the first to be sent. */
export async function beginAtEnd(sql: Sql, streamId: string): Promise<void> {
  await sql.run({
    name: 'trail.stream.begin-at-end',
    text: `insert into trail.stream_cursor (stream_id, log, next_index)
      select $1, log, size from trail.log where log <> 'root'`,
    values: [streamId],
  })
}

export interface CursorRow {
  readonly log: string
  readonly next: number
}

/** Moves cursors on, unless somebody has moved them by hand since. */
export async function advance(
  sql: Sql,
  { streamId, epoch }: Pick<Stream, 'streamId' | 'epoch'>,
  rows: readonly CursorRow[],
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.stream.advance',
    text: `
      insert into trail.stream_cursor as c (stream_id, log, next_index, sent_at)
      select s.id, moved.log, moved.next_index, $5
      from trail.stream s, unnest($3::text[], $4::bigint[]) as moved (log, next_index)
      where s.id = $1 and s.epoch = $2
      on conflict (stream_id, log) do update
        set next_index = greatest(c.next_index, excluded.next_index), sent_at = excluded.sent_at`,
    values: [streamId, epoch, rows.map(({ log }) => log), rows.map(({ next }) => next), now],
  })
}

export async function noteDelivered(
  sql: Sql,
  streamId: string,
  { entries, rejected, said }: { entries: number; rejected: number; said: string | null },
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.stream.delivered',
    text: `update trail.stream set delivered = delivered + $2 - $3, rejected = rejected + $3,
        delivered_at = $5, failures = 0, retry_at = null,
        failed_at = case when $3 > 0 then $5::timestamptz end,
        last_error = case when $3 > 0 then coalesce($4, 'it rejected records') end
      where id = $1`,
    values: [streamId, entries, rejected, said, now],
  })
}

export async function noteFailed(
  sql: Sql,
  streamId: string,
  { error, retryAt, halts }: { error: string; retryAt: Date; halts: boolean },
  now: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.stream.failed',
    text: `update trail.stream set failures = failures + 1, failed_at = $4, last_error = $2,
        retry_at = $3,
        state = case when $5 and state = 'active' then 'halted' else state end
      where id = $1`,
    values: [streamId, error, retryAt, now, halts],
  })
}

/** Sets a stream's state by hand; whatever it waited for is over. */
export async function setState(sql: Sql, streamId: string, state: StreamState): Promise<void> {
  await sql.run({
    name: 'trail.stream.state',
    text: `update trail.stream set state = $2, retry_at = null, failures = 0,
        failed_at = case when $2 = 'active' then null else failed_at end,
        last_error = case when $2 = 'active' then null else last_error end,
        secret = case when $2 = 'removed' then null else secret end
      where id = $1`,
    values: [streamId, state],
  })
}

/** Moves the cursors of some logs by hand. */
export async function rewind(
  sql: Sql,
  streamId: string,
  log: string | undefined,
  index: number,
): Promise<number> {
  await sql.run({
    name: 'trail.stream.epoch',
    text: 'update trail.stream set epoch = epoch + 1 where id = $1',
    values: [streamId],
  })
  return sql.run({
    name: 'trail.stream.rewind',
    text: `
      insert into trail.stream_cursor (stream_id, log, next_index)
      select s.id, l.log, least($3, l.size)
      from trail.stream s join trail.log l
        on l.log <> 'root' and (s.logs is null or l.log = any (s.logs))
      where s.id = $1 and ($2::text is null or l.log = $2)
      on conflict (stream_id, log) do update set next_index = excluded.next_index`,
    values: [streamId, log ?? null, index],
  })
}
