import type { Sql } from '#kernel'
import type { Kept } from '../adapters/checkpoint-file.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { signedRoot } from './checkpoint-store.ts'
import { parseNote } from './note.ts'
import { rangeHash, tilesFor } from './tiles.ts'
import { headsOf, tilesAt } from './store.ts'

/**
 * What is wrong with the database in the light of checkpoints kept outside of it: an older
 * database that signed on would fork the log, and that cannot be told from tampering.
 *
 * Checkpoints of other origins are another installation's, and prove nothing here.
 *
 * @returns one sentence, or undefined when every tree continues what was signed.
 */
export async function faultOfKept(
  sql: Sql,
  originOf: (log: string) => string,
  { checkpoints, damage }: Kept,
): Promise<string | undefined> {
  if (damage !== undefined) return damage
  try {
    return await compare(
      sql,
      checkpoints
        .map(({ log, note }) => ({ log, ...parseCheckpoint(parseNote(note).text) }))
        .filter(({ log, origin }) => origin === originOf(log)),
    )
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return `The trees cannot be compared with what was signed: ${error.message}.`
  }
}

async function compare(
  sql: Sql,
  signed: readonly (Checkpoint & { readonly log: string })[],
): Promise<string | undefined> {
  const heads = await headsOf(
    sql,
    signed.map(({ log }) => log),
  )
  const sizes = new Map(heads.map(({ log, size }) => [log, size]))
  for (const { log, size, root } of signed) {
    const now = sizes.get(log) ?? 0
    if (now < size) return `Tree ${log} has ${now} leaves, but ${size} were signed.`
    const stands = (await signedRoot(sql, log, size)) ?? (await rootAt(sql, log, size))
    if (!stands.equals(root)) return `Tree ${log} at ${size} leaves is not the one that was signed.`
  }
  return undefined
}

/** The root of a tree as it was at an earlier size, from its tiles. */
export async function rootAt(sql: Sql, log: string, size: number): Promise<Buffer> {
  const range = { start: 0, end: size }
  const tiles = await tilesAt(
    sql,
    tilesFor([range]).map((tile) => ({ log, ...tile })),
  )
  return rangeHash(range, tiles)
}
