import type { Database } from '#ground'
import type { Secrets, Sql, World } from '#kernel'
import { formatCheckpoint } from './checkpoint.ts'
import {
  insertCheckpoints,
  insertCosignature,
  isDue,
  rootHead,
  saveSigningStop,
  unsignedHeads,
} from './checkpoint-store.ts'
import { rootLog } from '../entries/entry.ts'
import { faultOfKept } from './fork-acts.ts'
import { leafHash } from './merkle.ts'
import { mlDsa44Cosignature, type NoteSigner, signatureLine, signNote } from './note.ts'
import { keepEverywhere, readKeptEverywhere } from '../restore/outside-acts.ts'
import { openSigner } from './signer-acts.ts'
import { openTrees, saveTrees } from './acts.ts'
import { lockState, type TreeHead } from './store.ts'

/** Bounds the growth of the root log: one leaf for each changed tree in this time. */
export const shortestIntervalMs = 10_000

/** An ML-DSA-44 line is 3.2 KB; a newer checkpoint's covers what an older one did. */
const keptCosignatures = 1000

/**
 * Signs a checkpoint of every tree that has grown, makes each a leaf of the root tree, and signs
 * the root's. Nothing is signed while the database is behind a checkpoint kept outside of it.
 *
 * Each signature is made of a committed head, kept outside, and only then stored where others can
 * see it. So a crash at any point is harmless: no size is ever signed with two roots, and what was
 * not stored is signed again.
 */
export async function publish(
  database: Database,
  secrets: Secrets,
  { settings }: Pick<World, 'settings'>,
  now: Date,
): Promise<void> {
  if (!(await isDue(database, now, shortestIntervalMs))) return
  const signer = await openSigner(database, secrets, settings.publicUrl, now)
  const originOf = (log: string) => signer.originOf(log)
  const fault = await faultOfKept(database, originOf, await readKeptEverywhere(settings))
  await saveSigningStop(database, now, fault ?? null)
  if (fault !== undefined) return
  const sign = (head: TreeHead): Signed => {
    const text = formatCheckpoint({ origin: originOf(head.log), ...head })
    return {
      ...head,
      text,
      at: now,
      generation: signer.generation,
      note: signNote(text, [signer.ofLog(head.log)]),
    }
  }
  const house = { scope: 'house' } as const
  const trees = (await unsignedHeads(database)).map(sign)
  await keepEverywhere(settings, trees)
  await database.transaction(house, (sql) => storeTrees(sql, trees))
  const root = await rootHead(database)
  if (root === undefined || root.size === root.signedSize) return
  const signedRoot = sign(root)
  await keepEverywhere(settings, [signedRoot])
  await database.transaction(house, (sql) =>
    storeRoot(sql, signedRoot, signer.cosignerOf(rootLog, now)),
  )
}

interface Signed extends TreeHead {
  readonly text: string
  readonly note: string
  readonly at: Date
  readonly generation: number
}

/** Stores the checkpoints of trees, and grows the root tree by their texts. */
async function storeTrees(sql: Sql, signed: readonly Signed[]): Promise<void> {
  await lockState(sql)
  const unsigned = new Set((await unsignedHeads(sql)).map(({ log }) => log))
  const fresh = signed.filter(({ log }) => unsigned.has(log))
  if (fresh.length === 0) return
  const trees = await openTrees(sql, [rootLog])
  const tree = trees.get(rootLog)!
  const checkpoints = fresh.map((checkpoint) => {
    tree.append(leafHash(Buffer.from(checkpoint.text)))
    return { ...checkpoint, rootIndex: tree.size - 1 }
  })
  await insertCheckpoints(sql, checkpoints)
  await saveTrees(sql, trees)
}

async function storeRoot(sql: Sql, root: Signed, cosigner: NoteSigner): Promise<void> {
  await lockState(sql)
  if ((await rootHead(sql))!.signedSize >= root.size) return
  await insertCheckpoints(sql, [{ ...root, rootIndex: null }])
  const { name, id } = cosigner
  const line = signatureLine({ name, id, signature: cosigner.sign(root.text) })
  const { log, size } = root
  await insertCosignature(
    sql,
    { log, size, name, kind: mlDsa44Cosignature, line },
    keptCosignatures,
  )
}
