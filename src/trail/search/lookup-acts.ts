import type { Database } from '#ground'
import type { Sql } from '#kernel'
import { blocksOf, fields, postingLength, spanLength, type TermField } from './lookup.ts'
import {
  addPostings,
  type Alike,
  alikeFrom,
  countTerms,
  insertSubjects,
  lockLookup,
  lookupBehind,
  saveLookup,
  widenSpans,
} from './lookup-store.ts'

const largestBatch = 8192

/**
 * One turn of the lookup's maker: makes placed entries findable. It follows the integrator and, like
 * it, writes no entry of its own, else neither would ever rest.
 *
 * @returns whether there is more to do.
 */
export async function makeFindable(database: Database): Promise<boolean> {
  if ((await lookupBehind(database)) === 0) return false
  return database.transaction({ scope: 'house' }, makeBatch)
}

async function makeBatch(sql: Sql): Promise<boolean> {
  const groups = await alikeFrom(sql, await lockLookup(sql), largestBatch)
  if (groups.length === 0) return false
  const termsOf = await numberWords(sql, groups)
  await addPostings(
    sql,
    groups.flatMap(({ words, span, positions }) =>
      termsOf.get(words)!.flatMap((term) => (term === null ? [] : [{ term, span, positions }])),
    ),
  )
  await insertSubjects(
    sql,
    groups.flatMap(({ words, touched }) => {
      const log = termsOf.get(words)![logField]!
      return setsIn(touched ?? Buffer.alloc(0)).flatMap(({ position, set }) =>
        blocksOf(set).map((block) => ({ ...block, position, log })),
      )
    }),
  )
  await widenSpans(sql, timesOf(groups))
  await saveLookup(sql, Math.max(...groups.map(({ last }) => last)))
  return groups.reduce((sum, { entries }) => sum + entries, 0) === largestBatch
}

const logField = fields.indexOf('log')

/** Counts every word of these entries; gives the numbers of each set of words, in the order of {@link fields}. */
async function numberWords(
  sql: Sql,
  groups: readonly Alike[],
): Promise<Map<string, (number | null)[]>> {
  const sets = new Map<string, number>()
  for (const { words, entries } of groups) sets.set(words, (sets.get(words) ?? 0) + entries)
  const counts = new Map<string, { field: TermField; value: string; entries: number }>()
  const read = [...sets].map(([words, entries]) => {
    const values = valuesOf(words)
    for (const [i, value] of values.entries()) {
      if (value === null) continue
      const name = `${fields[i]!} ${value}`
      const counted = counts.get(name)
      if (counted === undefined) counts.set(name, { field: fields[i]!, value, entries })
      else counted.entries += entries
    }
    return { words, values }
  })
  const numbered = await countTerms(sql, [...counts.values()])
  const ids = new Map(numbered.map(({ field, value, id }) => [`${field} ${value}`, id]))
  return new Map(
    read.map(({ words, values }) => [
      words,
      values.map((value, i) => (value === null ? null : ids.get(`${fields[i]!} ${value}`)!)),
    ]),
  )
}

const sourceField = fields.indexOf('source')

function valuesOf(words: string): (string | null)[] {
  const values = JSON.parse(words) as (string | null)[]
  return values.map((value, i) => (i === sourceField ? value!.replace('\\x', '') : value))
}

/** What {@link Alike.touched} holds. */
function setsIn(touched: Buffer): { position: number; set: Buffer }[] {
  const sets: { position: number; set: Buffer }[] = []
  for (let at = 0; at < touched.length;) {
    const begin = at + 12
    const end = begin + touched.readUInt32BE(at + 8)
    sets.push({
      position: Number(touched.readBigInt64BE(at)),
      set: touched.subarray(begin, end),
    })
    at = end
  }
  return sets
}

function timesOf(groups: readonly Alike[]) {
  const spans = Map.groupBy(groups, ({ span }) => Math.floor((span * postingLength) / spanLength))
  return [...spans].map(([span, within]) => ({
    span,
    firstAt: new Date(Math.min(...within.map(({ firstAt }) => firstAt.getTime()))),
    lastAt: new Date(Math.max(...within.map(({ lastAt }) => lastAt.getTime()))),
  }))
}
