import type { Sql } from '#kernel'
import type { PayloadEntry } from './entry.ts'
import type { EntryFilter, EntryWindow } from './filter.ts'
import { blockOf, commonTerms, spanLength, type TermField } from './lookup.ts'
import type { Term } from './lookup-store.ts'
import { columns } from './read-store.ts'

/**
 * Entries that match, as far as the lookup has come.
 *
 * The rarest of what is asked leads: its entries are walked in order, as many as are wanted, and the
 * rest is asked of each. Times are asked of positions, whose spans are known.
 */
export async function searchEntries(
  sql: Sql,
  filter: EntryFilter,
  window: EntryWindow,
): Promise<PayloadEntry[]> {
  const found = await positionsOf(sql, filter, window)
  if (found === undefined) return []
  return sql.rows({
    text: `
      select ${columns}, e.body, e.leaf, p.sealed as payload
      from (${found.text}) found
      join trail.sequence s using (position) join trail.entry e using (id)
        left join trail.payload p on p.entry_id = e.id
      order by s.position ${order(window)}`,
    values: found.values,
  })
}

/** Whether anything matches after a position: for who waits for news and has nothing to tell yet. */
export async function isAnyAfter(sql: Sql, filter: EntryFilter, after: number): Promise<boolean> {
  const found = await positionsOf(sql, filter, { newestFirst: false, after, limit: 1 })
  return found !== undefined && (await sql.first(found)) !== undefined
}

/** How far the lookup has come: no search finds anything behind it. */
export async function lookupPosition(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.lookup.position',
    text: 'select position from trail.lookup_state',
  })
  return row!.position
}

interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

const order = ({ newestFirst }: EntryWindow) => (newestFirst ? 'desc' : 'asc')

/** A query for the positions of what matches, in order; undefined when nothing can match. */
async function positionsOf(
  sql: Sql,
  filter: EntryFilter,
  window: EntryWindow,
): Promise<Query | undefined> {
  const wanted = wantedOf(filter)
  const terms = await termsOf(sql, wanted, filter.except ?? [])
  const chosen = wanted.map(({ field, matches }) => ({
    field,
    terms: terms.filter((term) => term.field === field && matches(term.value)),
  }))
  if (chosen.some((each) => each.terms.length === 0)) return undefined
  const bounds = await boundsOf(sql, filter, window)
  if (bounds === undefined) return undefined
  const values: unknown[] = []
  const put = (value: unknown) => `$${values.push(value)}`
  const except = terms.filter(
    ({ field, value }) => field === 'action' && filter.except?.includes(value) === true,
  )
  const total = terms.find(({ id }) => id === commonTerms.outcome)?.entries ?? 0
  const leads = filter.subject === undefined ? rarest(chosen, total) : undefined
  const conditions = [
    ...chosen.filter((each) => each !== leads).map((each) => isAmong(each, put)),
    ...(except.length === 0 ? [] : [`l.action <> all (${put(except.map(({ id }) => id))}::int[])`]),
    ...(filter.from === undefined ? [] : [`l.at >= ${put(filter.from)}`]),
    ...(filter.until === undefined ? [] : [`l.at < ${put(filter.until)}`]),
    ...(bounds.low === undefined ? [] : [`l.position >= ${put(bounds.low)}`]),
    ...(bounds.high === undefined ? [] : [`l.position <= ${put(bounds.high)}`]),
  ]
  const limit = put(window.limit)
  const tail = `${conditions.map((text) => `and ${text}`).join(' ')}
    order by l.position ${order(window)} limit ${limit}`
  if (filter.subject !== undefined) {
    const { block, mask } = blockOf(filter.subject)
    const log = chosen.find(({ field }) => field === 'log')!.terms[0]!.id
    const text = `select l.position from trail.lookup_subject t join trail.lookup l using (position)
      where t.log = ${put(log)} and t.block = ${put(block)} and t.mask & ${put(mask)} <> 0 ${tail}`
    return { text: text.replaceAll('l.position', 't.position'), values }
  }
  if (leads === undefined)
    return { text: `select l.position from trail.lookup l where true ${tail}`, values }
  const leading = put(leads.terms.map(({ id }) => id))
  const { low = 0, high = Number.MAX_SAFE_INTEGER } = bounds
  // Asked as a range of pairs, the walk can only go along the pair's own index: by an equality the
  // planner may walk all positions instead, hoping that a match comes soon.
  const pair = `(l.${leads.field}, l.position)`
  const walked = `${pair} >= (led.term, ${put(low)}::bigint) and ${pair} <= (led.term, ${put(high)}::bigint)`
  const inOrder = tail.replace(
    'order by l.position',
    `order by l.${leads.field} ${order(window)}, l.position`,
  )
  const text = `select each.position from unnest(${leading}::int[]) as led (term) cross join lateral (
      select l.position from trail.lookup l
      where ${walked} ${partial(leads)} ${inOrder}) each
    order by each.position ${order(window)} limit ${limit}`
  return { text, values }
}

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

/** The words asked for, as far as any entry bears them, and the one that counts nearly all entries. */
async function termsOf(
  sql: Sql,
  wanted: readonly Wanted[],
  except: readonly string[],
): Promise<Term[]> {
  const named = [
    { field: 'outcome', value: 'done' },
    ...except.map((value) => ({ field: 'action', value })),
    ...wanted.flatMap(({ field, values = [] }) => values.map((value) => ({ field, value }))),
  ]
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

interface Chosen {
  readonly field: TermField
  readonly terms: readonly Term[]
}

/** The condition that the fewest entries meet, where an index holds it and it spares anything. */
function rarest(chosen: readonly Chosen[], total: number): Chosen | undefined {
  const counted = chosen
    .filter(({ field, terms }) => !terms.some(({ id }) => id === commonTerms[field]))
    .map((each) => ({ each, entries: each.terms.reduce((sum, term) => sum + term.entries, 0) }))
    .sort((a, b) => a.entries - b.entries)
  const first = counted[0]
  return first !== undefined && first.entries < total ? first.each : undefined
}

/** The words an index leaves out are named in what asks it, or it is not used. */
function partial({ field }: Chosen): string {
  const common = commonTerms[field]
  if (common !== undefined) return `and l.${field} <> ${common}`
  return ['purpose', 'session', 'credential'].includes(field) ? `and l.${field} is not null` : ''
}

function isAmong({ field, terms }: Chosen, put: (value: unknown) => string): string {
  const ids = put(terms.map(({ id }) => id))
  return `l.${field} = any (${ids}::int[])`
}

/** Between which positions anything can match; undefined when nowhere. */
async function boundsOf(
  sql: Sql,
  { from, until, log, fromIndex, toIndex }: EntryFilter,
  { after, before }: EntryWindow,
): Promise<{ low?: number; high?: number } | undefined> {
  const lows = after === undefined ? [] : [after + 1]
  const highs = before === undefined ? [] : [before - 1]
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
  return {
    ...(lows.length === 0 ? {} : { low: Math.max(...lows) }),
    ...(highs.length === 0 ? {} : { high: Math.min(...highs) }),
  }
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
