import type { Sql } from '#kernel'
import { itsEntry } from '../entries/read-store.ts'
import type { StoredCheckpoint } from '../tree/checkpoint-store.ts'
import type { StatingEntry } from '../erasure/erasures.ts'
import type { StoredEntry } from './inspection.ts'

/** Whether every entry is in exactly one place. Read by one statement, so of one instant. */
export interface Accounts {
  readonly entries: number
  readonly sequenced: number
  readonly pending: number
  /** Leaves of all trees but the root's. */
  readonly grown: number
  readonly position: number
  readonly highest: number
  /** Checkpoints that claim a leaf the root tree does not have. */
  readonly unrooted: number
  /** Checkpoints of trees that are smaller now than they were signed. */
  readonly ahead: number
}

export async function readAccounts(sql: Sql): Promise<Accounts> {
  const row = await sql.first<Accounts>({
    name: 'trail.accounts',
    text: `
      select
        (select count(*) from trail.entry) as entries,
        (select count(*) from trail.sequence) as sequenced,
        (select count(*) from trail.pending) as pending,
        (select coalesce(sum(size), 0)::bigint from trail.log where log <> 'root') as grown,
        (select position from trail.state) as position,
        (select coalesce(max(position), 0) from trail.sequence) as highest,
        (select count(*) from trail.checkpoint where root_index >= coalesce(
          (select size from trail.log where log = 'root'), 0)) as unrooted,
        (select count(*) from trail.checkpoint c left join trail.log l using (log)
          where l.log is null or c.size > l.size) as ahead`,
  })
  return row!
}

/** The first entry that is in neither place, in both, or waits under another leaf than its own. */
export async function findStray(
  sql: Sql,
): Promise<{ id: string; log: string; fault: string } | undefined> {
  return sql.first({
    name: 'trail.stray',
    text: `
      select e.id, e.log, 'It is neither in its tree nor in the queue.' as fault
      from trail.entry e
      where not exists (select from trail.sequence s where s.id = e.id)
        and not exists (select from trail.pending p where p.id = e.id)
      union all
      select p.id, p.log, 'It is in the queue, but not as it was written.' as fault
      from trail.pending p left join trail.entry e using (id)
      where e.id is null or e.leaf <> p.leaf or e.log <> p.log
      union all
      select p.id, p.log, 'It is in its tree and in the queue as well.' as fault
      from trail.pending p join trail.sequence s using (id)
      order by id limit 1`,
  })
}

/** A place, and the entry that stands there; null in every column of it where the entry is gone. */
export type PlacedEntry = { readonly index: number; readonly placedId: string } & (
  | StoredEntry
  | { readonly entryId: null }
)

/** The places `[start, end)` of a log and what stands there. */
export async function placedEntries(
  sql: Sql,
  log: string,
  start: number,
  end: number,
): Promise<PlacedEntry[]> {
  return sql.rows({
    name: 'trail.verify.entries',
    text: `
      select s.idx as index, s.id as "placedId", e.id as "entryId", e.log, e.at,
        e.actor_kind as "actorKind", e.actor_id as "actorId", e.session_id as "sessionId",
        e.credential_id as "credentialId", e.action, e.outcome, e.code, e.purpose,
        e.grant_id as "grantId", e.subjects, e.records, e.categories, e.touched, e.statement,
        e.source_key as "sourceKey", e.body, e.leaf, p.sealed as payload
      from trail.sequence s left join ${itsEntry} on true
        left join trail.payload p on p.entry_id = s.id
      where s.log = $1 and s.idx >= $2 and s.idx < $3 order by s.idx`,
    values: [log, start, end],
  })
}

/** Statements read at once. One names thousands of entries, so few of them are much. */
export const statementsAtOnce = 100

/** Entries of a log that stated something, by id from one on: as they happened, whether or not they have a place. */
export async function statingEntries(
  sql: Sql,
  log: string,
  after: string,
): Promise<StatingEntry[]> {
  return sql.rows({
    name: 'trail.statement.after',
    text: `
      select e.id as "entryId", s.idx as index, e.statement
      from trail.entry e left join trail.sequence s using (id)
      where e.log = $1 and e.statement is not null and e.id > $2 order by e.id limit $3`,
    values: [log, after, statementsAtOnce],
  })
}

/** Of those that stated something: whose statement names an entry, or a span of entries. */
export async function statingOf(sql: Sql, log: string, entryId: string): Promise<StatingEntry[]> {
  return sql.rows({
    name: 'trail.statement.of',
    text: `
      select e.id as "entryId", s.idx as index, e.statement
      from trail.entry e left join trail.sequence s using (id)
      where e.log = $1 and e.statement is not null
        and (position(convert_to($2, 'UTF8') in e.statement) > 0
          or position('"until"'::bytea in e.statement) > 0)
      order by e.id`,
    values: [log, entryId],
  })
}

/** Checkpoints of a log of sizes in `(above, upTo]`, each with all its signature lines. */
export async function checkpointsOf(
  sql: Sql,
  log: string,
  above: number,
  upTo: number,
): Promise<StoredCheckpoint[]> {
  return sql.rows({
    name: 'trail.verify.checkpoints',
    text: `
      select c.log, c.size, c.root, c.at, c.root_index as "rootIndex", c.generation,
        c.note || coalesce((
          select string_agg(line, '' order by kind, name) from trail.cosignature s
          where s.log = c.log and s.size = c.size
        ), '') as note
      from trail.checkpoint c
      where c.log = $1 and c.size > $2 and c.size <= $3 order by c.size`,
    values: [log, above, upTo],
  })
}
