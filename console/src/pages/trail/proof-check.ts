/**
 * Checks an entry's proof here, in the browser, without trusting the house's word: the leaf's hash
 * (RFC 6962 §2.1), the path to the root (RFC 9162 §2.1.3.2), and the log's signature on the
 * checkpoint (C2SP signed-note, Ed25519).
 */
export interface ProofInput {
  readonly entryId: string
  readonly leafBody: string
  readonly leafHash: string
  readonly proof: string
  readonly verifierKey: string
}

export interface ProofVerdict {
  readonly leaf: boolean
  readonly path: boolean
  /** Undefined where this browser cannot check Ed25519. */
  readonly signature: boolean | undefined
  /** Entries in the tree the checkpoint signs. */
  readonly size: number
}

/** @throws {RangeError} for what is no proof. */
export async function checkProof(input: ProofInput): Promise<ProofVerdict> {
  const { index, path, note } = parse(input.proof)
  const { text, size, root } = checkpointIn(note)
  const leaf = await hashOf(Uint8Array.of(0), new TextEncoder().encode(input.leafBody))
  return {
    leaf: same(leaf, bytesOf(input.leafHash)) && idIn(input.leafBody) === input.entryId,
    path: await leadsTo(root, { index, size, leaf, path }),
    signature: await isSigned(note, text, input.verifierKey),
    size,
  }
}

type Bytes = Uint8Array<ArrayBuffer>

function parse(proof: string): { index: number; path: Bytes[]; note: string } {
  const split = proof.indexOf('\n\n')
  const [title, ...lines] = proof.slice(0, Math.max(0, split)).split('\n')
  const kept = lines.filter((line) => !line.startsWith('extra '))
  const [, index] = /^index (\d+)$/.exec(kept[0] ?? '') ?? []
  if (title !== 'c2sp.org/tlog-proof@v1' || index === undefined)
    throw new RangeError('not a tlog-proof')
  return { index: Number(index), path: kept.slice(1).map(bytesOf), note: proof.slice(split + 2) }
}

function checkpointIn(note: string): { text: string; size: number; root: Bytes } {
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  const [, size = '', root = ''] = text.split('\n')
  if (split < 0 || !/^\d+$/.test(size)) throw new RangeError('not a checkpoint')
  return { text, size: Number(size), root: bytesOf(root) }
}

function idIn(leafBody: string): unknown {
  const leaf: unknown = JSON.parse(leafBody)
  return typeof leaf === 'object' && leaf !== null && 'id' in leaf ? leaf.id : undefined
}

async function leadsTo(
  root: Bytes,
  { index, size, leaf, path }: { index: number; size: number; leaf: Bytes; path: Bytes[] },
): Promise<boolean> {
  if (index >= size) return false
  let [position, last, hash] = [index, size - 1, leaf]
  for (const sibling of path) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      hash = await hashOf(Uint8Array.of(1), sibling, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = await hashOf(Uint8Array.of(1), hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 && same(hash, root)
}

async function isSigned(
  note: string,
  text: string,
  verifierKey: string,
): Promise<boolean | undefined> {
  const [, name = '', id = '', encoded = ''] =
    /^([^+]+)\+([\da-f]{8})\+(.+)$/.exec(verifierKey) ?? []
  const [type, ...publicKey] = bytesOf(encoded)
  if (type !== ed25519) return undefined
  const key = await crypto.subtle
    .importKey('raw', Uint8Array.from(publicKey), 'Ed25519', false, ['verify'])
    .catch(() => undefined)
  if (key === undefined) return undefined
  const signed = new TextEncoder().encode(text)
  for (const line of note.slice(text.length).split('\n')) {
    if (!line.startsWith(`— ${name} `)) continue
    const bytes = bytesOf(line.slice(`— ${name} `.length))
    if (hexOf(bytes.subarray(0, 4)) !== id) continue
    return await crypto.subtle.verify('Ed25519', key, bytes.subarray(4), signed)
  }
  return false
}

const ed25519 = 0x01

async function hashOf(...parts: readonly Bytes[]): Promise<Bytes> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
}

/** @throws {RangeError} for what is no base64. */
function bytesOf(base64: string): Bytes {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    throw new RangeError('not base64')
  }
}

const hexOf = (bytes: Bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const half = (n: number) => Math.floor(n / 2)
const same = (a: Bytes, b: Bytes) => a.length === b.length && a.every((byte, i) => byte === b[i])
