import type { Sql } from '#kernel'
import type { PayloadEntry } from '../entries/entry.ts'
import type { EntryFilter, EntryWindow } from './filter.ts'
import { blockOf, postingLength, spanLength, type TermField } from './lookup.ts'
import type { Term } from './lookup-store.ts'
import {
  entriesAt,
  findTerms,
  type FoundPosting,
  lookupPosition,
  placeAt,
  postingsOf,
  spansWithin,
  type Stretch,
  touchingOf,
} from './store.ts'

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

/** How many are asked for in one journey: few at first, for who wants no more. */
const firstStep = 16
const longestStep = 1024
const longer = (step: number) => Math.min(step * 4, longestStep)

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
  const walk = await stretchOf(sql, filter, window)
  if (walk === undefined) return
  const [leads, ...others] = chosen.toSorted((a, b) => entriesOf(a) - entriesOf(b))
  if (filter.subject !== undefined) yield* positionsTouching(sql, filter.subject, chosen, walk)
  else if (leads === undefined) yield* everyPosition(walk)
  else yield* positionsBearing(sql, leads, others, walk)
}

function* everyPosition({ low, high, newestFirst }: Stretch): Generator<number[]> {
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
  walk: Stretch,
): AsyncGenerator<number[]> {
  const { newestFirst } = walk
  let [low, high] = [spanOf(walk.low), spanOf(walk.high)]
  for (let step = firstStep; low <= high; step = longer(step)) {
    const spans = { low, high, newestFirst }
    const postings = await postingsOf(sql, idsOf(leads), others.map(idsOf), spans, step)
    const end = lastComplete(postings, spans, step)
    const found = inOrder(postings, newestFirst)
      .filter(({ span }) => (newestFirst ? span >= end : span <= end))
      .flatMap((posting) => positionsIn(posting, newestFirst))
      .filter((position) => position >= walk.low && position <= walk.high)
    if (found.length > 0) yield found
    if (newestFirst) high = end - 1
    else low = end + 1
  }
}

/**
 * How far the postings of all leading words are known: of a word with as many as were asked for, what
 * lies beyond is not, and what the others have there would come too early.
 */
function lastComplete(
  postings: readonly FoundPosting[],
  { low, high, newestFirst }: Stretch,
  limit: number,
): number {
  const byTerm = [...Map.groupBy(postings, ({ term }) => term).values()]
  const ends = byTerm.filter((of) => of.length === limit).map((of) => of.at(-1)!.span)
  return newestFirst ? Math.max(low, ...ends) : Math.min(high, ...ends)
}

interface Marked {
  readonly span: number
  /** Of one span, the postings of several words of one kind: no entry bears two of them. */
  readonly positions: readonly string[]
}

function inOrder(postings: readonly FoundPosting[], newestFirst: boolean): Marked[] {
  const bySpan = Map.groupBy(postings, ({ span }) => span)
  return [...bySpan]
    .sort(([a], [b]) => (newestFirst ? b - a : a - b))
    .map(([span, of]) => ({ span, positions: of.flatMap(({ positions }) => positions ?? []) }))
}

function positionsIn({ span, positions }: Marked, newestFirst: boolean): number[] {
  const places = positions.flatMap((bits) => [...bits.matchAll(/1/g)].map(({ index }) => index))
  return places
    .map((place) => span * postingLength + place)
    .sort((a, b) => (newestFirst ? b - a : a - b))
}

const spanOf = (position: number): number => Math.floor(position / postingLength)

/** Positions of entries that touched a subject: few enough to ask the rest of each. */
async function* positionsTouching(
  sql: Sql,
  subject: number,
  chosen: readonly Chosen[],
  { newestFirst, ...bounds }: Stretch,
): AsyncGenerator<number[]> {
  const log = chosen.find(({ field }) => field === 'log')!.terms[0]!.id
  const words = chosen.filter(({ field }) => field !== 'log').map(idsOf)
  let { low, high } = bounds
  for (let step = firstStep; ; step = longer(step)) {
    const block = { ...blockOf(subject), log }
    const found = await touchingOf(sql, block, words, { low, high, newestFirst }, step)
    yield found
    if (found.length < step) return
    if (newestFirst) high = found.at(-1)! - 1
    else low = found.at(-1)! + 1
  }
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

async function termsOf(sql: Sql, wanted: readonly Wanted[]): Promise<Term[]> {
  if (wanted.length === 0) return []
  const words = wanted.flatMap(({ field, values = [] }) =>
    values.map((value) => ({ field, value })),
  )
  return findTerms(sql, words, wanted.find((each) => each.prefix !== undefined)?.prefix)
}

/** One of these words must be borne. */
interface Chosen {
  readonly field: TermField
  readonly terms: readonly Term[]
}

const idsOf = ({ terms }: Chosen): number[] => terms.map(({ id }) => id)

const entriesOf = ({ terms }: Chosen): number =>
  terms.reduce((sum, { entries }) => sum + entries, 0)

/** Between which positions anything can match; undefined when nowhere. */
async function stretchOf(
  sql: Sql,
  { from, until, log, fromIndex, toIndex }: EntryFilter,
  { after, before, newestFirst }: EntryWindow,
): Promise<Stretch | undefined> {
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
  return { low: Math.max(...lows), high: Math.min(...highs), newestFirst }
}
