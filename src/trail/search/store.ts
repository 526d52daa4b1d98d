import { int4Array, int8Array } from '#ground'
import type { Sql } from '#kernel'
import type { PayloadEntry } from '../entries/entry.ts'
import type { EntryFilter, EntryWindow } from './filter.ts'
import { blockOf, postingLength, spanLength, type TermField } from './lookup.ts'
import type { Term } from './lookup-store.ts'
import { columns } from '../entries/read-store.ts'

/**
 * Entries that match, as far as the lookup has come.
 *
 * The rarest of what is asked leads: its postings are walked in order, only as far as is wanted, and
 * the rest is asked of each. Times are asked of positions, whose spans are known, and then of the entries.
 */
export async function searchEntries(
  sql: Sql,
  filter: EntryFilter,
  window: EntryWindow,
): Promise<PayloadEntry[]> {
  const found: PayloadEntry[] = []
  for await (const positions of positionsOf(sql, filter, window)) {
    const step = Math.max(window.limit, leastAtOnce)
    for (let i = 0; i < positions.length && found.length < window.limit; i += step)
      found.push(...(await entriesAt(sql, positions.slice(i, i + step), filter, window)))
    if (found.length >= window.limit) break
  }
  return found.slice(0, window.limit)
}

/** Whether anything matches after a position: for who waits for news and has nothing to tell yet. */
export async function isAnyAfter(sql: Sql, filter: EntryFilter, after: number): Promise<boolean> {
  return (await searchEntries(sql, filter, { newestFirst: false, after, limit: 1 })).length > 0
}

/** Positions whose entries are looked at together, at least. */
const leastAtOnce = 64

/** What stands at these positions, as far as the times and actions asked for allow. */
function entriesAt(
  sql: Sql,
  positions: readonly number[],
  { from, until, except }: EntryFilter,
  window: EntryWindow,
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
      order by s.position ${window.newestFirst ? 'desc' : 'asc'}`,
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

/** The positions of what matches, in order, some at a time; times and exceptions are not looked at. */
async function* positionsOf(
  sql: Sql,
  filter: EntryFilter,
  window: EntryWindow,
): AsyncGenerator<number[]> {
  const wanted = wantedOf(filter)
  const terms = await termsOf(sql, wanted)
  const chosen = wanted.map(({ field, matches }) => ({
    field,
    terms: terms.filter((term) => term.field === field && matches(term.value)),
  }))
  if (chosen.some((each) => each.terms.length === 0)) return
  const bounds = await boundsOf(sql, filter, window)
  if (bounds === undefined) return
  const walk = { ...bounds, newestFirst: window.newestFirst }
  const [leads, ...others] = chosen.toSorted((a, b) => entriesOf(a) - entriesOf(b))
  if (filter.subject !== undefined) yield* positionsTouching(sql, filter.subject, chosen, walk)
  else if (leads === undefined) yield* everyPosition(walk)
  else yield* positionsBearing(sql, leads, others, walk)
}

/** From where to where, both inclusive, and in which order. */
interface Walk extends Bounds {
  readonly newestFirst: boolean
}

/** How many are asked for in one journey: few at first, for who wants no more. */
const firstStep = 16
const longestStep = 1024
const longer = (step: number) => Math.min(step * 4, longestStep)

function* everyPosition({ low, high, newestFirst }: Walk): Generator<number[]> {
  for (let done = 0; done <= high - low; done += longestStep) {
    const length = Math.min(longestStep, high - low + 1 - done)
    yield Array.from({ length }, (_, i) => (newestFirst ? high - done - i : low + done + i))
  }
}

/** Positions of entries that bear a word of each choice, as the postings of the leading one tell. */
async function* positionsBearing(
  sql: Sql,
  leads: Chosen,
  others: readonly Chosen[],
  walk: Walk,
): AsyncGenerator<number[]> {
  const { newestFirst } = walk
  let first = spanOf(walk.low)
  let last = spanOf(walk.high)
  for (let step = firstStep; first <= last; step = longer(step)) {
    const postings = await postingsOf(sql, leads, others, { first, last, newestFirst }, step)
    // Of a word that has more, what lies beyond is not known; nor is what others have there told yet.
    const ends = [...Map.groupBy(postings, ({ term }) => term).values()].flatMap((of) =>
      of.length < step ? [] : [of.at(-1)!.span],
    )
    const end = newestFirst ? Math.max(first, ...ends) : Math.min(last, ...ends)
    const bits = new Map<number, string[]>()
    for (const { span, positions } of postings)
      if (positions !== null && (newestFirst ? span >= end : span <= end))
        bits.set(span, [...(bits.get(span) ?? []), positions])
    const spans = [...bits.keys()].sort((a, b) => (newestFirst ? b - a : a - b))
    const found = spans.flatMap((span) => positionsIn(span, bits.get(span)!, walk))
    if (found.length > 0) yield found
    if (newestFirst) last = end - 1
    else first = end + 1
  }
}

const spanOf = (position: number): number => Math.floor(position / postingLength)

function positionsIn(span: number, bits: readonly string[], walk: Walk): number[] {
  const found = bits
    .flatMap((each) => [...each.matchAll(/1/g)].map(({ index }) => index))
    .map((place) => span * postingLength + place)
    .filter((position) => position >= walk.low && position <= walk.high)
  return found.sort((a, b) => (walk.newestFirst ? b - a : a - b))
}

interface FoundPosting {
  readonly term: number
  readonly span: number
  /** As in `trail.posting`; null where none of its entries bears all of what is asked. */
  readonly positions: string | null
}

/** At most `limit` postings of each leading word, in order. */
function postingsOf(
  sql: Sql,
  leads: Chosen,
  others: readonly Chosen[],
  { first, last, newestFirst }: { first: number; last: number; newestFirst: boolean },
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
    values: [idsOf(leads), first, last, limit, ...others.map(idsOf)],
  })
}

/** Positions of entries that touched a subject: few enough to ask the rest of each. */
async function* positionsTouching(
  sql: Sql,
  subject: number,
  chosen: readonly Chosen[],
  walk: Walk,
): AsyncGenerator<number[]> {
  const { block, mask } = blockOf(subject)
  const log = chosen.find(({ field }) => field === 'log')!.terms[0]!.id
  const others = chosen.filter(({ field }) => field !== 'log')
  const bear = others.map(
    (_, i) => `and exists (
      select from trail.posting p
      where p.term = any ($${i + 7}::int[]) and p.span = t.position / ${postingLength}
        and get_bit(p.positions, (t.position % ${postingLength})::int) = 1)`,
  )
  let { low, high } = walk
  for (let step = firstStep; ; step = longer(step)) {
    const rows = await sql.rows<{ position: number }>({
      text: `
        select t.position from trail.lookup_subject t
        where t.log = $1 and t.block = $2 and t.mask & $3 <> 0 and t.position between $4 and $5
          ${bear.join(' ')}
        order by t.position ${walk.newestFirst ? 'desc' : 'asc'} limit $6`,
      values: [log, block, mask, low, high, step, ...others.map(idsOf)],
    })
    yield rows.map(({ position }) => position)
    if (rows.length < step) return
    if (walk.newestFirst) high = rows.at(-1)!.position - 1
    else low = rows.at(-1)!.position + 1
  }
}

const idsOf = ({ terms }: Chosen) => int4Array(terms.map(({ id }) => id))

interface Wanted {
  readonly field: TermField
  /** What to look the words up by: themselves, or how they begin. */
  readonly values?: readonly string[]
  readonly prefix?: string
  matches(this: void, value: string): boolean
}

function wantedOf(filter: EntryFilter): Wanted[] {
  const { action } = filter
  const prefix = action?.endsWith('.*') === true ? action.slice(0, -1) : undefined
  const some = (
    field: TermField,
    values: readonly (string | undefined)[] | undefined,
  ): Wanted[] => {
    const given = values?.filter((value) => value !== undefined)
    if (given === undefined || given.length === 0) return []
    return [{ field, values: given, matches: (value) => given.includes(value) }]
  }
  return [
    ...some('log', [filter.log]),
    ...some('actor', [filter.actorId]),
    ...some('kind', filter.kinds),
    ...(prefix === undefined
      ? some('action', [action])
      : [
          {
            field: 'action' as const,
            prefix,
            matches: (value: string) => value.startsWith(prefix),
          },
        ]),
    ...some('outcome', [filter.outcome]),
    ...some('purpose', [filter.purpose]),
    ...some('session', [filter.sessionId]),
    ...some('credential', [filter.credentialId]),
    ...some('source', [filter.sourceKey?.toString('hex')]),
  ]
}

/** The words asked for, as far as any entry bears them. */
async function termsOf(sql: Sql, wanted: readonly Wanted[]): Promise<Term[]> {
  if (wanted.length === 0) return []
  const named = wanted.flatMap(({ field, values = [] }) =>
    values.map((value) => ({ field, value })),
  )
  const prefix = wanted.find((each) => each.prefix !== undefined)?.prefix ?? null
  return sql.rows({
    name: 'trail.term.find',
    text: `
      select id, field, value, entries from trail.term
      where (field, value) in (select * from unnest($1::text[], $2::text[]))
      union
      select id, field, value, entries from trail.term
      where field = 'action' and starts_with(value, $3)`,
    values: [named.map(({ field }) => field), named.map(({ value }) => value), prefix],
  })
}

/** One of these words must be borne. */
interface Chosen {
  readonly field: TermField
  readonly terms: readonly Term[]
}

const entriesOf = ({ terms }: Chosen): number =>
  terms.reduce((sum, { entries }) => sum + entries, 0)

/** Positions, both inclusive. */
interface Bounds {
  readonly low: number
  readonly high: number
}

/** Between which positions anything can match; undefined when nowhere. */
async function boundsOf(
  sql: Sql,
  { from, until, log, fromIndex, toIndex }: EntryFilter,
  { after, before }: EntryWindow,
): Promise<Bounds | undefined> {
  const lows = [1, ...(after === undefined ? [] : [after + 1])]
  const highs = [await lookupPosition(sql), ...(before === undefined ? [] : [before - 1])]
  if (from !== undefined || until !== undefined) {
    const spans = await spansWithin(sql, from, until)
    if (spans === undefined) return undefined
    lows.push(spans.first * spanLength)
    highs.push((spans.last + 1) * spanLength - 1)
  }
  if (log !== undefined && fromIndex !== undefined) {
    const low = await placeAt(sql, log, fromIndex, 'first')
    if (low === undefined) return undefined
    lows.push(low)
  }
  if (log !== undefined && toIndex !== undefined) {
    const high = await placeAt(sql, log, toIndex, 'last')
    if (high === undefined) return undefined
    highs.push(high)
  }
  return { low: Math.max(...lows), high: Math.min(...highs) }
}

async function spansWithin(
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
async function placeAt(
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
