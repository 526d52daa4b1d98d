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

/** A receipt for a leaf, due a minute after `at`, signed together with another's, which stands before it. */
export function signReceipt(key: MadeKey, entry: number, leaf: Buffer, at: number): Receipt {
  const sha256 = (...parts: (Buffer | string | number)[]) =>
    hash(
      'sha256',
      Buffer.concat(
        parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))),
      ),
      'buffer',
    )
  const receipt = {
    origin: key.name,
    entryId: entryId(entry),
    leaf: sha256(0, leaf),
    at,
    delaySeconds: 60,
    place: 1,
    of: 2,
    path: [sha256(0, 'the promise of another')],
    keyId: key.id,
  }
  const promise = sha256(0, `${receipt.entryId}\n${receipt.leaf.toString('base64')}\n${at}\n`)
  const root = sha256(1, receipt.path[0]!, promise).toString('base64')
  const text = `holdfast-receipt/v2\n${receipt.origin}\n2\n${root}\n60\n`
  return { ...receipt, signature: sign(null, Buffer.from(text), key.pair.privateKey) }
}
