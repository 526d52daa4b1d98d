import type { Sql } from '#kernel'
import { newestCheckpoint } from './checkpoint-store.ts'
import { inclusionRanges, consistencyRanges, type Range } from './merkle-proof.ts'
import { formatProof } from './proof.ts'
import { rangeHash, tilesFor } from './tiles.ts'
import { tilesAt } from './store.ts'

/**
 * The tlog-proof of a log's entry against the log's newest checkpoint.
 *
 * @returns undefined while no checkpoint covers it.
 */
export async function proveInclusion(
  sql: Sql,
  log: string,
  index: number,
): Promise<string | undefined> {
  const checkpoint = await newestCheckpoint(sql, log, index + 1)
  if (checkpoint === undefined) return undefined
  return proveAt(sql, log, index, checkpoint.size, checkpoint.note)
}

/** The tlog-proof of a log's entry against a signed checkpoint of this size. */
export async function proveAt(
  sql: Sql,
  log: string,
  index: number,
  size: number,
  checkpoint: string,
): Promise<string> {
  const path = await hashesOf(sql, log, inclusionRanges(index, size))
  return formatProof({ index, path, checkpoint })
}

/** The hashes that prove that a log at `size` continues what it was at `oldSize`. */
export async function proveConsistency(
  sql: Sql,
  log: string,
  oldSize: number,
  size: number,
): Promise<Buffer[]> {
  return hashesOf(sql, log, consistencyRanges(oldSize, size))
}

async function hashesOf(sql: Sql, log: string, ranges: readonly Range[]): Promise<Buffer[]> {
  const tiles = await tilesAt(
    sql,
    tilesFor(ranges).map((tile) => ({ log, ...tile })),
  )
  return ranges.map((range) => rangeHash(range, tiles))
}
