/** Packs and receipts for tests, made beside the verifier and not by it. */
import { hash, sign } from 'node:crypto'
import {
  entryId,
  houseLeaf,
  logFiles,
  type MadeKey,
  MadeTree,
  payloadOf,
  signedCheckpoint,
} from './made-log.ts'
import type { Receipt } from './src/receipt.ts'

const sha256Hex = (text: string) => hash('sha256', text)

export interface PackOrder {
  readonly log: string
  readonly key: MadeKey
  readonly size: number
  /** Public statements by the entry that makes them. */
  readonly statements?: ReadonlyMap<number, string>
  /** Which entries' payloads are shown. */
  readonly openings?: (index: number) => boolean
  readonly anchor?: { readonly root: MadeKey; readonly witnesses: readonly MadeKey[] }
}

/** The files of a pack. */
export function packOf({
  log,
  key,
  size,
  statements = new Map(),
  openings,
  anchor,
}: PackOrder): Map<string, Buffer> {
  const leaves = Array.from({ length: size }, (_, i) => {
    const statement = statements.get(i)
    return houseLeaf(log, i, statement === undefined ? {} : { stm: sha256Hex(statement) })
  })
  const files = logFiles(leaves, key)
  const about = {
    format: 'holdfast-pack/1',
    keys: [key.vkey],
    ...(openings === undefined ? {} : { openings: 'all' }),
  }
  files.set('pack.json', Buffer.from(JSON.stringify(about)))
  const stated = [...statements].map(([index, statement]) => JSON.stringify({ index, statement }))
  if (stated.length > 0) files.set('statements', Buffer.from(`${stated.join('\n')}\n`))
  if (openings !== undefined) addOpenings(files, size, openings)
  if (anchor !== undefined) addAnchor(files, anchor)
  return files
}

function addOpenings(
  files: Map<string, Buffer>,
  size: number,
  isShown: (index: number) => boolean,
): void {
  for (let n = 0; n * 256 < size; n++) {
    const lines = Array.from({ length: Math.min(256, size - n * 256) }, (_, i) => n * 256 + i)
      .filter(isShown)
      .map((index) => JSON.stringify({ index, payload: payloadOf(index).toString('base64') }))
    const path = `openings/${String(n).padStart(3, '0')}.ndjson`
    files.set(path, Buffer.from(`${lines.join('\n')}\n`))
  }
}

function addAnchor(
  files: Map<string, Buffer>,
  { root, witnesses }: NonNullable<PackOrder['anchor']>,
): void {
  const signed = files.get('checkpoint')!
  const text = signed.toString().slice(0, signed.toString().indexOf('\n\n') + 1)
  const others = Array.from({ length: 6 }, (_, i) => Buffer.from(`another checkpoint ${i}`))
  const tree = new MadeTree([...others.slice(0, 4), Buffer.from(text), ...others.slice(4)])
  const rootCheckpoint = signedCheckpoint(root, tree.size, tree.root(), witnesses)
  files.set('anchors/0.checkpoint', signed)
  files.set('anchors/0.tlog-proof', Buffer.from(tree.proof(4, rootCheckpoint)))
}

/** The same files with one bit of one of them changed, for each of the bits chosen in each byte. */
export function* flippedCopies(
  files: ReadonlyMap<string, Buffer>,
  bitsOf: (byte: number) => readonly number[],
): Generator<readonly [path: string, copy: Map<string, Buffer>]> {
  for (const [path, bytes] of files) {
    for (let byte = 0; byte < bytes.length; byte++) {
      for (const bit of bitsOf(byte)) {
        const changed = Buffer.from(bytes)
        changed[byte]! ^= 1 << bit
        yield [path, new Map(files).set(path, changed)]
      }
    }
  }
}

/** A receipt for a leaf, due a minute after `at`. */
export function signReceipt(key: MadeKey, entry: number, leaf: Buffer, at: number): Receipt {
  const receipt = {
    origin: key.name,
    entryId: entryId(entry),
    leaf: hash('sha256', Buffer.concat([Buffer.of(0), leaf]), 'buffer'),
    at,
    delaySeconds: 60,
    keyId: key.id,
  }
  const lines = [
    'holdfast-receipt/v1',
    receipt.origin,
    receipt.entryId,
    receipt.leaf.toString('base64'),
    at,
    60,
  ]
  const signature = sign(
    null,
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
    key.pair.privateKey,
  )
  return { ...receipt, signature }
}
