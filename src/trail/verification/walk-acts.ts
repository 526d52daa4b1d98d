import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from '#kernel'
import { parseCheckpoint } from '../tree/checkpoint.ts'
import { type RootLeafRow, rootLeaves, type StoredCheckpoint } from '../tree/checkpoint-store.ts'
import { rootLog } from '../entries/entry.ts'
import type { Erasures } from '../erasure/erasures.ts'
import type { Inspector } from './inspection.ts'
import { type Frontier, hashBytes, leafHash } from '../tree/merkle.ts'
import type { Fault } from './report.ts'
import { openNote, type NoteVerifier, parseNote } from '../tree/note.ts'
import { edgeOf, type Tile, tileWidth, TileTree } from '../tree/tiles.ts'
import { tilesAt, type TreeHead } from '../tree/store.ts'
import { erasuresOf } from './statement-acts.ts'
import { checkpointsOf, type PlacedEntry, placedEntries } from './store.ts'

/** Leaves looked at in one step, and read at once; whole tiles. */
const stepWidth = 64 * tileWidth
const chunkWidth = 8 * tileWidth

/** What stands at the places `[start, end)`. */
interface Rows {
  readonly start: number
  readonly end: number
  readonly placed: readonly PlacedEntry[]
  readonly roots: readonly RootLeafRow[]
}

/** One leaf as the stored data says it should be. */
interface Leaf {
  readonly index: number
  readonly entryId: string | null
  readonly hash: Buffer
  readonly fault: string | undefined
}

/** Walks one tree from its leaves up, comparing with everything stored of it. */
export class Walk {
  readonly head: TreeHead
  readonly #start: number
  readonly #inspector: Inspector
  readonly #verifiers: readonly (readonly NoteVerifier[])[]
  readonly #share: number
  #grown: { readonly tree: TileTree; readonly frontier: Frontier } | undefined
  #erasures: Erasures | undefined
  #lastGood: number
  #checkpoints = 0
  #generation = 1
  #fault: Fault | undefined

  /**
   * @param verifiers - by generation, of the log's own key, and of any that may sign beside it.
   * @param start - the leaf to begin with, at the start of a tile; what is before it is believed.
   * @param share - of the time that it takes from others.
   */
  constructor(
    head: TreeHead,
    inspector: Inspector,
    verifiers: readonly (readonly NoteVerifier[])[],
    start: number,
    share = 1,
  ) {
    this.head = head
    this.#inspector = inspector
    this.#verifiers = verifiers
    this.#start = start
    this.#share = share
    this.#lastGood = start
  }

  get fault(): Fault | undefined {
    return this.#fault
  }

  /** Leaves looked at so far. */
  get checked(): number {
    return (this.#grown?.tree.size ?? this.#start) - this.#start
  }

  /** Leaves to look at. */
  get toCheck(): number {
    return this.head.size - this.#start
  }

  /** Signed checkpoints that were found to stand for the tree. */
  get checkpoints(): number {
    return this.#checkpoints
  }

  /** Goes on by some leaves. @returns whether the tree is done: whole, or found wrong. */
  async step(sql: Sql): Promise<boolean> {
    const { size } = this.head
    const tree = await this.#open(sql)
    if (tree === undefined) return true
    const last = Math.min(tree.size + stepWidth, size)
    let rows = await this.#rows(sql, tree.size, last)
    while (rows.end > rows.start) {
      const { checkpoints, tiles } = await this.#beside(sql, rows)
      // While these are looked at, PostgreSQL reads the next: one statement at a time on a connection.
      const next = this.#rows(sql, rows.end, last)
      const began = performance.now()
      this.#fault = this.#append(rows.start, rows.end, this.#leaves(rows), tiles, checkpoints)
      const spent = performance.now() - began
      rows = await next
      this.#fault ??= await this.#compareTiles(sql)
      if (this.#fault !== undefined) return true
      if (this.#share < 1) await pause(spent * (1 / this.#share - 1))
    }
    if (last === size && !this.#root().equals(this.head.root)) {
      this.#fault = this.#whole('The stored root is not that of the leaves.')
    }
    return last === size
  }

  /** What stands at the next places, at most a chunk of them, or a tile where others wait; none at the end. */
  async #rows(sql: Sql, start: number, last: number): Promise<Rows> {
    const { log } = this.head
    const end = Math.min(start + (this.#share < 1 ? tileWidth : chunkWidth), last)
    if (end === start) return { start, end, placed: [], roots: [] }
    if (log === rootLog) return { start, end, placed: [], roots: await rootLeaves(sql, start, end) }
    this.#erasures ??= await erasuresOf(sql, log)
    return { start, end, placed: await placedEntries(sql, log, start, end), roots: [] }
  }

  async #beside(sql: Sql, { start, end }: Rows) {
    const { log } = this.head
    const checkpoints = await checkpointsOf(sql, log, start, end)
    const names = tilesBetween(start, end).map((n) => ({ log, level: 0, n }))
    return { checkpoints, tiles: await tilesAt(sql, names) }
  }

  /** The tree as it stood at the start of the walk, from stored tiles. */
  async #open(sql: Sql): Promise<TileTree | undefined> {
    if (this.#grown === undefined) {
      const { log } = this.head
      const edge = edgeOf(this.#start).map((tile) => ({ log, ...tile }))
      try {
        const tree = new TileTree(this.#start, await tilesAt(sql, edge))
        this.#grown = { tree, frontier: tree.frontier() }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        this.#fault = this.#whole(`Its tiles are incomplete: ${error.message}.`)
      }
    }
    return this.#grown?.tree
  }

  #root(): Buffer {
    return this.#grown!.frontier.root()
  }

  #append(
    start: number,
    end: number,
    leaves: readonly Leaf[],
    tiles: readonly Tile[],
    checkpoints: readonly StoredCheckpoint[],
  ): Fault | undefined {
    const { log } = this.head
    const bySize = new Map(checkpoints.map((checkpoint) => [checkpoint.size, checkpoint]))
    for (let index = start; index < end; index++) {
      const leaf = leaves[index - start]
      if (leaf?.index !== index) {
        return { log, index, entryId: null, fault: 'No entry stands at this place.' }
      }
      const { entryId, hash } = leaf
      if (leaf.fault !== undefined) return { log, index, entryId, fault: leaf.fault }
      const tile = tiles.find(({ n }) => n === Math.floor(index / tileWidth))
      const at = (index % tileWidth) * hashBytes
      if (tile?.hashes.subarray(at, at + hashBytes).equals(hash) !== true) {
        return { log, index, entryId, fault: 'The tree holds another leaf in its place.' }
      }
      this.#grown!.tree.append(hash)
      this.#grown!.frontier.append(hash)
      const checkpoint = bySize.get(index + 1)
      const fault = checkpoint && this.#faultOfCheckpoint(checkpoint)
      if (fault !== undefined) return this.#whole(fault)
      if (checkpoint !== undefined) {
        this.#lastGood = index + 1
        this.#checkpoints += 1
      }
    }
    return undefined
  }

  /** A tree's leaves: entries, or for the root tree the checkpoints of the others. */
  #leaves({ placed, roots }: Rows): Leaf[] {
    const { log } = this.head
    if (log === rootLog) return roots.map(rootLeaf)
    const erasures = this.#erasures!
    return placed.map((entry) => {
      const { index, placedId } = entry
      const gone = { index, entryId: placedId, hash: Buffer.alloc(0) }
      if (entry.entryId === null) return { ...gone, fault: 'Its entry is gone.' }
      if (entry.log !== log) return { ...gone, fault: 'It belongs to another log.' }
      const hash = leafHash(entry.body)
      const fault = this.#inspector.faultOf(entry, erasures, hash)
      return { index, entryId: placedId, hash, fault }
    })
  }

  async #compareTiles(sql: Sql): Promise<Fault | undefined> {
    const { log, size } = this.head
    const { tree } = this.#grown!
    const made = tree.takeFull()
    if (tree.size === size) made.push(...tree.partialTiles())
    const stored = await tilesAt(
      sql,
      made.map(({ level, n }) => ({ log, level, n })),
    )
    const differing = made.find(({ level, n, hashes }) => {
      const tile = stored.find((t) => t.level === level && t.n === n)
      return tile?.hashes.subarray(0, hashes.length).equals(hashes) !== true
    })
    if (differing === undefined) return undefined
    return this.#whole(`Tile ${differing.level}/${differing.n} is not what its leaves come to.`)
  }

  #faultOfCheckpoint({ size, root, note, generation }: StoredCheckpoint): string | undefined {
    const where = `Between leaves ${this.#lastGood} and ${size} the tree`
    if (generation < this.#generation) {
      return `The checkpoint at ${size} leaves bears a name that was given up before.`
    }
    this.#generation = generation
    try {
      const verifiers = this.#verifiers[generation - 1] ?? []
      const { text, vouchers } = openNote(note, verifiers)
      const said = parseCheckpoint(text)
      const [own] = verifiers
      if (!vouchers.some((voucher) => voucher === own) || said.origin !== own?.name) {
        return `The checkpoint at ${size} leaves is not signed by the log itself.`
      }
      if (said.size !== size) return `The checkpoint at ${size} leaves is of another size.`
      if (!said.root.equals(root) || !root.equals(this.#root())) {
        return `${where} is not what was signed.`
      }
      return undefined
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return `The checkpoint at ${size} leaves does not verify: ${error.message}.`
    }
  }

  #whole(fault: string): Fault {
    return { log: this.head.log, index: null, entryId: null, fault }
  }
}

/** A leaf of the root tree, which is the text of another tree's checkpoint. */
function rootLeaf({ rootIndex: index, note, ...row }: RootLeafRow): Leaf {
  const bad = (fault: string) => ({ index, entryId: null, hash: Buffer.alloc(0), fault })
  try {
    const { text } = parseNote(note)
    const { size, root } = parseCheckpoint(text)
    if (size !== row.size || !root.equals(row.root)) {
      return bad(`The checkpoint of ${row.log} says something else than its row.`)
    }
    return { index, entryId: null, hash: leafHash(Buffer.from(text)), fault: undefined }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return bad(`The checkpoint of ${row.log} cannot be read: ${error.message}.`)
  }
}

function tilesBetween(start: number, end: number): number[] {
  const first = Math.floor(start / tileWidth)
  const last = Math.floor((end - 1) / tileWidth)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
