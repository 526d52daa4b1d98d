import { int4Array, int8Array } from '#ground'
import type { Sql } from '#kernel'
import type { PayloadEntry } from '../entries/entry.ts'
import { columns } from '../entries/read-store.ts'
import type { EntryFilter, EntryWindow } from './filter.ts'
import { postingLength, type SubjectBlock, type TermField } from './lookup.ts'
import type { Term } from './lookup-store.ts'

/** What stands at these positions, as far as the times and actions asked for allow. */
export function entriesAt(
  sql: Sql,
  positions: readonly number[],
  { from, until, except }: EntryFilter,
  { newestFirst }: EntryWindow,
): Promise<PayloadEntry[]> {
  return sql.rows({
    // Unnamed: planned for this many positions.
    text: `
      select ${columns}, e.body, e.leaf, p.sealed as payload
      from unnest($1::bigint[]) as found (position)
      join trail.sequence s using (position) join trail.entry e using (id)
        left join trail.payload p on p.entry_id = e.id
      where ($2::timestamptz is null or e.at >= $2) and ($3::timestamptz is null or e.at < $3)
        and e.action <> all ($4::text[])
      order by s.position ${newestFirst ? 'desc' : 'asc'}`,
    values: [int8Array(positions), from ?? null, until ?? null, except ?? []],
  })
}

/** How far the lookup has come: no search finds anything behind it. */
export async function lookupPosition(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.lookup.position',
    text: 'select position from trail.lookup_state',
  })
  return row!.position
}

/** Words, and words of actions that begin so, as far as any entry bears them. */
export async function findTerms(
  sql: Sql,
  words: readonly { readonly field: TermField; readonly value: string }[],
  prefix: string | undefined,
): Promise<Term[]> {
  return sql.rows({
    name: 'trail.term.find',
    text: `
      select id, field, value, entries from trail.term
      where (field, value) in (select * from unnest($1::text[], $2::text[]))
      union
      select id, field, value, entries from trail.term
      where field = 'action' and starts_with(value, $3)`,
    values: [words.map(({ field }) => field), words.map(({ value }) => value), prefix ?? null],
  })
}

/** A stretch of spans or positions, both ends inclusive, and from which end it is walked. */
export interface Stretch {
  readonly low: number
  readonly high: number
  readonly newestFirst: boolean
}

export interface FoundPosting {
  readonly term: number
  readonly span: number
  /** As in `trail.posting`; null where none of its entries bears all of what is asked. */
  readonly positions: string | null
}

/**
 * At most `limit` postings of each leading word, in order, less the entries that do not bear one of each of
 * the other choices of words.
 */
export function postingsOf(
  sql: Sql,
  leads: readonly number[],
  others: readonly (readonly number[])[],
  { low, high, newestFirst }: Stretch,
  limit: number,
): Promise<FoundPosting[]> {
  const names = others.map((_, i) => `other${i}`)
  const all = ['l', ...names].map((name) => `${name}.positions`).join(' & ')
  const together = names.map(
    (name, i) => `cross join lateral (
      select bit_or(p.positions) as positions from trail.posting p
      where p.term = any ($${i + 5}::int[]) and p.span = l.span) ${name}`,
  )
  return sql.rows({
    text: `
      select led.term, l.span, nullif(${all}, 0::bit(${postingLength}))::text as positions
      from unnest($1::int[]) as led (term)
      cross join lateral (
        select p.span, p.positions from trail.posting p
        where p.term = led.term and p.span between $2 and $3
        order by p.span ${newestFirst ? 'desc' : 'asc'} limit $4) l ${together.join(' ')}`,
    values: [int4Array(leads), low, high, limit, ...others.map(int4Array)],
  })
}

/** At most `limit` positions, in order, of entries that touched a subject and bear one of each choice of words. */
export async function touchingOf(
  sql: Sql,
  { block, mask, log }: SubjectBlock & { readonly log: number },
  words: readonly (readonly number[])[],
  { low, high, newestFirst }: Stretch,
  limit: number,
): Promise<number[]> {
  const bear = words.map(
    (_, i) => `and exists (
      select from trail.posting p
      where p.term = any ($${i + 7}::int[]) and p.span = t.position / ${postingLength}
        and get_bit(p.positions, (t.position % ${postingLength})::int) = 1)`,
  )
  const rows = await sql.rows<{ position: number }>({
    text: `
      select t.position from trail.lookup_subject t
      where t.log = $1 and t.block = $2 and t.mask & $3 <> 0 and t.position between $4 and $5
        ${bear.join(' ')}
      order by t.position ${newestFirst ? 'desc' : 'asc'} limit $6`,
    values: [log, block, mask, low, high, limit, ...words.map(int4Array)],
  })
  return rows.map(({ position }) => position)
}

/** The first and the last span of times that meet these; undefined where none does. */
export async function spansWithin(
  sql: Sql,
  from: Date | undefined,
  until: Date | undefined,
): Promise<{ first: number; last: number } | undefined> {
  const row = await sql.first<{ first: number | null; last: number | null }>({
    name: 'trail.lookup.spans-within',
    text: `
      select min(span) as first, max(span) as last from trail.lookup_span
      where ($1::timestamptz is null or last_at >= $1) and ($2::timestamptz is null or first_at < $2)`,
    values: [from ?? null, until ?? null],
  })
  return row?.first == null || row.last == null ? undefined : { first: row.first, last: row.last }
}

/** The position of the first entry at an index or behind it, or of the last one at it or before it. */
export async function placeAt(
  sql: Sql,
  log: string,
  index: number,
  which: 'first' | 'last',
): Promise<number | undefined> {
  const row = await sql.first<{ position: number }>(
    which === 'first'
      ? {
          name: 'trail.sequence.place-from',
          text: `select position from trail.sequence where log = $1 and idx >= $2
            order by idx limit 1`,
          values: [log, index],
        }
      : {
          name: 'trail.sequence.place-to',
          text: `select position from trail.sequence where log = $1 and idx <= $2
            order by idx desc limit 1`,
          values: [log, index],
        },
  )
  return row?.position
}
