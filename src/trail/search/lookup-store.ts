import { int4Array, int8Array, textArray, timestamptzArray } from '#ground'
import { itsEntry } from '../entries/read-store.ts'
import type { Sql } from '#kernel'
import { fields, postingLength, type SubjectBlock, type TermField } from './lookup.ts'

export interface Term {
  readonly id: number
  readonly field: TermField
  readonly value: string
  /** How many entries bear it. */
  readonly entries: number
}

/** Where an entry's words stand. */
const columnOf: Readonly<Record<TermField, string>> = {
  log: 's.log',
  actor: 'e.actor_id',
  kind: 'e.actor_kind',
  action: 'e.action',
  outcome: 'e.outcome',
  purpose: 'e.purpose',
  session: 'e.session_id',
  credential: 'e.credential_id',
  source: 'e.source_key',
}

/** The entries of one span that bear the same words. */
export interface Alike {
  /** In the order of {@link fields}, a JSON array; an address's key as `\x` and hex. */
  readonly words: string
  readonly span: number
  /** {@link postingLength} times 0 or 1: which positions of the span they are. */
  readonly positions: string
  readonly entries: number
  readonly last: number
  readonly firstAt: Date
  readonly lastAt: Date
  /** Of each that touched anything: its position (i64), its set's length (i32), its set. In any order. */
  readonly touched: Buffer | null
}

/** Placed entries after a position, the oldest `limit` of them, put together where they are alike. */
export function alikeFrom(sql: Sql, after: number, limit: number): Promise<Alike[]> {
  return sql.rows({
    name: 'trail.lookup.alike',
    text: `
      select json_build_array(${fields.join(', ')})::text as words, span,
        bit_or(set_bit(0::bit(${postingLength}), place, 1))::text as positions,
        count(*) as entries, max(position) as last, min(at) as "firstAt", max(at) as "lastAt",
        string_agg(int8send(position) || int4send(octet_length(touched)) || touched, ''::bytea)
          as touched
      from (
        select s.position, s.position / ${postingLength} as span,
          (s.position % ${postingLength})::int as place, e.at, e.touched,
          ${fields.map((field) => `${columnOf[field]} as ${field}`).join(', ')}
        from trail.sequence s cross join ${itsEntry}
        where s.position > $1 order by s.position limit $2
      ) entry
      group by span, ${fields.join(', ')}`,
    values: [after, limit],
  })
}

/** Takes the fence: one maker of the lookup at a time. Gives how far it has come. */
export async function lockLookup(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.lookup.lock',
    text: 'select position from trail.lookup_state for update',
  })
  return row!.position
}

/** How many placed entries no search finds yet. A plain look. */
export async function lookupBehind(sql: Sql): Promise<number> {
  const row = await sql.first<{ behind: number }>({
    name: 'trail.lookup.behind',
    text: `select (select position from trail.state) - (select position from trail.lookup_state)
      as behind`,
  })
  return row!.behind
}

export async function saveLookup(sql: Sql, position: number): Promise<void> {
  await sql.run({
    name: 'trail.lookup.save',
    text: 'update trail.lookup_state set position = $1',
    values: [position],
  })
}

/** Counts words, numbers new ones, and gives the number of each. */
export async function countTerms(
  sql: Sql,
  terms: readonly Omit<Term, 'id'>[],
): Promise<Omit<Term, 'entries'>[]> {
  return sql.rows({
    name: 'trail.term.count',
    text: `
      insert into trail.term (field, value, entries)
      select * from unnest($1::text[], $2::text[], $3::bigint[])
      on conflict (field, value) do update set entries = trail.term.entries + excluded.entries
      returning id, field, value`,
    values: [
      textArray(terms.map(({ field }) => field)),
      textArray(terms.map(({ value }) => value)),
      int8Array(terms.map(({ entries }) => entries)),
    ],
  })
}

export interface Posting {
  readonly term: number
  readonly span: number
  /** As {@link Alike.positions}. */
  readonly positions: string
}

/** Adds positions to words. */
export async function addPostings(sql: Sql, postings: readonly Posting[]): Promise<void> {
  await sql.run({
    name: 'trail.posting.add',
    text: `
      insert into trail.posting as kept (term, span, positions)
      select term, span, bit_or(positions::bit(${postingLength}))
      from unnest($1::int[], $2::bigint[], $3::text[]) as added (term, span, positions)
      group by term, span
      on conflict (term, span) do update set positions = kept.positions | excluded.positions`,
    values: [
      int4Array(postings.map(({ term }) => term)),
      int8Array(postings.map(({ span }) => span)),
      textArray(postings.map(({ positions }) => positions)),
    ],
  })
}

export async function insertSubjects(
  sql: Sql,
  rows: readonly (SubjectBlock & { readonly log: number; readonly position: number })[],
): Promise<void> {
  if (rows.length === 0) return
  await sql.run({
    name: 'trail.lookup.subjects',
    text: `
      insert into trail.lookup_subject (log, block, position, mask)
      select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[])`,
    values: [
      int4Array(rows.map(({ log }) => log)),
      int8Array(rows.map(({ block }) => block)),
      int8Array(rows.map(({ position }) => position)),
      int4Array(rows.map(({ mask }) => mask)),
    ],
  })
}

/** Widens the times of spans of positions. */
export async function widenSpans(
  sql: Sql,
  spans: readonly { readonly span: number; readonly firstAt: Date; readonly lastAt: Date }[],
): Promise<void> {
  await sql.run({
    name: 'trail.lookup.spans',
    text: `
      insert into trail.lookup_span as kept (span, first_at, last_at)
      select * from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[])
      on conflict (span) do update set first_at = least(kept.first_at, excluded.first_at),
        last_at = greatest(kept.last_at, excluded.last_at)`,
    values: [
      int8Array(spans.map(({ span }) => span)),
      timestamptzArray(spans.map(({ firstAt }) => firstAt)),
      timestamptzArray(spans.map(({ lastAt }) => lastAt)),
    ],
  })
}
