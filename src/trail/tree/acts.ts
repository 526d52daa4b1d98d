import type { Sql } from '#kernel'
import { edgeOf, TileTree } from './tiles.ts'
import { headsOf, saveHeads, saveTiles, tilesAt } from './store.ts'

/** The trees of these logs, ready to grow; those that do not exist yet are empty. Hold the fence. */
export async function openTrees(sql: Sql, logs: readonly string[]): Promise<Map<string, TileTree>> {
  const heads = new Map((await headsOf(sql, logs)).map((head) => [head.log, head.size]))
  const edges = logs.flatMap((log) => edgeOf(heads.get(log) ?? 0).map((tile) => ({ log, ...tile })))
  const tiles = Map.groupBy(await tilesAt(sql, edges), ({ log }) => log)
  return new Map(logs.map((log) => [log, new TileTree(heads.get(log) ?? 0, tiles.get(log) ?? [])]))
}

/** Stores what has grown. */
export async function saveTrees(sql: Sql, trees: ReadonlyMap<string, TileTree>): Promise<void> {
  const grown = [...trees]
  const tiles = grown.flatMap(([log, tree]) => tree.changedTiles().map((t) => ({ log, ...t })))
  await saveTiles(sql, tiles)
  await saveHeads(
    sql,
    grown.map(([log, tree]) => ({ log, size: tree.size, root: tree.root() })),
  )
}
