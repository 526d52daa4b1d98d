import type { Database } from '#ground'
import type { Sql } from '#kernel'
import type { SequencedEntry } from './entry.ts'
import { blocksOf, fields, spanLength, type TermField, wordsOf } from './lookup.ts'
import {
  countTerms,
  insertLookup,
  insertSubjects,
  lockLookup,
  lookupBehind,
  saveLookup,
  widenSpans,
} from './lookup-store.ts'
import { entriesFrom } from './read-store.ts'

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
  const entries = await entriesFrom(sql, await lockLookup(sql), largestBatch)
  if (entries.length === 0) return false
  const numberOf = await numberWords(sql, entries)
  const rows = entries.map((entry) => {
    const words = wordsOf(entry)
    return {
      position: entry.position,
      at: entry.at,
      terms: fields.map((field) => numberOf(field, words[field])),
    }
  })
  await insertLookup(sql, rows)
  await insertSubjects(
    sql,
    entries.flatMap(({ touched, position, log }) =>
      touched === null
        ? []
        : blocksOf(touched).map((block) => ({ ...block, position, log: numberOf('log', log)! })),
    ),
  )
  await widenSpans(sql, spansOf(entries))
  await saveLookup(sql, entries.at(-1)!.position)
  return entries.length === largestBatch
}

/** Counts every word of these entries; gives the number of each. */
async function numberWords(
  sql: Sql,
  entries: readonly SequencedEntry[],
): Promise<(field: TermField, word: string | null) => number | null> {
  const counts = new Map<string, { field: TermField; value: string; entries: number }>()
  for (const entry of entries) {
    const words = wordsOf(entry)
    for (const field of fields) {
      const value = words[field]
      if (value === null) continue
      const counted = counts.get(`${field} ${value}`)
      if (counted === undefined) counts.set(`${field} ${value}`, { field, value, entries: 1 })
      else counted.entries += 1
    }
  }
  const numbered = await countTerms(sql, [...counts.values()])
  const ids = new Map(numbered.map(({ field, value, id }) => [`${field} ${value}`, id]))
  return (field, word) => (word === null ? null : ids.get(`${field} ${word}`)!)
}

function spansOf(entries: readonly SequencedEntry[]) {
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
