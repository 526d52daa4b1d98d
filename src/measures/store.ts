import type { Probe, Sql } from '#kernel'
import type { MeasureException, Newest } from './annex.ts'
import type { DayCount } from './strip.ts'
import type { Outcome } from './verdict.ts'

export interface NewObservation {
  readonly id: string
  readonly measureId: string
  readonly covers: Date
  readonly collected: Date
  readonly received: Date
  readonly outcome: Outcome
  readonly n: number
  readonly of: number
  readonly finding: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly probe: Probe | null
  readonly codeHash: Buffer | null
}

export interface Observation extends NewObservation {
  /** The entry of the trail that tells of it; null until it is cited. */
  readonly entryId: string | null
}

export async function insertObservation(sql: Sql, o: NewObservation): Promise<void> {
  await sql.run({
    name: 'measures.observation.insert',
    text: `insert into measures.observation (id, measure_id, covers, collected, received, outcome, n,
             "of", finding, facts, probe, code_hash)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12)`,
    values: [
      o.id,
      o.measureId,
      o.covers,
      o.collected,
      o.received,
      o.outcome,
      o.n,
      o.of,
      o.finding,
      JSON.stringify(o.facts),
      o.probe === null ? null : JSON.stringify(o.probe),
      o.codeHash,
    ],
  })
}

export async function insertCitation(sql: Sql, id: string, entryId: string): Promise<void> {
  await sql.run({
    name: 'measures.citation.insert',
    text: 'insert into measures.citation (observation_id, entry_id) values ($1, $2)',
    values: [id, entryId],
  })
}

const observed = `o.id, o.measure_id as "measureId", o.covers, o.collected, o.received, o.outcome,
  o.n, o."of", o.finding, o.facts, o.probe, o.code_hash as "codeHash"`

/**
 * Of the database's own clock. What it wrote while it ran ahead, before it was set right, is not the newest until it
 * has caught up: else nothing would be looked at until then.
 */
const notAhead = `o.written <= now() + interval '5 minutes'`

/** The newest observation of each of these measures that has one. */
export async function newestObservations(
  sql: Sql,
  measureIds: readonly string[],
): Promise<(Newest & { readonly id: string })[]> {
  return sql.rows({
    name: 'measures.observation.newest',
    text: `select o.*, (o.probe->>'refused')::boolean as refused
           from unnest($1::text[]) as m(id) cross join lateral (
             select ${observed} from measures.observation o
             where o.measure_id = m.id and ${notAhead}
             order by o.received desc, o.id desc limit 1) o`,
    values: [measureIds],
  })
}

/** The last observations of one measure, newest first, each with the entry that tells of it. */
export async function lastObservations(
  sql: Sql,
  measureId: string,
  limit: number,
): Promise<Observation[]> {
  return sql.rows<Observation>({
    name: 'measures.observation.last',
    text: `select ${observed}, c.entry_id as "entryId"
           from measures.observation o left join measures.citation c on c.observation_id = o.id
           where o.measure_id = $1 order by o.received desc, o.id desc limit $2`,
    values: [measureId, limit],
  })
}

/** What a measure's observations said, counted by day. */
export async function dayCounts(sql: Sql, measureId: string, since: Date): Promise<DayCount[]> {
  return sql.rows<DayCount>({
    name: 'measures.observation.days',
    text: `select to_char(collected, 'YYYY-MM-DD') as day, outcome, n, "of",
             (probe->>'refused')::boolean as refused, count(*) as times
           from measures.observation where measure_id = $1 and received >= $2
           group by 1, 2, 3, 4, 5`,
    values: [measureId, since],
  })
}

/** Those of these measures that have not been looked at within their own number of minutes. */
export async function dueMeasures(
  sql: Sql,
  measureIds: readonly string[],
  minutes: readonly number[],
): Promise<Set<string>> {
  const rows = await sql.rows<{ id: string }>({
    name: 'measures.due',
    text: `select m.id from unnest($1::text[], $2::int[]) as m(id, minutes)
           cross join lateral (
             select max(written) as last from (
               select written from measures.observation o
               where o.measure_id = m.id and ${notAhead}
               order by o.received desc, o.id desc limit 1) newest) o
           where o.last is null or o.last <= now() - make_interval(mins => m.minutes)`,
    values: [measureIds, minutes],
  })
  return new Set(rows.map(({ id }) => id))
}

export interface ExceptionRow extends MeasureException {
  readonly id: string
  readonly reason: string
  readonly approvedBy: string
}

const excepted = `id, measure_id as "measureId", kind, reason, approved_by as "approvedBy",
  approved_at as "approvedAt", expires, ended_at as "endedAt"`

/** Exceptions that may still count at `now`. */
export async function liveExceptions(sql: Sql, now: Date): Promise<ExceptionRow[]> {
  return sql.rows<ExceptionRow>({
    name: 'measures.exception.live',
    text: `select ${excepted} from measures.exception
           where ended_at is null and expires > $1 order by id`,
    values: [now],
  })
}

export async function exceptionsOf(sql: Sql, measureId: string): Promise<ExceptionRow[]> {
  return sql.rows<ExceptionRow>({
    name: 'measures.exception.list',
    text: `select ${excepted} from measures.exception where measure_id = $1 order by id desc`,
    values: [measureId],
  })
}

export async function insertException(sql: Sql, e: Omit<ExceptionRow, 'endedAt'>): Promise<void> {
  await sql.run({
    name: 'measures.exception.insert',
    text: `insert into measures.exception
             (id, measure_id, kind, reason, approved_by, approved_at, expires)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [e.id, e.measureId, e.kind, e.reason, e.approvedBy, e.approvedAt, e.expires],
  })
}

/** @returns 0 when there is no such exception, or it has ended. */
export async function updateExceptionEnded(
  sql: Sql,
  measureId: string,
  id: string,
  by: string,
  now: Date,
): Promise<number> {
  return sql.run({
    name: 'measures.exception.end',
    text: `update measures.exception set ended_at = $4, ended_by = $3
           where measure_id = $1 and id = $2 and ended_at is null and expires > $4`,
    values: [measureId, id, by, now],
  })
}
