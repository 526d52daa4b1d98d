/**
 * Makes logs for tests and benches: keys, leaves as a house writes them, and the files of a log or pack.
 * It signs with Node's own crypto and grows its trees by the definition, so that it shares nothing with
 * what is tested but the names of files.
 */
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatTilePath, tilePathsOf } from './src/tiles.ts'

const sha256 = (...parts: readonly Uint8Array[]) => hash('sha256', Buffer.concat(parts), 'buffer')
const [leafPrefix, nodePrefix] = [Buffer.of(0), Buffer.of(1)]

/** A key that signs notes under a name: 0x01 for a log, 0x04 for a witness. */
export interface MadeKey {
  readonly name: string
  readonly vkey: string
  readonly type: 1 | 4
  readonly id: Buffer
  readonly pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
}

export function makeKey(
  name: string,
  type: 1 | 4 = 1,
  pair = generateKeyPairSync('ed25519'),
): MadeKey {
  const bare = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(12)
  const key = Buffer.concat([Buffer.of(type), bare])
  const id = sha256(Buffer.from(`${name}\n`), key).subarray(0, 4)
  return { name, type, id, pair, vkey: `${name}+${id.toString('hex')}+${key.toString('base64')}` }
}

/** A signature's line on a text. */
export function signatureLine(
  { name, id, type, pair }: MadeKey,
  text: string,
  at = 1_772_366_400,
): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(at))
  const signature =
    type === 1
      ? sign(null, Buffer.from(text), pair.privateKey)
      : Buffer.concat([
          time,
          sign(null, Buffer.from(`cosignature/v1\ntime ${at}\n${text}`), pair.privateKey),
        ])
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

export function signedCheckpoint(
  key: MadeKey,
  size: number,
  root: Buffer,
  more: readonly MadeKey[] = [],
): string {
  const text = `${key.name}\n${size}\n${root.toString('base64')}\n`
  return `${text}\n${[key, ...more].map((each) => signatureLine(each, text)).join('')}`
}

/** A tree by the definition of RFC 6962, with every perfect subtree reckoned once. */
export class MadeTree {
  readonly #levels: Buffer[][] = [[]]

  constructor(entries: Iterable<Uint8Array> = []) {
    for (const entry of entries) this.add(entry)
  }

  get size(): number {
    return this.#levels[0]!.length
  }

  add(entry: Uint8Array): void {
    let hashed = sha256(leafPrefix, entry)
    for (let level = 0; ; level++) {
      const row = (this.#levels[level] ??= [])
      row.push(hashed)
      if (row.length % 2 === 1) return
      hashed = sha256(nodePrefix, row.at(-2)!, row.at(-1)!)
    }
  }

  /** The root of leaves `[start, end)`, where a tree would split them. */
  root(start = 0, end = this.size): Buffer {
    if (end === start) return sha256()
    const width = end - start
    if (Number.isInteger(Math.log2(width)) && start % width === 0) {
      return this.#levels[Math.log2(width)]![start / width]!
    }
    const middle = start + 2 ** Math.floor(Math.log2(width - 1))
    return sha256(nodePrefix, this.root(start, middle), this.root(middle, end))
  }

  /** The inclusion proof of RFC 6962 §2.1.1, from leaf to root. */
  path(index: number, start = 0, end = this.size): Buffer[] {
    if (end - start === 1) return []
    const middle = start + 2 ** Math.floor(Math.log2(end - start - 1))
    return index < middle
      ? [...this.path(index, start, middle), this.root(middle, end)]
      : [...this.path(index, middle, end), this.root(start, middle)]
  }

  proof(index: number, signed: string): string {
    const hashes = this.path(index).map((each) => `${each.toString('base64')}\n`)
    return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.join('')}\n${signed}`
  }

  /** Hashes of a tile, one after the other. */
  tile(level: number, n: number, width: number): Buffer {
    const first = n * 256
    return Buffer.concat(this.#levels[level * 8]!.slice(first, first + width))
  }
}

/** A UUID that tells its number. */
export const entryId = (i: number) => `018f0000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`

/** The opened payload of entry i: 32 bytes that are not random here, and an event. */
export const payloadOf = (i: number) =>
  Buffer.concat([
    sha256(Buffer.from(`salt ${i}`)),
    Buffer.from(`{"class_uid":6005,"message":"act ${i}"}`),
  ])

/** A leaf as a house writes it. */
export function houseLeaf(
  log: string,
  i: number,
  more: Readonly<Record<string, unknown>> = {},
): Buffer {
  const pseudonym = (of: string) => sha256(Buffer.from(of)).toString('hex', 0, 16)
  const leaf = {
    act: 'vault.record.read',
    actor: pseudonym(`actor ${i % 7}`),
    cat: 1 << (i % 5),
    cred: pseudonym(`credential ${i % 7}`),
    id: entryId(i),
    kind: 'workload',
    log,
    n: { records: 1, subjects: 1 },
    out: 'done',
    pd: sha256(payloadOf(i)).toString('hex'),
    pur: 'billing',
    set: sha256(Buffer.from(`set ${i}`)).toString('hex'),
    src: pseudonym(`source ${i % 3}`),
    t: new Date(Date.UTC(2026, 2, 1) + i * 1000).toISOString(),
    v: 1,
    ...more,
  }
  const sorted = Object.entries(leaf).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.from(JSON.stringify(Object.fromEntries(sorted)))
}

export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 0xff), entry]),
  )
}

/** The files of a log under their paths, for entries and the key that signs for them. */
export function logFiles(
  entries: readonly Uint8Array[],
  key: MadeKey,
  more: readonly MadeKey[] = [],
): Map<string, Buffer> {
  const tree = new MadeTree(entries)
  const signed = signedCheckpoint(key, tree.size, tree.root(), more)
  const files = new Map<string, Buffer>([['checkpoint', Buffer.from(signed)]])
  for (const path of tilePathsOf(tree.size)) {
    const { level, n, width } = path
    const bytes =
      level === 'entries'
        ? bundleOf(entries.slice(n * 256, n * 256 + width))
        : tree.tile(level, n, width)
    files.set(formatTilePath(path), bytes)
  }
  return files
}

export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}
