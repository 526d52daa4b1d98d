import type { Database } from '#ground'
import type { Sql } from '#kernel'
import { blocksOf, fields, spanLength, type TermField } from './lookup.ts'
import {
  countTerms,
  type FindableEntry,
  findableFrom,
  insertLookup,
  insertSubjects,
  lockLookup,
  lookupBehind,
  saveLookup,
  widenSpans,
} from './lookup-store.ts'

const largestBatch = 4096

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
  const entries = await findableFrom(sql, await lockLookup(sql), largestBatch)
  if (entries.length === 0) return false
  const termsOf = await numberWords(sql, entries)
  const rows = entries.map(({ position, at, words }) => ({
    position,
    at,
    terms: termsOf.get(words)!,
  }))
  await insertLookup(sql, rows)
  await insertSubjects(
    sql,
    entries.flatMap(({ touched, position }, i) =>
      touched === null
        ? []
        : blocksOf(touched).map((block) => ({
            ...block,
            position,
            log: rows[i]!.terms[logField]!,
          })),
    ),
  )
  await widenSpans(sql, spansOf(entries))
  await saveLookup(sql, entries.at(-1)!.position)
  return entries.length === largestBatch
}

const logField = fields.indexOf('log')

/** Counts every word of these entries; gives the numbers of each set of words, in the order of {@link fields}. */
async function numberWords(
  sql: Sql,
  entries: readonly FindableEntry[],
): Promise<Map<string, (number | null)[]>> {
  const sets = new Map<string, number>()
  for (const { words } of entries) sets.set(words, (sets.get(words) ?? 0) + 1)
  const counts = new Map<string, { field: TermField; value: string; entries: number }>()
  const read = [...sets].map(([words, times]) => {
    const values = JSON.parse(words) as (string | null)[]
    for (const [i, value] of values.entries()) {
      if (value === null) continue
      const name = `${fields[i]!} ${value}`
      const counted = counts.get(name)
      if (counted === undefined) counts.set(name, { field: fields[i]!, value, entries: times })
      else counted.entries += times
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

function spansOf(entries: readonly FindableEntry[]) {
  const spans = Map.groupBy(entries, ({ position }) => Math.floor(position / spanLength))
  return [...spans].map(([span, within]) => {
    const times = within.map(({ at }) => at.getTime())
    return {
      span,
      firstAt: new Date(Math.min(...times)),
      lastAt: new Date(Math.max(...times)),
    }
  })
}
