#!/usr/bin/env node
/*
 * holdfast-verify: verifies C2SP transparency logs and Holdfast packs, with nothing but this file.
 * Apache-2.0. Made from verifier/src by verifier/build.ts; what is said there is what runs here.
 */
// src/bytes.ts
/** Bytes as they stand in files: text, base64, hex, numbers. Nothing here knows the runtime. */
const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', {
  fatal: true,
  ignoreBOM: true,
})
function utf8(text) {
  return encoder.encode(text)
}
/** @throws {TypeError} for bytes that are not UTF-8. */
function textOf(bytes) {
  return strictDecoder.decode(bytes)
}
function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
function equal(a, b) {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
/** Bytes of lower-case hex; undefined for anything else. */
function fromHex(text) {
  if (!/^(?:[\da-f]{2})*$/.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
const chunk = 32768
function toBase64(bytes) {
  let binary = ''
  for (let at = 0; at < bytes.length; at += chunk) {
    binary += String.fromCharCode(...bytes.subarray(at, at + chunk))
  }
  return btoa(binary)
}
const base64Text = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/
/** Bytes of standard base64 in its only proper spelling; undefined for any other. */
function fromBase64(text) {
  if (!base64Text.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : undefined
}
function readUint16(bytes, at) {
  return bytes[at] * 256 + bytes[at + 1]
}
function readUint64(bytes, at) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at)
}
function uint64(value) {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}
/** A decimal number without leading zeros, as the formats write sizes; undefined for any other text. */
function parseDecimal(text) {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

// src/sha256.ts
const inNode = typeof process === 'object' && typeof process.versions?.node === 'string'
const node = inNode ? await import('node:crypto') : undefined
const hashBytes = 32
function sha256(bytes) {
  if (node === undefined) return portableSha256(bytes)
  if (node.hash === undefined) return node.createHash('sha256').update(bytes).digest()
  return Buffer.from(node.hash('sha256', bytes, 'latin1'), 'latin1')
}
function newSlab(bytes) {
  return inNode ? Buffer.alloc(bytes) : new Uint8Array(bytes)
}
/** Writes the hash of `bytes` into a slab. */
const sha256Into =
  node?.hash === undefined
    ? (bytes, slab, at) => slab.set(sha256(bytes), at)
    : (bytes, slab, at) => void slab.latin1Write(node.hash('sha256', bytes, 'latin1'), at)
/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = fractions(64, (prime) => cubeRoot(prime))
/** The same of the square roots of the first eight. */
const initialState = fractions(8, (prime) => Math.sqrt(prime))
function fractions(count, root) {
  const words = []
  for (let n = 2; words.length < count; n++) {
    if (isPrime(n)) words.push(Math.floor((root(n) % 1) * 2 ** 32))
  }
  return Int32Array.from(words)
}
function isPrime(n) {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return true
}
/** One Newton step beyond the library's, which need not be exact to the last bit everywhere. */
function cubeRoot(n) {
  const root = Math.cbrt(n)
  return root - (root ** 3 - n) / (3 * root * root)
}
const schedule = new Int32Array(64)
/** The definition, in plain arithmetic. */
function portableSha256(bytes) {
  const state = Int32Array.from(initialState)
  const whole = bytes.length - (bytes.length % 64)
  for (let at = 0; at < whole; at += 64) compress(state, bytes, at)
  const rest = bytes.subarray(whole)
  const last = new Uint8Array(rest.length < 56 ? 64 : 128)
  last.set(rest)
  last[rest.length] = 128
  new DataView(last.buffer).setBigUint64(last.length - 8, BigInt(bytes.length) * 8n)
  for (let at = 0; at < last.length; at += 64) compress(state, last, at)
  const digest = new Uint8Array(32)
  const view = new DataView(digest.buffer)
  state.forEach((word, i) => view.setInt32(i * 4, word))
  return digest
}
function compress(state, bytes, start) {
  const w = schedule
  for (let t = 0, at = start; t < 16; t++, at += 4) {
    w[t] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
  }
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15], w[t - 2]]
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + roundConstants[t] + w[t]) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const out = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = (state[i] + out[i]) | 0
}

// src/checkpoint.ts
/**
 * Checkpoints (C2SP tlog-checkpoint v1.0.0): the text a log signs to stand by its tree.
 *
 * ```
 * <origin>
 * <size, decimal>
 * <base64 of the root hash>
 * [<extension lines, not empty>]
 * ```
 *
 * See https://c2sp.org/tlog-checkpoint
 */
function formatCheckpoint(origin, size, root, extensions = []) {
  return `${[origin, String(size), toBase64(root), ...extensions].join('\n')}\n`
}
/** @throws {RangeError} for anything but a well-formed checkpoint's text. */
function parseCheckpoint(text) {
  const [origin = '', digits = '', base64 = '', ...rest] = text.split('\n')
  const size = parseDecimal(digits)
  const root = fromBase64(base64)
  const extensions = rest.slice(0, -1)
  if (origin === '' || size === undefined || root?.length !== 32 || rest.at(-1) !== '') {
    throw new RangeError('not a checkpoint')
  }
  if (extensions.includes('')) throw new RangeError('a checkpoint with an empty extension line')
  return {
    origin,
    size,
    root,
    extensions,
  }
}

// src/merkle.ts
/**
 * Merkle trees as RFC 6962 §2.1 defines them, over SHA-256.
 *
 * ```
 * leaf        SHA-256(0x00 ‖ entry)
 * node        SHA-256(0x01 ‖ left ‖ right)
 * empty tree  SHA-256("")
 * a tree of n leaves splits at the largest power of two below n
 * ```
 */
/** The root of the tree without leaves. */
const emptyRoot = sha256(new Uint8Array())
/** A zero, and behind it room for an entry. */
let leaf = new Uint8Array(1024)
/** What an entry's bytes come to as a leaf. */
function leafHash(entry) {
  if (leaf.length <= entry.length) leaf = new Uint8Array(2 * entry.length)
  leaf.set(entry, 1)
  return sha256(leaf.subarray(0, 1 + entry.length))
}
const pair = new Uint8Array(1 + 2 * 32).fill(1)
/** What two neighbours come to. */
function nodeHash(left, right) {
  pair.set(left, 1)
  pair.set(right, 1 + 32)
  return sha256(pair)
}
/** The root over leaf hashes, by the definition. For few leaves; trees that grow use {@link Frontier}. */
function rootOf(leaves) {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0]
  const split = largestPowerBelow(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}
/** The largest power of two below `n`, for `n` of at least 2. Right up to 2⁵³, where bits are not. */
function largestPowerBelow(n) {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}
/**
 * The perfect subtrees along a tree's right edge, largest first: all it takes to grow a tree, and
 * to know its root.
 */
var Frontier = class Frontier {
  #size = 0
  #peaks = []
  get size() {
    return this.#size
  }
  /** Appends a perfect subtree of `width` leaves; `width` is a power of two that divides the size. */
  append(hash, width = 1) {
    if (this.#size % width !== 0) throw new RangeError('a subtree must start at its own width')
    let peak = {
      size: width,
      hash,
    }
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop()
      peak = {
        size: peak.size * 2,
        hash: nodeHash(last.hash, peak.hash),
      }
    }
    this.#peaks.push(peak)
    this.#size += width
  }
  root() {
    return (
      this.#peaks.reduceRight(
        (right, { hash }) => (right === undefined ? hash : nodeHash(hash, right)),
        undefined,
      ) ?? emptyRoot
    )
  }
  /** One that grows from here on its own. */
  copy() {
    const copy = new Frontier()
    for (const { size, hash } of this.#peaks) copy.append(hash, size)
    return copy
  }
}

// src/note.ts
/**
 * Signed notes and verifier keys (C2SP signed-note v1.0.0).
 *
 * ```
 * <text, ends with a newline>
 * <empty line>
 * — <key name> <base64 of: 4 bytes key id, signature>      one line for each signature
 * ```
 *
 * A signature covers the text with its last newline. A key's id is the first four bytes of
 * SHA-256(name ‖ 0x0A ‖ type ‖ public key); a verifier key is `<name>+<id in hex>+<base64 of
 * type ‖ public key>`. A signature by an unknown key is ignored; a bad one by a known key
 * condemns the whole note.
 *
 * See https://c2sp.org/signed-note
 */
/** Signature types of the signed-note registry. */
const ed25519 = 1
const ed25519Cosignature = 4
const mlDsa44Cosignature = 6
const idBytes$1 = 4
const mostSignatures = 100
/** Whether a string may name a key: no space of any kind, no plus. */
function isKeyName(name) {
  return /^[^\s\u0085+]+$/u.test(name) && !/\p{Surrogate}/u.test(name)
}
function keyId(name, type, publicKey) {
  return sha256(concat(utf8(name), Uint8Array.of(10, type), publicKey)).subarray(0, idBytes$1)
}
function formatVerifierKey(name, type, publicKey) {
  const key = toBase64(concat(Uint8Array.of(type), publicKey))
  return `${name}+${toHex(keyId(name, type, publicKey))}+${key}`
}
/** @throws {RangeError} for a key whose name is no name, or whose id is not its own. */
function parseVerifierKey(text) {
  const [, name, hex, base64] = /^([^+]+)\+([\da-f]{8})\+(.+)$/.exec(text) ?? []
  const key = base64 === undefined ? undefined : fromBase64(base64)
  if (name === undefined || hex === undefined || key === undefined || !isKeyName(name)) {
    throw new RangeError('not a verifier key')
  }
  const [type, publicKey] = [key[0], key.subarray(1)]
  const id = keyId(name, type, publicKey)
  if (toHex(id) !== hex) throw new RangeError('a verifier key with another key’s id')
  return {
    name,
    id,
    type,
    publicKey,
  }
}
/** Whether a signature says it was made by this key. */
function isBy({ name, id }, key) {
  return name === key.name && equal(id, key.id)
}
/**
 * @param note - text, or the bytes of a file.
 * @throws {RangeError} for anything but a well-formed note.
 */
function parseNote(note) {
  const whole = typeof note === 'string' ? note : decode$1(note)
  if (!isNoteText(whole)) throw new RangeError('a note must be lines without control characters')
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw new RangeError('a note without signatures')
  const lines = whole
    .slice(split + 2)
    .split('\n')
    .slice(0, -1)
  if (lines.length < 1 || lines.length > mostSignatures) {
    throw new RangeError(`a note cannot carry ${lines.length} signatures`)
  }
  return {
    text: whole.slice(0, split + 1),
    signatures: lines.map(parseSignature),
  }
}
function decode$1(bytes) {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError('a note must be UTF-8')
  }
}
function parseSignature(line) {
  const [, name, base64] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = base64 === undefined ? undefined : fromBase64(base64)
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.length <= idBytes$1) {
    throw new RangeError('a malformed signature line')
  }
  return {
    name,
    id: bytes.subarray(0, idBytes$1),
    signature: bytes.subarray(idBytes$1),
  }
}
/** Whole lines of well-formed text, without control characters below U+0020 but the newline. */
function isNoteText(text) {
  return text.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u.test(text)
}

// src/policy.ts
/**
 * Whose signatures count (C2SP tlog-policy).
 *
 * ```
 * log <verifier key> [<url>]
 * witness <name> <verifier key> [<url>]
 * group <name> all|any|<k> <name>...
 * quorum <name>|none
 * ```
 *
 * Spaces and tabs separate; empty lines and lines that begin with `#` do not count. A group names only
 * what stands above it, and nothing is a member twice.
 *
 * See https://c2sp.org/tlog-policy
 */
/** @throws {RangeError} for anything that is no policy, with the line. */
function parsePolicy(text) {
  const logs = []
  const witnesses = new Map()
  const rules = new Map()
  const used = new Set()
  let quorum
  const fresh = (key, others) => {
    for (const other of others) {
      if (equal(other.publicKey, key.publicKey)) throw new RangeError('the same key stands twice')
    }
    return key
  }
  const name = (given, rule) => {
    if (given === undefined || given === 'none' || rules.has(given)) {
      throw new RangeError(`${given ?? 'nothing'} is no new name`)
    }
    rules.set(given, rule)
  }
  const readLine = (words) => {
    const [kind, ...rest] = words
    if (kind === 'log' && rest.length >= 1 && rest.length <= 2) {
      logs.push(fresh(parseVerifierKey(rest[0]), logs))
    } else if (kind === 'witness' && rest.length >= 2 && rest.length <= 3) {
      const [own, key] = rest
      name(own, (witnessed) => witnessed.has(own))
      witnesses.set(own, fresh(parseVerifierKey(key), witnesses.values()))
    } else if (kind === 'group' && rest.length >= 3) {
      name(rest[0], groupOf(rest[1], rest.slice(2), rules, used))
    } else if (kind === 'quorum' && rest.length === 1 && quorum === undefined) {
      quorum = rest[0] === 'none' ? () => true : rules.get(rest[0])
      if (quorum === undefined) throw new RangeError(`${rest[0]} is not defined above`)
    } else {
      throw new RangeError('not a line of a policy')
    }
  }
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    if (words.length === 0 || words[0].startsWith('#')) continue
    try {
      readLine(words)
    } catch (error) {
      throw new RangeError(`line ${i + 1} of the policy: ${error.message}`)
    }
  }
  if (quorum === undefined) throw new RangeError('the policy has no quorum line')
  return {
    logs,
    witnesses,
    isQuorum: quorum,
  }
}
function groupOf(threshold, members, rules, used) {
  const each = members.map((member) => {
    const rule = rules.get(member)
    if (rule === undefined) throw new RangeError(`${member} is not defined above`)
    if (used.has(member)) throw new RangeError(`${member} is a member twice`)
    used.add(member)
    return rule
  })
  const least = threshold === 'all' ? each.length : threshold === 'any' ? 1 : Number(threshold)
  const written = /^(?:all|any|[1-9]\d*)$/.test(threshold)
  if (!written || least > each.length) throw new RangeError(`${threshold} is no threshold here`)
  return (witnessed) => each.filter((rule) => rule(witnessed)).length >= least
}

// src/merkle-proof.ts
/**
 * Inclusion and consistency proofs of RFC 6962 §2.1.1 and §2.1.2: which hashes they are made of,
 * and how they are checked (the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2).
 *
 * Beyond the textbook the checks demand hashes of 32 bytes and sizes above zero: without them a
 * leaf could pass for a node, and any tree would follow from the empty one.
 */
/** The subtrees whose hashes prove that leaf `index` is in the tree of `size`, from leaf to root. */
function inclusionRanges(index, size) {
  if (!isCount$1(index) || !isCount$1(size) || index >= size) {
    throw new RangeError(`a tree of ${size} has no leaf ${index}`)
  }
  const ranges = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    if (index < middle) {
      ranges.push({
        start: middle,
        end,
      })
      end = middle
    } else {
      ranges.push({
        start,
        end: middle,
      })
      start = middle
    }
  }
  return ranges.toReversed()
}
/** The subtrees whose hashes prove that the tree of `size` begins with the tree of `oldSize`. */
function consistencyRanges(oldSize, size) {
  if (!isCount$1(oldSize) || !isCount$1(size) || oldSize < 1 || oldSize > size) {
    throw new RangeError(`no proof leads from a tree of ${oldSize} to one of ${size}`)
  }
  const ranges = []
  let [start, end] = [0, size]
  while (end !== oldSize) {
    const middle = start + largestPowerBelow(end - start)
    if (oldSize <= middle) {
      ranges.push({
        start: middle,
        end,
      })
      end = middle
    } else {
      ranges.push({
        start,
        end: middle,
      })
      start = middle
    }
  }
  if (start > 0)
    ranges.push({
      start,
      end,
    })
  return ranges.toReversed()
}
/** Whether `path` proves that `leaf` is number `index` in the tree of `size` with that root. */
function verifyInclusion(index, size, leaf, path, root) {
  const found = rootByPath(index, size, leaf, path)
  return found !== undefined && isHash(root) && equal(found, root)
}
/** The root that `path` leads to from leaf `index` of a tree of `size`; undefined where it fits no such leaf. */
function rootByPath(index, size, leaf, path) {
  if (!isCount$1(index) || !isCount$1(size) || index >= size) return undefined
  if (![leaf, ...path].every(isHash)) return undefined
  let [position, last] = [index, size - 1]
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return undefined
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 ? hash : undefined
}
/** Whether `path` proves that the tree of `size` with `root` begins with that of `oldSize` with `oldRoot`. */
function verifyConsistency(oldSize, size, path, oldRoot, root) {
  if (!isCount$1(oldSize) || !isCount$1(size) || oldSize < 1 || oldSize > size) return false
  if (![oldRoot, root, ...path].every(isHash)) return false
  if (oldSize === size) return path.length === 0 && equal(oldRoot, root)
  const whole = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path
  const [first, ...rest] = whole
  if (first === undefined || path.length === 0) return false
  let [position, last] = [oldSize - 1, size - 1]
  while (position % 2 === 1) [position, last] = [half(position), half(last)]
  let [oldHash, hash] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash)
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[position, last] = [half(position), half(last)]
  }
  return last === 0 && equal(oldHash, oldRoot) && equal(hash, root)
}
const isCount$1 = (n) => Number.isSafeInteger(n) && n >= 0
const isHash = (bytes) => bytes.length === 32
const half = (n) => Math.floor(n / 2)
function isPowerOfTwo(n) {
  let rest = n
  while (rest % 2 === 0) rest /= 2
  return rest === 1
}

// src/proof.ts
/**
 * Proofs that travel alone (C2SP tlog-proof, extension `.tlog-proof`).
 *
 * ```
 * c2sp.org/tlog-proof@v1
 * [extra <base64>]             not authenticated, and read over
 * index <decimal>
 * <base64 of a hash>           one line for each, from leaf to root
 * <empty line>
 * <signed checkpoint, as it was signed>
 * ```
 *
 * See https://c2sp.org/tlog-proof
 */
const proofTitle = 'c2sp.org/tlog-proof@v1'
/** @throws {RangeError} for anything but a well-formed proof. */
function parseProof(proof) {
  const text = typeof proof === 'string' ? proof : decode(proof)
  const split = text.indexOf('\n\n')
  if (split < 0) throw new RangeError('a proof without a checkpoint')
  const [first, ...rest] = text.slice(0, split).split('\n')
  const extra = rest[0]?.startsWith('extra ') === true ? rest.shift().slice('extra '.length) : ''
  const [indexLine = '', ...hashLines] = rest
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : undefined
  if (
    first !== 'c2sp.org/tlog-proof@v1' ||
    index === undefined ||
    fromBase64(extra) === undefined
  ) {
    throw new RangeError('not a tlog-proof')
  }
  const path = hashLines.map((line) => fromBase64(line) ?? new Uint8Array())
  if (path.some((hash) => hash.length !== 32)) throw new RangeError('a malformed hash line')
  return {
    index,
    path,
    checkpoint: text.slice(split + 2),
  }
}
function decode(bytes) {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError('a proof must be UTF-8')
  }
}
/**
 * Follows a proof from a leaf to the root its checkpoint tells. Whether anybody signed that is for
 * whoever asks to see: the note comes back unopened.
 *
 * @throws {RangeError} when it is malformed or leads elsewhere.
 */
function followProof(proof, leaf) {
  const { index, path, checkpoint: signed } = parseProof(proof)
  const note = parseNote(signed)
  const checkpoint = parseCheckpoint(note.text)
  if (!verifyInclusion(index, checkpoint.size, leaf, path, checkpoint.root)) {
    throw new RangeError('the proof does not lead to the checkpoint’s root')
  }
  return {
    index,
    note,
    checkpoint,
  }
}

// src/signatures.ts
/**
 * Whether a signature holds, and the honest third answer: that this runtime cannot tell.
 *
 * ```
 * type 0x01  Ed25519 over the note's text
 * type 0x04  uint64 time ‖ Ed25519 over "cosignature/v1\ntime <decimal>\n" and the text
 * type 0x06  uint64 time ‖ ML-DSA-44 over "subtree/v1\n\0" ‖ u8 length, name ‖ uint64 time ‖
 *            u8 length, origin ‖ uint64 0 ‖ uint64 size ‖ root
 * ```
 *
 * Ed25519 is checked by WebCrypto, in Node and in browsers; ML-DSA-44 by Node's own crypto from
 * version 24.6, or by a browser whose WebCrypto has it.
 *
 * See https://c2sp.org/tlog-cosignature, RFC 8032, FIPS 204
 */
const timeBytes = 8
const ed25519KeyBytes = 32
const mlDsa44KeyBytes = 1312
/** SubjectPublicKeyInfo of ML-DSA-44 up to the key itself (RFC 9881). */
const mlDsa44SpkiHead = fromHex('30820532300b06096086480165030403110382052100')
const signatureNames = {
  [1]: 'Ed25519 signature',
  [4]: 'Ed25519 cosignature',
  [6]: 'ML-DSA-44 cosignature',
}
/** What a key of a type makes, in words. */
const signatureName = (type) => signatureNames[type] ?? `signature of type ${type}`
/** What is said of a signature that this runtime has no way to tell of, and who has. */
const notChecked = (type) =>
  `could not be checked in this runtime${type === 6 ? '; Node 24.6 or later can' : ''}`
/** Every signature on a note by one of these keys, checked. The others are ignored, as they must be. */
async function checkNote(note, keys) {
  const vouchers = []
  for (const signature of note.signatures) {
    const key = keys.find((candidate) => isBy(signature, candidate))
    if (key === undefined) continue
    const verdict = await checkSignature(key, note.text, signature.signature)
    vouchers.push({
      key,
      verdict,
      time: timeOf(key, signature.signature),
    })
  }
  return vouchers
}
function timeOf({ type }, signature) {
  const isTimed = type === 4 || type === 6
  return isTimed && signature.length >= timeBytes ? Number(readUint64(signature, 0)) : undefined
}
/** One signature, by the rules of its key's type. */
async function checkSignature({ type, name, publicKey }, text, signature) {
  if (type === 1) return checkEd25519(publicKey, utf8(text), signature)
  if (type !== 4 && type !== 6) return 'unchecked'
  if (signature.length <= timeBytes) return 'bad'
  const time = readUint64(signature, 0)
  if (time >= 2n ** 63n) return 'bad'
  const bare = signature.subarray(timeBytes)
  if (type === 4) {
    return checkEd25519(publicKey, utf8(`cosignature/v1\ntime ${time}\n${text}`), bare)
  }
  try {
    const message = subtreeMessage(name, time, parseCheckpoint(text))
    return await checkMlDsa44(publicKey, message, bare)
  } catch (error) {
    if (error instanceof RangeError) return 'bad'
    throw error
  }
}
/** What an ML-DSA-44 cosigner signs. @throws {RangeError} for a name of no or more than 255 bytes. */
function subtreeMessage(name, time, { origin, size, root }) {
  const head = utf8('subtree/v1\n\0')
  return concat(head, prefixed(name), uint64(time), prefixed(origin), uint64(0), uint64(size), root)
}
function prefixed(text) {
  const bytes = utf8(text)
  if (bytes.length < 1 || bytes.length > 255) throw new RangeError('a name must be 1 to 255 bytes')
  return concat(Uint8Array.of(bytes.length), bytes)
}
async function checkEd25519(publicKey, message, signature) {
  if (publicKey.length !== ed25519KeyBytes) return 'bad'
  return checkByWebCrypto('raw', publicKey, { name: 'Ed25519' }, message, signature)
}
async function checkMlDsa44(publicKey, message, signature) {
  if (publicKey.length !== mlDsa44KeyBytes) return 'bad'
  const spki = concat(mlDsa44SpkiHead, publicKey)
  if (typeof process !== 'object' || typeof process.versions?.node !== 'string') {
    return checkByWebCrypto('spki', spki, { name: 'ML-DSA-44' }, message, signature)
  }
  const { createPublicKey, verify } = await import('node:crypto')
  let key
  try {
    key = createPublicKey({
      key: Buffer.from(spki),
      format: 'der',
      type: 'spki',
    })
  } catch {
    return 'unchecked'
  }
  return verify(null, message, key, signature) ? 'good' : 'bad'
}
/** A key WebCrypto does not take is a way of signing it does not know. */
async function checkByWebCrypto(format, key, algorithm, message, signature) {
  const { subtle } = crypto
  const plain = (bytes) => new Uint8Array(bytes)
  let imported
  try {
    imported = await subtle.importKey(format, plain(key), algorithm, false, ['verify'])
  } catch {
    return 'unchecked'
  }
  const holds = await subtle.verify(algorithm, imported, plain(signature), plain(message))
  return holds ? 'good' : 'bad'
}

// src/receipt.ts
/**
 * Signed receipts: what a caller took away from an access, to be held against the log later.
 *
 * ```
 * origin="<origin>", entry="<id>", leaf=:<base64>:, time=<ms>, delay=<s>, place=<i>, of=<n>, path=:<base64>:, signature=:<base64>:
 * ```
 *
 * That is the value of the header `holdfast-receipt` (a dictionary of RFC 9651 in this one spelling).
 * What was promised together is signed together: the promise `<entry>\n<base64 of leaf>\n<time, ms since 1970>\n`
 * is leaf `place` of a tree of `of` leaves (RFC 6962 §2.1), and `path` its inclusion proof. The
 * signature is 4 bytes of the key's id and 64 of Ed25519 over this text:
 *
 * ```
 * holdfast-receipt/v2
 * <origin>
 * <of>
 * <base64 of the root>
 * <delay, seconds>
 * ```
 *
 * The promise: within the delay the leaf stands in the log under a signed checkpoint.
 */
const idBytes = 4
const signedBytes = 68
const header = 'holdfast-receipt'
const pattern =
  /^origin="([!#-*,-[\]-~]{1,400})", entry="([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})", leaf=:([A-Za-z\d+/=]{44}):, time=(0|[1-9]\d{0,14}), delay=([1-9]\d{0,5}), place=(0|[1-9]\d{0,2}), of=([1-9]\d{0,2}), path=:([A-Za-z\d+/=]{0,384}):, signature=:([A-Za-z\d+/=]{92}):$/
/**
 * @param text - a receipt by itself, or header lines with one among them.
 * @throws {RangeError} when there is none.
 */
function parseReceipt(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const headed = lines.find((line) => line.toLowerCase().startsWith(`${header}:`))
  const value = headed?.slice(header.length + 1).trim() ?? lines.find((line) => pattern.test(line))
  const match = pattern.exec(value ?? '')
  const leaf = fromBase64(match?.[3] ?? '')
  const path = fromBase64(match?.[8] ?? '')
  const signed = fromBase64(match?.[9] ?? '')
  if (
    match === null ||
    leaf?.length !== 32 ||
    path === undefined ||
    path.length % 32 !== 0 ||
    signed?.length !== signedBytes
  ) {
    throw new RangeError('not a receipt')
  }
  return {
    origin: match[1],
    entryId: match[2],
    leaf,
    at: Number(match[4]),
    delaySeconds: Number(match[5]),
    place: Number(match[6]),
    of: Number(match[7]),
    path: Array.from({ length: path.length / 32 }, (_, i) => path.subarray(i * 32, (i + 1) * 32)),
    keyId: signed.subarray(0, idBytes),
    signature: signed.subarray(idBytes),
  }
}
/** Whether the log itself made the promise. */
async function checkReceipt(receipt, keys) {
  const { origin, entryId, leaf, at, delaySeconds, place, of, path, keyId, signature } = receipt
  const key = keys.find(({ name, id }) => name === origin && equal(id, keyId))
  if (key === undefined) return 'unchecked'
  const promise = leafHash(utf8(`${entryId}\n${toBase64(leaf)}\n${at}\n`))
  const root = rootByPath(place, of, promise, path)
  if (root === undefined) return 'bad'
  const lines = [`${header}/v2`, origin, of, toBase64(root), delaySeconds]
  return checkSignature(key, lines.map((line) => `${line}\n`).join(''), signature)
}

// src/zip.ts
/**
 * Reads zip files (APPNOTE.TXT 6.3.10): stored and deflated members, with zip64 sizes. Each member's
 * CRC-32 is checked. No encryption, no parts on several disks.
 *
 * ```
 * … members … │ central directory │ [zip64 end record, locator] │ end record ‖ comment
 * ```
 */
const endRecord = 101010256
const endLocator64 = 117853008
const endRecord64 = 101075792
const directoryEntry = 33639248
const localHeader = 67324752
const endBytes = 22
const longestComment = 65535
const stored = 0
const deflated = 8
/** More in one member than any file of a log can have. */
const largestMember = 1 << 30
/** A zip's members by name. @throws {RangeError} for anything that is not a whole zip. */
var ZipFile = class ZipFile {
  #file
  #members
  constructor(file, members) {
    this.#file = file
    this.#members = members
  }
  static async open(file) {
    const { start, end, count } = await findDirectory(file)
    return new ZipFile(file, parseDirectory(await file.read(start, end), count))
  }
  get names() {
    return [...this.#members.keys()]
  }
  /** A member's bytes; undefined when there is none of that name. */
  async read(name) {
    const member = this.#members.get(name)
    if (member === undefined) return undefined
    const head = viewOf(await this.#file.read(member.header, member.header + 30))
    if (head.byteLength < 30 || head.getUint32(0, true) !== localHeader) {
      throw new RangeError(`the zip holds no ${name} where it says so`)
    }
    const start = member.header + 30 + head.getUint16(26, true) + head.getUint16(28, true)
    const packed = await this.#file.read(start, start + member.packed)
    const bytes = member.method === stored ? packed : await inflate(packed, member.size)
    if (bytes.length !== member.size || crc32(bytes) !== member.crc) {
      throw new RangeError(`${name} in the zip is damaged`)
    }
    return bytes
  }
}
async function findDirectory(file) {
  const from = Math.max(0, file.size - endBytes - longestComment)
  const tail = viewOf(await file.read(from, file.size))
  let at = tail.byteLength - endBytes
  while (at >= 0 && tail.getUint32(at, true) !== endRecord) at -= 1
  if (at < 0) throw new RangeError('this is no zip file')
  const [count, bytes, start] = [10, 12, 16].map((offset, i) =>
    i === 0 ? tail.getUint16(at + offset, true) : tail.getUint32(at + offset, true),
  )
  if (count !== 65535 && bytes !== 4294967295 && start !== 4294967295) {
    return within(file, start, bytes, count)
  }
  const locator = at - 20
  if (locator < 0 || tail.getUint32(locator, true) !== endLocator64) {
    throw new RangeError('the zip has no zip64 locator')
  }
  const where = big(tail, locator + 8)
  const record = viewOf(await file.read(where, where + 56))
  if (record.byteLength < 56 || record.getUint32(0, true) !== endRecord64) {
    throw new RangeError('the zip has no zip64 end record')
  }
  return within(file, big(record, 48), big(record, 40), big(record, 32))
}
function within({ size }, start, bytes, count) {
  if (start + bytes > size) throw new RangeError('the zip’s directory lies outside of it')
  return {
    start,
    end: start + bytes,
    count,
  }
}
function parseDirectory(bytes, count) {
  const view = viewOf(bytes)
  const members = new Map()
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directoryEntry) {
      throw new RangeError('the zip’s directory is damaged')
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((o) =>
      view.getUint16(at + o, true),
    )
    const extraAt = at + 46 + nameBytes
    const name = textOf(bytes.subarray(at + 46, extraAt))
    const member = memberAt(view, at, extraAt, extraBytes)
    if (members.has(name)) throw new RangeError(`the zip holds ${name} twice`)
    if ((view.getUint16(at + 8, true) & 1) === 1) throw new RangeError(`${name} is encrypted`)
    if (member.method !== stored && member.method !== deflated) {
      throw new RangeError(`${name} is packed in a way this reader does not know`)
    }
    if (member.size > largestMember) throw new RangeError(`${name} is too large for a log’s file`)
    members.set(name, member)
    at = extraAt + extraBytes + commentBytes
  }
  return members
}
function memberAt(view, at, extraAt, extraBytes) {
  const narrow = {
    size: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    header: view.getUint32(at + 42, true),
  }
  const wide = { ...narrow }
  for (let e = extraAt; e + 4 <= extraAt + extraBytes;) {
    const [id, length] = [view.getUint16(e, true), view.getUint16(e + 2, true)]
    if (id === 1) {
      let from = e + 4
      for (const field of ['size', 'packed', 'header']) {
        if (narrow[field] !== 4294967295) continue
        if (from + 8 > e + 4 + length) throw new RangeError('the zip’s directory is damaged')
        wide[field] = big(view, from)
        from += 8
      }
    }
    e += 4 + length
  }
  return {
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    ...wide,
  }
}
async function inflate(packed, size) {
  const unpacked = new Uint8Array(size)
  let at = 0
  const stream = new Blob([new Uint8Array(packed)])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new RangeError('a member of the zip does not unpack')
    })
    if (done) break
    const piece = value
    if (at + piece.length > size) {
      await reader.cancel()
      throw new RangeError('a member of the zip is longer than it says')
    }
    unpacked.set(piece, at)
    at += piece.length
  }
  return unpacked.subarray(0, at)
}
const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 3988292384 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})
function crc32(bytes) {
  let c = 4294967295
  for (let i = 0; i < bytes.length; i++) c = crcTable[(c ^ bytes[i]) & 255] ^ (c >>> 8)
  return (c ^ 4294967295) >>> 0
}
function big(view, at) {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError('a number in the zip is too large')
  return Number(value)
}
const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

// src/source.ts
/**
 * Where a log's files come from: a folder, a zip, an address, or what a browser was handed.
 */
const nothingToClose = async () => {}
function filesSource(name, files) {
  return {
    name,
    read: async (path) => files.get(path),
    close: nothingToClose,
  }
}
async function folderSource(folder) {
  const { readFile } = await import('node:fs/promises')
  const path = await import('node:path')
  return {
    name: folder,
    async read(name) {
      try {
        return await readFile(path.join(folder, name))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    close: nothingToClose,
  }
}
/** Folders stand where a partial tile's folder is asked for as a file. */
const isMissing = (error) => /^(?:ENOENT|ENOTDIR|EISDIR)$/.test(String(error.code))
async function zipSource(name, file) {
  const zip = await ZipFile.open(file)
  const [first, ...others] = zip.names.filter((path) => /(?:^|\/)checkpoint$/.test(path))
  const prefix = others.length === 0 ? (first?.slice(0, -'checkpoint'.length) ?? '') : ''
  return {
    name,
    read: (path) => zip.read(prefix + path),
    close: nothingToClose,
  }
}
async function zipFileSource(path) {
  const { open } = await import('node:fs/promises')
  const handle = await open(path)
  const { size } = await handle.stat()
  const read = async (start, end) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  }
  const source = await zipSource(path, {
    size,
    read,
  })
  return {
    ...source,
    close: () => handle.close(),
  }
}
function blobAccess(blob) {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}
const mostTries = 8
/** A log behind an address: `prefix` is what stands before `checkpoint`. */
function urlSource(prefix, get) {
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`
  return {
    name: base,
    async read(path) {
      for (let tries = 1; ; tries++) {
        const { status, bytes, retryAfterSeconds } = await get(base + path)
        if (status === 200) return bytes
        if (status === 404) return undefined
        const isBusy = status === 429 || status === 503
        if (!isBusy || tries === mostTries) {
          throw new Error(`${base}${path} answered ${status}${whyOf(status)}`)
        }
        await new Promise((go) => setTimeout(go, 1e3 * Math.max(1, retryAfterSeconds)))
      }
    },
    close: nothingToClose,
  }
}
function whyOf(status) {
  if (status === 401) return ': it wants a credential'
  return status === 403 ? ': the credential may not walk this log' : ''
}
/** Requests as browsers and Node both make them. */
function fetchGet(headers = {}) {
  return async (url) => {
    const answer = await fetch(url, {
      headers,
      redirect: 'error',
      credentials: 'same-origin',
    })
    return {
      status: answer.status,
      retryAfterSeconds: Number(answer.headers.get('retry-after') ?? '1') || 1,
      bytes: new Uint8Array(await answer.arrayBuffer()),
    }
  }
}
/** Requests in Node that trust a certificate authority of the caller's own. */
async function tlsGet(headers, ca) {
  const { Agent, request } = await import('node:https')
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca,
  })
  return (url) =>
    new Promise((resolve, reject) => {
      const call = request(
        url,
        {
          agent,
          headers,
        },
        (answer) => {
          const pieces = []
          answer.on('data', (piece) => pieces.push(piece))
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              retryAfterSeconds: Number(answer.headers['retry-after'] ?? '1') || 1,
              bytes: Buffer.concat(pieces),
            }),
          )
        },
      )
      call.on('error', reject)
      call.end()
    })
}

// src/der.ts
/** @throws {RangeError} for bytes that are no single DER value. */
function parseDer(bytes) {
  const value = readValue(bytes, 0)
  if (value.whole.length !== bytes.length) throw new RangeError('bytes after a DER value')
  return value
}
/** The values inside a constructed one. */
function childrenOf({ contents }) {
  const children = []
  for (let at = 0; at < contents.length;) {
    const child = readValue(contents, at)
    children.push(child)
    at += child.whole.length
  }
  return children
}
function readValue(bytes, at) {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 31) === 31) {
    throw new RangeError('a DER value ends too early')
  }
  let [start, length] = [at + 2, first]
  if (first >= 128) {
    const digits = first & 127
    if (digits < 1 || digits > 4) throw new RangeError('a DER length out of bounds')
    length = 0
    for (let i = 0; i < digits; i++) length = length * 256 + (bytes[start + i] ?? 0)
    if (length < 128 || length < 256 ** (digits - 1))
      throw new RangeError('a DER length not shortest')
    start += digits
  }
  const end = start + length
  if (end > bytes.length) throw new RangeError('a DER value ends too early')
  return {
    tag,
    whole: bytes.subarray(at, end),
    contents: bytes.subarray(start, end),
  }
}
/** `1.2.840.…` */
function oidOf({ tag, contents }) {
  if (tag !== 6 || contents.length === 0) throw new RangeError('no object identifier')
  const parts = []
  let value = 0
  for (const byte of contents) {
    value = value * 128 + (byte & 127)
    if (byte < 128) {
      if (parts.length === 0)
        parts.push(
          Math.min(2, Math.floor(value / 40)),
          value - 40 * Math.min(2, Math.floor(value / 40)),
        )
      else parts.push(value)
      value = 0
    }
  }
  return parts.join('.')
}
/** Milliseconds since 1970 of a UTCTime or GeneralizedTime in its DER form. */
function timeOfDer({ tag, contents }) {
  const text = String.fromCharCode(...contents)
  const [, y, mo, d, h, mi, s, fraction = ''] =
    /^(\d{2,4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? []
  const year = tag === 23 ? Number(y) + (Number(y) < 50 ? 2e3 : 1900) : Number(y)
  if (y?.length !== (tag === 23 ? 2 : 4)) throw new RangeError('no time')
  const at = Date.UTC(year, Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s))
  return at + Math.floor(Number(`0${fraction}`) * 1e3)
}

// src/timestamp.ts
/**
 * Time stamps of RFC 3161: a CMS SignedData (RFC 5652) around a TSTInfo, by a time-stamping authority.
 *
 * What is demanded: the imprint is the hash of what was stamped; the signed attributes name the TSTInfo
 * and its digest, and the certificate they were made with (RFC 5035); the signature over them holds; the
 * certificate is for time stamping alone, and was valid at that time. Whether it leads to a root that
 * the reader trusts is told apart.
 */
const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  basicConstraints: '2.5.29.19',
  timeStamping: '1.3.6.1.5.5.7.3.8',
}
const hashes = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}
const signatureHashes = {
  '1.2.840.113549.1.1.11': ['RSA', 'SHA-256'],
  '1.2.840.113549.1.1.12': ['RSA', 'SHA-384'],
  '1.2.840.113549.1.1.13': ['RSA', 'SHA-512'],
  '1.2.840.10045.4.3.2': ['ECDSA', 'SHA-256'],
  '1.2.840.10045.4.3.3': ['ECDSA', 'SHA-384'],
  '1.2.840.10045.4.3.4': ['ECDSA', 'SHA-512'],
}
const curves = {
  '1.2.840.10045.3.1.7': ['P-256', 32],
  '1.3.132.0.34': ['P-384', 48],
  '1.3.132.0.35': ['P-521', 66],
}
/**
 * Checks a token over some bytes.
 *
 * @param token - a TimeStampToken, or the whole TimeStampResp, in DER.
 * @param roots - certificates in DER that the reader trusts.
 * @throws {RangeError} for anything that is no such token.
 */
async function checkStamp(token, stamped, roots = []) {
  try {
    return await check(token, stamped, roots)
  } catch (error) {
    if (error instanceof TypeError) throw new RangeError('not a time stamp: a part is missing')
    throw error
  }
}
async function check(token, stamped, roots) {
  const parts = openToken(token)
  const signer = parts.certificates.find((certificate) => isSigner(certificate, parts.signerId))
  if (signer === undefined) throw new RangeError('a time stamp without its certificate')
  const told = {
    at: parts.at,
    authority: signer.subjectName,
  }
  const bad = (because) => ({
    ...told,
    verdict: 'bad',
    because,
    trusted: false,
  })
  if (!equal(await digest(parts.imprintHash, stamped), parts.imprint)) {
    return bad('it stamps something else')
  }
  if (!signer.stampsTime) return bad('its certificate is not for time stamping')
  if (parts.at < signer.notBefore || parts.at > signer.notAfter) {
    return bad('its certificate was not valid at that time')
  }
  if (!(await attributesHold(parts, signer))) return bad('its signed attributes do not fit')
  const attributes = concat(Uint8Array.of(49), parts.attributes.whole.subarray(1))
  const verdict = await checkCms(
    parts.algorithm,
    parts.digestHash,
    signer.spki,
    attributes,
    parts.signature,
  )
  if (verdict !== 'good') {
    const because =
      verdict === 'bad' ? 'its signature does not hold' : 'signed in a way not known here'
    return {
      ...told,
      verdict,
      because,
      trusted: false,
    }
  }
  const trusted = await leadsTo(signer, parts.certificates, roots.map(parseCertificate), parts.at)
  return {
    ...told,
    verdict,
    because: undefined,
    trusted,
  }
}
function openToken(token) {
  let content = parseDer(token)
  const [first, second] = childrenOf(content)
  if (first?.tag === 48 && second !== undefined) content = second
  const [type, wrapped] = childrenOf(content)
  demand(type !== undefined && oidOf(type) === oids.signedData, 'no signed data')
  const fields = childrenOf(childrenOf(wrapped)[0])
  const [contentType, inner] = childrenOf(fields[2])
  demand(oidOf(contentType) === oids.tstInfo && inner !== undefined, 'no time stamp inside')
  const [octets] = childrenOf(inner)
  const tstInfo = octets.contents
  const [, , imprint, , time] = childrenOf(parseDer(tstInfo))
  const [imprintAlgorithm, imprintDigest] = childrenOf(imprint)
  const certificates = fields.find(({ tag }) => tag === 160)
  const signers = childrenOf(fields.at(-1))
  demand(signers.length === 1, 'not exactly one signer')
  const [, signerId, digestAlgorithm, attributes, algorithm, signature] = childrenOf(signers[0])
  demand(attributes?.tag === 160 && signature?.tag === 4, 'no signed attributes')
  return {
    at: timeOfDer(time),
    tstInfo,
    imprintHash: hashOf(imprintAlgorithm),
    imprint: imprintDigest.contents,
    certificates:
      certificates === undefined
        ? []
        : childrenOf(certificates).map(({ whole }) => parseCertificate(whole)),
    signerId,
    digestHash: hashOf(digestAlgorithm),
    attributes,
    algorithm,
    signature: signature.contents,
  }
}
function demand(holds, what) {
  if (!holds) throw new RangeError(`not a time stamp: ${what}`)
}
function hashOf(algorithm) {
  const name = hashes[oidOf(childrenOf(algorithm)[0])]
  if (name === undefined) throw new RangeError('a time stamp under a hash not known here')
  return name
}
async function digest(name, bytes) {
  return new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(bytes)))
}
function isSigner({ issuer, serial }, signerId) {
  if (signerId.tag !== 48) return false
  const [name, number] = childrenOf(signerId)
  return equal(name.whole, issuer) && equal(number.contents, serial)
}
async function attributesHold({ attributes, tstInfo, digestHash }, { whole }) {
  const values = new Map(
    childrenOf(attributes).map((attribute) => {
      const [type, set] = childrenOf(attribute)
      return [oidOf(type), childrenOf(set)[0]]
    }),
  )
  const contentType = values.get(oids.contentType)
  const messageDigest = values.get(oids.messageDigest)
  if (contentType === undefined || messageDigest === undefined) return false
  if (oidOf(contentType) !== oids.tstInfo) return false
  if (!equal(await digest(digestHash, tstInfo), messageDigest.contents)) return false
  const v2 = values.get(oids.signingCertificateV2)
  const named = v2 ?? values.get(oids.signingCertificate)
  if (named === undefined) return false
  const [first] = childrenOf(childrenOf(named)[0])
  const fields = childrenOf(first)
  const own = fields[0]?.tag === 48 ? hashOf(fields[0]) : v2 === undefined ? 'SHA-1' : 'SHA-256'
  const hash = fields.find(({ tag }) => tag === 4)
  return hash !== undefined && equal(hash.contents, await digest(own, whole))
}
function parseCertificate(bytes) {
  const [body, algorithm, signature] = childrenOf(parseDer(bytes))
  const fields = childrenOf(body)
  if (fields[0]?.tag === 160) fields.shift()
  const [serial, , issuer, validity, subject, spki, ...rest] = fields
  const [notBefore, notAfter] = childrenOf(validity)
  const extensions = rest.find(({ tag }) => tag === 163)
  const list = extensions === undefined ? [] : childrenOf(childrenOf(extensions)[0])
  const extension = (oid) => {
    const found = list.map(childrenOf).find(([type]) => oidOf(type) === oid)
    return found === undefined ? undefined : parseDer(found.at(-1).contents)
  }
  const usage = extension(oids.extendedKeyUsage)
  const constraints = extension(oids.basicConstraints)
  return {
    whole: bytes,
    signed: body.whole,
    serial: serial.contents,
    issuer: issuer.whole,
    subject: subject.whole,
    subjectName: nameOf(subject),
    notBefore: timeOfDer(notBefore),
    notAfter: timeOfDer(notAfter),
    spki,
    algorithm,
    signature: signature.contents.subarray(1),
    isAuthority: constraints !== undefined && childrenOf(constraints)[0]?.contents[0] === 255,
    stampsTime:
      usage !== undefined &&
      childrenOf(usage).length === 1 &&
      oidOf(childrenOf(usage)[0]) === oids.timeStamping,
  }
}
/** The common name, or whatever stands last. */
function nameOf(name) {
  const parts = childrenOf(name).flatMap((set) => childrenOf(set).map(childrenOf))
  const common = parts.find(([type]) => oidOf(type) === '2.5.4.3') ?? parts.at(-1)
  return new TextDecoder().decode(common?.[1]?.contents ?? new Uint8Array())
}
/** Whether certificates in between, valid at that time, lead from one to a trusted root. */
async function leadsTo(from, between, roots, at) {
  let last = from
  for (let steps = 0; steps < 8; steps++) {
    if (roots.some(({ whole }) => equal(whole, last.whole))) return true
    const next = [...roots, ...between].find(
      (candidate) =>
        candidate !== last && candidate.isAuthority && equal(candidate.subject, last.issuer),
    )
    if (next === undefined || at < next.notBefore || at > next.notAfter) return false
    const verdict = await checkCms(
      last.algorithm,
      undefined,
      next.spki,
      last.signed,
      last.signature,
    )
    if (verdict !== 'good') return false
    last = next
  }
  return false
}
/** A signature by a certificate's key, whatever of RSA, ECDSA and Ed25519 it is. */
async function checkCms(algorithm, digestHash, spki, message, signature) {
  const [type, parameters] = childrenOf(algorithm)
  const oid = oidOf(type)
  const check = (of, bytes = signature) => checkByWebCrypto('spki', spki.whole, of, message, bytes)
  if (oid === '1.3.101.112') return check({ name: 'Ed25519' })
  if (oid === '1.2.840.113549.1.1.10') {
    const pss = pssOf(parameters)
    return check({
      name: 'RSA-PSS',
      ...pss,
    })
  }
  const [scheme, hash] =
    oid === '1.2.840.113549.1.1.1' && digestHash !== undefined
      ? ['RSA', digestHash]
      : (signatureHashes[oid] ?? [undefined, ''])
  if (scheme === 'RSA')
    return check({
      name: 'RSASSA-PKCS1-v1_5',
      hash,
    })
  if (scheme !== 'ECDSA') return 'unchecked'
  const curve = curves[oidOf(childrenOf(childrenOf(spki)[0])[1])]
  if (curve === undefined) return 'unchecked'
  return check(
    {
      name: 'ECDSA',
      namedCurve: curve[0],
      hash,
    },
    rawEcdsa(signature, curve[1]),
  )
}
/** Hash and salt of RSASSA-PSS parameters (RFC 4055), whose defaults are SHA-1 and 20. */
function pssOf(parameters) {
  const fields = new Map(childrenOf(parameters).map((field) => [field.tag, childrenOf(field)[0]]))
  const [hash, salt] = [fields.get(160), fields.get(162)]
  return {
    hash: hash === undefined ? 'SHA-1' : hashOf(hash),
    saltLength: salt === undefined ? 20 : Number.parseInt(toHex(salt.contents), 16),
  }
}
/** r and s side by side, as WebCrypto wants them, instead of in DER. */
function rawEcdsa(signature, bytes) {
  const raw = new Uint8Array(2 * bytes)
  for (const [i, { contents }] of childrenOf(parseDer(signature)).entries()) {
    const number = contents[0] === 0 ? contents.subarray(1) : contents
    if (i > 1 || number.length > bytes) throw new RangeError('no ECDSA signature')
    raw.set(number, (i + 1) * bytes - number.length)
  }
  return raw
}
/** Certificates of a PEM file, in DER. @throws {RangeError} when there are none. */
function certificatesIn(pem) {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)]
  const certificates = found.map(([, base64]) => fromBase64(base64.replaceAll(/\s/g, '')))
  if (certificates.length === 0 || certificates.includes(undefined)) {
    throw new RangeError('no certificates in PEM')
  }
  return certificates
}

// src/leaf.ts
/**
 * Leaves of a Holdfast log: canonical JSON (RFC 8785) of at most 1 KiB that names no one.
 *
 * ```
 * act   action                    actor pseudonym of the actor        cat   mask of categories
 * code  the refusal's code        cred  pseudonym of the credential   grant pseudonym of the grant
 * id    the entry's UUID          kind  kind of actor                 log   the tree
 * n     {records, subjects}       out   done, refused, failed         pd    SHA-256 of the opened payload
 * pur   purpose, of acts done     sess  pseudonym of the session      set   SHA-256 of the packed set
 * src   pseudonym of the address  stm   SHA-256 of the statement      t     instant, RFC 3339, ms
 * v     1
 * ```
 *
 * `pd` commits to the payload, which begins with 32 random bytes and may be gone; `set` to the exact
 * set of subjects and records touched; `stm` to a public statement of the entry's. Keys that are not in the table are let pass, as long as the form
 * is canonical: a later version of the log may say more.
 */
const longestLeaf = 1024
/**
 * The leaf as houses write it now. What matches is in canonical form: known keys in order, and strings
 * that need no escape. Reading a million leaves by it takes a third of the time of a JSON parser.
 */
const usual =
  /^\{"act":"([a-z\d.-]+)","actor":"[\da-f]{32}","cat":(?:0|[1-9]\d*)(?:,"code":"[a-z\d.-]+")?(?:,"cred":"[\da-f]{32}")?(?:,"grant":"[\da-f]{32}")?,"id":"([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})","kind":"[a-z]+","log":"([\da-z-]+)","n":\{"records":(?:0|[1-9]\d*),"subjects":(?:0|[1-9]\d*)\},"out":"(done|refused|failed)","pd":"([\da-f]{64})"(?:,"pur":"[ !#-[\]-~]*")?(?:,"sess":"[\da-f]{32}")?(?:,"set":"([\da-f]{64})")?,"src":"[\da-f]{32}"(?:,"stm":"([\da-f]{64})")?,"t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","v":1\}$/
/** Node reads bytes as latin1 much faster than as UTF-8; what {@link usual} matches is ASCII. */
const quickText = (bytes) => bytes.latin1Slice?.()
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
const instant$1 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const outcomes = ['done', 'refused', 'failed']
/**
 * Reads a leaf of a log by its name.
 *
 * @throws {RangeError} for anything a house would not have written into that log.
 */
function parseLeaf(bytes, log) {
  if (bytes.length > 1024) throw new RangeError('it is longer than 1 KiB')
  const quick = quickText(bytes) ?? readText$1(bytes)
  const match = usual.exec(quick)
  if (match === null) return parseAnyLeaf(readText$1(bytes), log)
  if (match[3] !== log) throw new RangeError('it says it belongs to another log')
  return {
    action: match[1],
    id: match[2],
    outcome: match[4],
    payloadDigest: match[5],
    setDigest: match[6],
    statementDigest: match[7],
    at: match[8],
  }
}
function readText$1(bytes) {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError('it is no UTF-8')
  }
}
/** A leaf of another form than the usual: with escapes, or with keys of a later version. */
function parseAnyLeaf(text, log) {
  const said = parseCanonical(text)
  const { v, id, act, out, t, n } = said
  if (v !== 1) throw new RangeError('it is of another version')
  if (said['log'] !== log) throw new RangeError('it says it belongs to another log')
  if (typeof id !== 'string' || !uuid.test(id)) throw new RangeError('its id is no UUID')
  if (typeof act !== 'string' || !outcomes.includes(out)) throw new RangeError('it tells no act')
  if (typeof t !== 'string' || !instant$1.test(t)) throw new RangeError('it tells no instant')
  const payloadDigest = digestIn(said, 'pd')
  const { subjects, records } = n ?? {}
  if (payloadDigest === undefined) throw new RangeError('it commits to no payload')
  if (!isCount(subjects) || !isCount(records)) throw new RangeError('it counts nothing')
  return {
    id,
    action: act,
    outcome: out,
    at: t,
    payloadDigest,
    setDigest: digestIn(said, 'set'),
    statementDigest: digestIn(said, 'stm'),
  }
}
function parseCanonical(text) {
  let value
  try {
    value = JSON.parse(text)
  } catch {
    throw new RangeError('it is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError('it is no JSON object')
  }
  if (!isSorted(value) || JSON.stringify(value) !== text) {
    throw new RangeError('it is not in canonical form')
  }
  return value
}
function isSorted(value) {
  let last
  for (const [key, held] of Object.entries(value)) {
    if (last !== undefined && !(last < key)) return false
    last = key
    if (typeof held === 'object' && held !== null && !Array.isArray(held) && !isSorted(held))
      return false
  }
  return true
}
function digestIn(said, key) {
  const value = said[key]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^[\da-f]{64}$/.test(value)) {
    throw new RangeError(`its ${key} is no digest`)
  }
  return value
}
const isCount = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const houseOrigin = /^(.+\/holdfast\/[^/]+)\/(?:([2-9]|[1-9]\d+)\/)?(house|root|[\da-f-]{36})$/
/** What an origin of a Holdfast log says: `<installation>/<log>`, or `<installation>/<generation>/<log>`. */
function readOrigin(origin) {
  const [, installation, generation = '1', log] = houseOrigin.exec(origin) ?? []
  if (installation === undefined || log === undefined) return undefined
  return {
    installation,
    generation: Number(generation),
    log,
  }
}
/** The name of the Holdfast log an origin speaks of; undefined for any other log. */
const holdfastLogOf = (origin) => readOrigin(origin)?.log
/** Whether an origin is an earlier name, or the same, of a log: after a loss it goes on under another. */
function isNameOf(earlier, origin) {
  if (earlier === origin) return true
  const [then, now] = [readOrigin(earlier), readOrigin(origin)]
  return (
    then !== undefined &&
    now !== undefined &&
    then.installation === now.installation &&
    then.log === now.log &&
    then.generation < now.generation
  )
}

// src/report.ts
/** How far the log's word is backed by somebody else. Each rung stands on those below. */
const rungs = ['self-signed', 'write-once copy', 'witnessed', 'timestamped']
/** Gathers lines; the first refuted one decides. */
var Lines = class {
  #lines = []
  get all() {
    return this.#lines
  }
  proven(topic, text) {
    this.#lines.push({
      mark: 'proven',
      topic,
      text,
    })
  }
  refuted(topic, text, index) {
    this.#lines.push({
      mark: 'refuted',
      topic,
      text,
      ...(index === undefined ? {} : { index }),
    })
  }
  unchecked(topic, text) {
    this.#lines.push({
      mark: 'unchecked',
      topic,
      text,
    })
  }
  told(topic, text) {
    this.#lines.push({
      mark: 'told',
      topic,
      text,
    })
  }
  get isRefuted() {
    return this.#lines.some(({ mark }) => mark === 'refuted')
  }
}
const counted = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

// src/anchors.ts
/** What others say of a log: witnesses that saw its root log grow, authorities that stamped it. */
/** Witnesses of one signed note, told as lines. @returns whether the reader's own quorum is met. */
async function checkWitnesses(note, { policy, packPolicy }, lines) {
  const of = policy ?? packPolicy
  if (of === undefined || of.witnesses.size === 0) return false
  const vouchers = await checkNote(note, [...of.witnesses.values()])
  const names = [...of.witnesses]
  const witnessed = new Set()
  for (const { key, verdict, time } of vouchers) {
    const name = names.find(([, candidate]) => candidate === key)[0]
    const said = `${key.name} (${signatureName(key.type)})${time === undefined ? '' : ` at ${instant(time * 1e3)}`}`
    if (verdict === 'bad') lines.refuted('witness', `A cosignature by ${said} does not hold.`)
    else if (verdict === 'unchecked')
      lines.unchecked('witness', `A cosignature by ${said} ${notChecked(key.type)}.`)
    else {
      witnessed.add(name)
      if (policy === undefined)
        lines.told('witness', `Cosigned by ${said}, under a key that the pack itself names.`)
      else lines.proven('witness', `Cosigned by ${said}, whom your policy names.`)
    }
  }
  if (witnessed.size > 0 && !of.isQuorum(witnessed)) {
    lines.unchecked('witness', 'The quorum of the policy is not met.')
    return false
  }
  return policy !== undefined && witnessed.size > 0
}
/**
 * Checks one anchor of a pack, telling what it comes to.
 *
 * @param rootAt - the log's root as it was walked, by size; undefined for a size that was not reached.
 * @throws {RangeError} when files are malformed or a proof leads elsewhere.
 */
async function checkAnchor({ checkpoint: bytes, proof, stamps }, origin, rootAt, trust, lines) {
  const nothing = {
    size: 0,
    witnessed: false,
    stamped: false,
  }
  const own = parseNote(bytes)
  const anchored = parseCheckpoint(own.text)
  const walked = rootAt(anchored.size)
  if (!isNameOf(anchored.origin, origin) || walked === undefined || !equal(walked, anchored.root)) {
    lines.refuted(
      'root',
      `The anchored checkpoint of ${counted(anchored.size, 'entry', 'entries')} is not of this tree.`,
    )
    return nothing
  }
  const ownSigned = (
    await checkNote(own, [...trust.ownKeys, ...sisterKeys(trust.ownKeys, anchored.origin)])
  ).map(({ verdict }) => verdict)
  if (!ownSigned.includes('good') || ownSigned.includes('bad')) {
    lines.refuted('root', 'The anchored checkpoint is not signed by the log.')
    return nothing
  }
  const { index, note, checkpoint } = followProof(proof, leafHash(utf8(own.text)))
  const rootKeys = keysFor(checkpoint.origin, trust.rootKeys)
  const vouchers = await checkNote(note, [...rootKeys, ...trust.furtherKeys])
  tellRootSignatures(vouchers, checkpoint.origin, lines)
  const signed = vouchers.some(({ key, verdict }) => verdict === 'good' && rootKeys.includes(key))
  const first = `The log at ${counted(anchored.size, 'entry', 'entries')} is leaf ${index} of ${checkpoint.origin} at ${checkpoint.size.toLocaleString('en')}`
  if (!signed) {
    lines.unchecked('root', `${first}; that the root log signed that could not be checked.`)
    return nothing
  }
  lines.proven('root', `${first}, signed by it.`)
  const witnessed = await checkWitnesses(note, trust, lines)
  const stamped = await checkStamps(stamps, proof, note, trust.tsaRoots, lines)
  return {
    size: anchored.size,
    witnessed,
    stamped,
  }
}
function tellRootSignatures(vouchers, origin, lines) {
  for (const { key, verdict } of vouchers) {
    const name = signatureName(key.type)
    if (verdict === 'bad') lines.refuted('root', `The ${name} of ${origin} does not hold.`)
    else if (verdict === 'unchecked')
      lines.unchecked('root', `The ${name} of ${origin} ${notChecked(key.type)}.`)
    else if (key.type !== 1) lines.proven('root', `The ${name} of ${origin} holds.`)
  }
}
async function checkStamps(stamps, proof, note, roots, lines) {
  let counts = false
  for (const token of stamps) {
    const stamp = await stampOf(token, proof, note, roots)
    const said = `by ${stamp.authority} at ${instant(stamp.at)}`
    if (stamp.verdict === 'bad')
      lines.refuted('timestamp', `The time stamp ${said} does not hold: ${stamp.because}.`)
    else if (stamp.verdict === 'unchecked')
      lines.unchecked('timestamp', `The time stamp ${said} could not be checked: ${stamp.because}.`)
    else if (!stamp.trusted)
      lines.told('timestamp', `Stamped ${said}; its certificate leads to no root that you gave.`)
    else {
      lines.proven('timestamp', `Stamped ${said}, under a root that you gave.`)
      counts = true
    }
  }
  return counts
}
/** An authority may have been given the root checkpoint's text, or the note as it stood then. */
async function stampOf(token, proof, note, roots) {
  const text = utf8(note.text)
  const whole = textOf(proof)
  const signed = utf8(whole.slice(whole.indexOf('\n\n') + 2))
  const lines = textOf(signed).split('\n')
  const bodyLines = note.text.split('\n').length
  const candidates = [text, signed]
  for (let end = bodyLines + 1; end < lines.length; end++) {
    candidates.push(utf8(`${lines.slice(0, end).join('\n')}\n`))
  }
  let last
  for (const bytes of candidates) {
    last = await checkStamp(token, bytes, roots)
    if (last.verdict !== 'bad' || last.because !== 'it stamps something else') break
  }
  return last
}
/**
 * A Holdfast installation signs all its logs with one key under their own names: so the key of one log,
 * known from outside, is the key of its sisters.
 */
function sisterKeys(keys, origin) {
  const installation = readOrigin(origin)?.installation
  if (installation === undefined) return []
  return keys.flatMap(({ name, type, publicKey }) =>
    type === 1 && name !== origin && readOrigin(name)?.installation === installation
      ? [
          {
            name: origin,
            type,
            publicKey,
            id: keyId(origin, type, publicKey),
          },
        ]
      : [],
  )
}
/** Keys of a root log under this name, or under another it has had. */
function keysFor(origin, keys) {
  const own = keys.filter(({ name }) => name === origin)
  return own.length > 0 || readOrigin(origin)?.log !== 'root' ? own : sisterKeys(keys, origin)
}
const instant = (ms) => new Date(ms).toISOString().replace('.000Z', 'Z')

// src/statement.ts
/** What the statements of a log come to. They count once their leaves have been seen. */
var Statements = class {
  #texts = new Map()
  #named = new Map()
  #spans = []
  #successions = []
  #minimum = 0
  /** @throws {RangeError} for a second statement of one entry, or one that is no JSON. */
  add(index, text) {
    if (this.#texts.has(index)) throw new RangeError(`entry ${index} makes two statements`)
    this.#texts.set(index, text)
    const { erases, prunes, succeeds } = parse(text)
    if (typeof succeeds?.origin === 'string' && Number.isSafeInteger(succeeds.kept)) {
      const { origin, kept } = succeeds
      const lost = Number.isSafeInteger(succeeds.lost) ? Number(succeeds.lost) : null
      this.#successions.push({
        index,
        origin,
        kept,
        lost,
      })
    }
    const named = erases?.entries
    if (Array.isArray(named)) {
      for (const id of named) {
        if (typeof id === 'string')
          this.#named.set(id, {
            index,
            byName: true,
          })
      }
    }
    if (typeof erases?.from === 'string' && typeof erases.until === 'string') {
      this.#spans.push({
        index,
        byName: false,
        from: erases.from,
        until: erases.until,
      })
    }
    if (Number.isSafeInteger(prunes?.minimum))
      this.#minimum = Math.max(this.#minimum, prunes.minimum)
  }
  textOf(index) {
    return this.#texts.get(index)
  }
  get size() {
    return this.#texts.size
  }
  get successions() {
    return this.#successions
  }
  /** Bundles that end at or before this leaf need not be there. */
  get minimumIndex() {
    return this.#minimum
  }
  /** Which entry erased the payload of this one. */
  eraserOf(entryId) {
    return (
      this.#named.get(entryId) ??
      this.#spans.find(({ from, until }) => from <= entryId && entryId < until)
    )
  }
}
function parse(text) {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    throw new RangeError('a statement is no JSON')
  }
}

// src/tiles.ts
/**
 * Names and contents of the files of a tiled log (C2SP tlog-tiles).
 *
 * ```
 * checkpoint                      the newest signed checkpoint
 * tile/<l>/<n>[.p/<width>]        hashes, 32 bytes each
 * tile/entries/<n>[.p/<width>]    entries, each a big-endian uint16 length and its bytes
 * ```
 *
 * A tile of level l and number n holds up to 256 hashes; the i-th is the root of the leaves
 * `[(256n+i)·256^l, (256n+i+1)·256^l)`. Only full tiles are hashed upwards. n is written in groups of
 * three digits, all but the last with an `x`: 1234067 is `x001/x234/067`. Width, 1 to 255, stands only
 * in the path of a partial tile. Whoever holds the wider tile holds every narrower one: it is its
 * beginning.
 *
 * See https://c2sp.org/tlog-tiles
 */
const tileWidth = 256
const highestLevel = 63
/** `1234067` as `x001/x234/067`. */
function formatNumber(n) {
  const groups = []
  for (let rest = n; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1e3)) {
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1e3).padStart(3, '0')}`)
  }
  return groups.join('/')
}
function formatTilePath({ level, n, width }) {
  return `tile/${level}/${formatNumber(n)}${width === 256 ? '' : `.p/${width}`}`
}
const tilePattern = /^tile\/(0|[1-9]\d?|entries)\/((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/
/** The tile a path names; undefined for anything but the one way to write it. */
function parseTilePath(path) {
  const match = tilePattern.exec(path)
  if (match === null) return undefined
  const [, place, higher, lowest, partial] = match
  const level = place === 'entries' ? place : Number(place)
  const n = Number(`${higher.replaceAll(/[x/]/g, '')}${lowest}`)
  const width = partial === undefined ? 256 : Number(partial)
  if (level !== 'entries' && level > highestLevel) return undefined
  const tile = {
    level,
    n,
    width,
  }
  return Number.isSafeInteger(n) && formatTilePath(tile) === path ? tile : undefined
}
/**
 * Where each entry of a bundle begins and ends: 2i and 2i+1.
 *
 * @throws {RangeError} unless the bytes are exactly so many whole entries.
 */
function entryBounds(bundle, count) {
  const bounds = new Uint32Array(count * 2)
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 2 > bundle.length) throw new RangeError(`a bundle ends before entry ${i + 1}`)
    const start = at + 2
    at = start + readUint16(bundle, at)
    if (at > bundle.length) throw new RangeError('a bundle ends inside an entry')
    bounds[2 * i] = start
    bounds[2 * i + 1] = at
  }
  if (at !== bundle.length) throw new RangeError(`a bundle holds more than ${count} entries`)
  return bounds
}
/** The tiles at the right edge of a tree: the partial one of each level that has one. */
function edgeOf(size) {
  const edge = []
  for (let level = 0, hashes = size; hashes > 0; level++) {
    const width = hashes % 256
    const n = Math.floor(hashes / 256)
    if (width > 0)
      edge.push({
        level,
        n,
        width,
      })
    hashes = n
  }
  return edge
}
/** Every file of a log of this size under its tile paths, level by level, bundles first. */
function* tilePathsOf(size) {
  for (let n = 0; n * 256 < size; n++) {
    yield {
      level: 'entries',
      n,
      width: Math.min(256, size - n * 256),
    }
  }
  for (let level = 0, hashes = size; hashes > 0; level++) {
    for (let n = 0; n * 256 < hashes; n++) {
      yield {
        level,
        n,
        width: Math.min(256, hashes - n * 256),
      }
    }
    hashes = Math.floor(hashes / 256)
  }
}

// src/pack.ts
/**
 * What a pack holds beside the log's own files. All of it may be missing: a bare C2SP log is verified
 * just as well, and says less.
 *
 * ```
 * pack.json               {"format":"holdfast-pack/1", "keys":[verifier keys], …}
 * root.policy             a tlog-policy of the root log: its key, and witnesses as the house names them
 * checkpoints.ndjson      earlier signed checkpoints of this log, a JSON string a line
 * statements       {"index":n,"statement":"…"} a line: public statements that leaves commit to
 * openings/<n>.ndjson     {"index":n,"payload":base64,"set":base64} a line, for the entries of bundle n
 * anchors/<i>.checkpoint  a signed checkpoint of this log
 * anchors/<i>.tlog-proof  that its text is a leaf of the root log; the root checkpoint inside carries
 *                         the signatures of root log and witnesses
 * anchors/<i>.tsr         an RFC 3161 response over that root checkpoint; also .1.tsr, .2.tsr, …
 * ```
 */
const packFormat = 'holdfast-pack/1'
/** @throws {RangeError} for a pack that cannot be read. */
async function readPack(source) {
  const [about, policy, checkpoints, statements] = await Promise.all(
    ['pack.json', 'root.policy', 'checkpoints.ndjson', 'statements'].map((path) =>
      source.read(path),
    ),
  )
  const { keys, openings, copies } = about === undefined ? {} : parseAbout(about)
  const stated = new Statements()
  for (const value of linesOf('statements', statements)) {
    const { index, statement } = value ?? {}
    if (!Number.isSafeInteger(index) || typeof statement !== 'string') {
      throw new RangeError('statements holds something else')
    }
    stated.add(index, statement)
  }
  return {
    keys: textsIn('keys', keys).map(parseVerifierKey),
    policy: policy === undefined ? undefined : parsePolicy(read('root.policy', policy)),
    checkpoints: textsIn('checkpoints', linesOf('checkpoints.ndjson', checkpoints)),
    statements: stated,
    openings: openings === 'all' || openings === 'some' ? openings : 'none',
    copies: textsIn('copies', copies),
  }
}
function textsIn(name, value) {
  if (value === undefined) return []
  const isTexts = Array.isArray(value) && value.every((text) => typeof text === 'string')
  if (!isTexts) throw new RangeError(`the pack’s ${name} are no texts`)
  return value
}
function parseAbout(bytes) {
  let about
  try {
    about = JSON.parse(read('pack.json', bytes))
  } catch {
    throw new RangeError('pack.json is no JSON')
  }
  if (about?.format !== 'holdfast-pack/1')
    throw new RangeError(`this reads packs of the form ${packFormat}`)
  return about
}
function read(name, bytes) {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError(`${name} is no UTF-8`)
  }
}
function linesOf(name, bytes) {
  if (bytes === undefined) return []
  return read(name, bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line)
      } catch {
        throw new RangeError(`${name} holds a line that is no JSON`)
      }
    })
}
/** The openings for one bundle's entries. @throws {RangeError} */
async function readOpenings(source, n) {
  const path = `openings/${formatNumber(n)}.ndjson`
  const openings = new Map()
  for (const value of linesOf(path, await source.read(path))) {
    const { index, payload, set } = value ?? {}
    const bytes = (text) => {
      const decoded = typeof text === 'string' ? fromBase64(text) : undefined
      if (text !== undefined && decoded === undefined) throw new RangeError(`${path} is damaged`)
      return decoded
    }
    if (typeof index !== 'number') throw new RangeError(`${path} is damaged`)
    openings.set(index, {
      payload: bytes(payload),
      set: bytes(set),
    })
  }
  return openings
}
/** More than any pack has use for. */
const mostAnchors = 64
/** Anchors in the order of the pack. */
async function* readAnchors(source) {
  for (let i = 0; i < mostAnchors; i++) {
    const [checkpoint, proof] = await Promise.all([
      source.read(`anchors/${i}.checkpoint`),
      source.read(`anchors/${i}.tlog-proof`),
    ])
    if (checkpoint === undefined || proof === undefined) return
    const stamps = []
    for (let k = 0; k < mostAnchors; k++) {
      const stamp = await source.read(`anchors/${i}${k === 0 ? '' : `.${k}`}.tsr`)
      if (stamp === undefined) break
      stamps.push(stamp)
    }
    yield {
      checkpoint,
      proof,
      stamps,
    }
  }
}

// src/entries.ts
/** Looks at the entries of a Holdfast log one by one, as the walk comes by. */
/** Checks leaves, openings and statements, and counts what they say. */
var EntryDesk = class {
  #source
  #log
  #openings
  #statements
  #outcomes = {}
  #erased = new Map()
  #first
  #last
  #payloads = 0
  #sets = 0
  #stated = 0
  constructor(source, log, openings, statements) {
    this.#source = source
    this.#log = log
    this.#openings = openings
    this.#statements = statements
  }
  get tally() {
    return {
      outcomes: this.#outcomes,
      first: this.#first,
      last: this.#last,
      payloads: this.#payloads,
      sets: this.#sets,
      statements: this.#stated,
      erased: this.#erased,
    }
  }
  async take({ first, bundle, bounds }) {
    const openings =
      this.#openings === 'none' ? undefined : await readOpenings(this.#source, first / 256)
    const faults = []
    for (let i = 0; i < bounds.length / 2; i++) {
      const index = first + i
      try {
        const leaf = parseLeaf(bundle.subarray(bounds[2 * i], bounds[2 * i + 1]), this.#log)
        this.#count(leaf)
        this.#faultsOf(index, leaf, openings?.get(index), openings !== undefined).forEach((text) =>
          faults.push({
            index,
            text,
          }),
        )
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        faults.push({
          index,
          text: `Entry ${index} is no entry of this log: ${error.message}.`,
        })
      }
    }
    return faults
  }
  #count({ outcome, at }) {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1
    if (this.#first === undefined || at < this.#first) this.#first = at
    if (this.#last === undefined || at > this.#last) this.#last = at
  }
  #faultsOf(index, leaf, opening, opens) {
    if (!opens && this.#statements.size === 0) return []
    const eraser = this.#statements.eraserOf(leaf.id)
    if (eraser !== undefined) {
      this.#erased.set(eraser.index, (this.#erased.get(eraser.index) ?? 0) + 1)
    }
    const faults = [
      this.#statementFault(index, leaf),
      opens ? this.#payloadFault(index, leaf, opening, eraser) : undefined,
      this.#setFault(index, leaf, opening),
    ]
    return faults.filter((fault) => fault !== undefined)
  }
  #statementFault(index, { statementDigest }) {
    const text = this.#statements.textOf(index)
    if (text === undefined) return undefined
    this.#stated += 1
    return toHex(sha256(utf8(text))) === statementDigest
      ? undefined
      : `The statement shown for entry ${index} is not the one its leaf commits to.`
  }
  #payloadFault(index, { payloadDigest }, opening, eraser) {
    const payload = opening?.payload
    if (payload === undefined) {
      return eraser === undefined && this.#openings === 'all'
        ? `The payload of entry ${index} is not here, and no entry has erased it.`
        : undefined
    }
    if (eraser?.byName === true) {
      return `The payload of entry ${index} was erased by entry ${eraser.index}, and is here.`
    }
    this.#payloads += 1
    return toHex(sha256(payload)) === payloadDigest
      ? undefined
      : `The payload shown for entry ${index} is not the one its leaf commits to.`
  }
  #setFault(index, { setDigest }, opening) {
    if (opening?.set === undefined) return undefined
    this.#sets += 1
    return toHex(sha256(opening.set)) === setDigest
      ? undefined
      : `The set shown for entry ${index} is not the one its leaf commits to.`
  }
}

// src/walk.ts
/**
 * Walks one tree from its entries to its root: every bundle against the hash tile above it, every
 * tile against the tiles below it, and the root at any size that somebody has signed.
 */
/** Files asked for ahead of the one at hand. */
const ahead = 8
/** After so many faults the rest says nothing new. */
const mostFaults = 20
async function walkTree(options) {
  const walk = new Walk(options)
  const stretches = Math.ceil(options.size / 256)
  const fetching = []
  for (let n = 0; n < stretches; n++) {
    while (fetching.length < ahead && n + fetching.length < stretches) {
      const next = walk.fetch(n + fetching.length)
      next.catch(() => {})
      fetching.push(next)
    }
    await walk.take(await fetching.shift())
    if (walk.isBroken) break
    options.onProgress?.(Math.min((n + 1) * 256, options.size), options.size)
  }
  return walk.end()
}
var Walk = class {
  #options
  #sizes
  #frontier = new Frontier()
  #levels = []
  #slab = newSlab(256 * 32)
  #rootAt = new Map()
  #faults = []
  #gaps = []
  #missingTiles = []
  #tiles = 0
  #entries = 0
  #pruned = 0
  #lost = false
  constructor(options) {
    this.#options = options
    this.#sizes = (options.sizes ?? [])
      .filter((size) => size <= options.size)
      .toSorted((a, b) => a - b)
    this.#takeSizes(0, 0)
  }
  get isBroken() {
    return this.#lost || this.#faults.length >= mostFaults
  }
  async fetch(n) {
    const width = Math.min(256, this.#options.size - n * 256)
    const [bundle, tile] = await Promise.all([
      this.#read({
        level: 'entries',
        n,
        width,
      }),
      this.#read({
        level: 0,
        n,
        width,
      }),
    ])
    return {
      n,
      width,
      bundle,
      tile,
    }
  }
  /** A partial file may have been replaced by the full one, which begins with it. */
  async #read(path) {
    const { source } = this.#options
    const bytes = await source.read(formatTilePath(path))
    if (bytes !== undefined || path.width === 256) return bytes
    const full = await source.read(
      formatTilePath({
        ...path,
        width: 256,
      }),
    )
    if (full === undefined) return undefined
    return path.level === 'entries'
      ? cutBundle(full, path.width)
      : full.subarray(0, path.width * 32)
  }
  async take({ n, width, bundle, tile }) {
    const first = n * 256
    if (bundle === undefined) this.#note(first, width)
    else await this.#hash(first, width, bundle)
    if (tile === undefined)
      this.#missingTiles.push(
        formatTilePath({
          level: 0,
          n,
          width,
        }),
      )
    else this.#tiles += 1
    if (bundle === undefined && tile === undefined) {
      const above = await this.#hashAbove(n, width)
      this.#lost = above === undefined
      if (above !== undefined) this.#appendFull(above)
      return
    }
    if (bundle === undefined) this.#copy(tile, width, first)
    else if (tile !== undefined) this.#compare(tile, width, first)
    this.#takeSizes(first, width)
    if (width === 256) this.#appendFull(this.#slabRoot())
    else for (let i = 0; i < width; i++) this.#frontier.append(this.#hashAt(i))
  }
  #note(first, width) {
    if (first + width <= (this.#options.minimumIndex ?? 0)) {
      this.#pruned += width
      return
    }
    const last = this.#gaps.at(-1)
    if (last?.[1] === first) last[1] = first + width
    else this.#gaps.push([first, first + width])
  }
  async #hash(first, width, bundle) {
    let bounds
    try {
      bounds = entryBounds(bundle, width)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#lost = true
      this.#fault(
        first,
        `${formatTilePath({
          level: 'entries',
          n: first / 256,
          width,
        })}: ${error.message}`,
      )
      return
    }
    hashEntries(bundle, bounds, this.#slab)
    this.#entries += width
    const hashes = this.#slab.subarray(0, width * 32)
    const faults =
      (await this.#options.onEntries?.(
        {
          first,
          bundle,
          bounds,
        },
        hashes,
      )) ?? []
    for (const { index, text } of faults) this.#fault(index, text)
  }
  #copy(tile, width, first) {
    if (tile.length !== width * 32) {
      this.#lost = true
      this.#fault(first, 'A hash tile is of another length than its path says.')
      return
    }
    this.#slab.set(tile)
  }
  #compare(tile, width, first) {
    if (tile.length !== width * 32) {
      this.#fault(first, 'A hash tile is of another length than its path says.')
      return
    }
    for (let at = 0; at < tile.length; at++) {
      if (tile[at] === this.#slab[at]) continue
      const index = first + Math.floor(at / 32)
      this.#fault(index, `Entry ${index} and the hash in its place differ.`)
      return
    }
  }
  #hashAt(i) {
    return copyOf(this.#slab, i * 32, (i + 1) * 32)
  }
  #slabRoot() {
    return perfectRoot(this.#slab, 256)
  }
  async #hashAbove(n, width) {
    if (width < 256) return undefined
    const parent = Math.floor(n / 256)
    const reach = Math.floor(this.#options.size / 256) - parent * 256
    const tile = await this.#read({
      level: 1,
      n: parent,
      width: Math.min(256, reach),
    })
    const at = (n % 256) * 32
    return tile === undefined || tile.length < at + 32 ? undefined : copyOf(tile, at, at + 32)
  }
  /** Roots at the sizes that fall into the stretch that begins at `first`. */
  #takeSizes(first, width) {
    while (this.#sizes.length > 0 && this.#sizes[0] <= first + width) {
      const size = this.#sizes.shift()
      if (size < first) continue
      const frontier = this.#frontier.copy()
      for (let i = 0; i < size - first; i++) frontier.append(this.#hashAt(i))
      this.#rootAt.set(size, frontier.root())
    }
  }
  #appendFull(hash) {
    this.#frontier.append(hash, 256)
    this.#put(1, hash)
  }
  /** Grows the tile of a level by one hash; a full one is a hash of the level above. */
  #put(level, hash) {
    const at = (this.#levels[level] ??= {
      slab: newSlab(256 * 32),
      width: 0,
      n: 0,
    })
    at.slab.set(hash, at.width * 32)
    at.width += 1
    if (at.width < 256) return
    this.#full.push({
      level,
      n: at.n,
      hashes: copyOf(at.slab, 0, at.slab.length),
    })
    const root = perfectRoot(at.slab, 256)
    at.width = 0
    at.n += 1
    this.#put(level + 1, root)
  }
  #full = []
  async end() {
    if (!this.#lost) await this.#compareUpperTiles()
    return {
      root:
        this.#lost || this.#frontier.size !== this.#options.size
          ? undefined
          : this.#frontier.root(),
      rootAt: this.#rootAt,
      entries: this.#entries,
      pruned: this.#pruned,
      gaps: this.#gaps,
      tiles: this.#tiles,
      missingTiles: this.#missingTiles,
      faults: this.#faults,
    }
  }
  async #compareUpperTiles() {
    const partial = this.#levels.flatMap(({ slab, width, n }, level) =>
      level === 0 || width === 0
        ? []
        : [
            {
              level,
              n,
              hashes: copyOf(slab, 0, width * 32),
            },
          ],
    )
    for (const { level, n, hashes } of [...this.#full, ...partial]) {
      const path = {
        level,
        n,
        width: hashes.length / 32,
      }
      const tile = await this.#read(path)
      if (tile === undefined) this.#missingTiles.push(formatTilePath(path))
      else {
        this.#tiles += 1
        if (!equal(tile, hashes)) {
          this.#fault(undefined, `${formatTilePath(path)} is not what its leaves come to.`)
        }
      }
    }
  }
  #fault(index, text) {
    if (this.#faults.length < mostFaults)
      this.#faults.push({
        index,
        text,
      })
  }
}
/** Not `slice`, which in a Buffer of Node's is a view. */
const copyOf = (bytes, start, end) => new Uint8Array(bytes.subarray(start, end))
/** The first entries of a bundle, as a bundle. */
function cutBundle(bundle, count) {
  try {
    return bundle.subarray(0, entryBounds(bundle, 256)[2 * count - 1])
  } catch {
    return bundle
  }
}
/**
 * Leaf hashes of a bundle's entries into a slab. For the time of each hash the byte before the entry,
 * the end of its length, becomes the zero byte that RFC 6962 puts before a leaf: so nothing is copied.
 */
function hashEntries(bundle, bounds, slab) {
  for (let i = 0; i < bounds.length / 2; i++) {
    const before = bounds[2 * i] - 1
    const kept = bundle[before]
    bundle[before] = 0
    sha256Into(bundle.subarray(before, bounds[2 * i + 1]), slab, i * 32)
    bundle[before] = kept
  }
}
const scratch = newSlab(1 + 256 * 32)
/**
 * The root over a power of two of hashes, at most 256.
 *
 * Row by row in one place: a pair's hash goes where pairs have been read already, and so does the byte
 * of 1 before each pair.
 */
function perfectRoot(hashes, count) {
  scratch.set(hashes.subarray(0, count * 32), 1)
  for (let width = count / 2; width >= 1; width /= 2) {
    for (let i = 0; i < width; i++) {
      const start = 2 * 32 * i
      scratch[start] = 1
      sha256Into(scratch.subarray(start, start + 1 + 2 * 32), scratch, 1 + 32 * i)
    }
  }
  return copyOf(scratch, 1, 1 + 32)
}

// src/verify.ts
/**
 * Verifies a log: its signature, every entry against its root, everything signed before against the same
 * tree, and what others say of it.
 */
/** Verifies whatever log a source holds. Bad files are refuted in lines; only a failing source throws. */
async function verifyLog(source, options = {}) {
  return new Verification(source, options).run()
}
var Verification = class {
  #source
  #options
  #lines = new Lines()
  #pack
  #opened
  #ownKeys = []
  #signed
  #complete = false
  #entries = 0
  #rung
  constructor(source, options) {
    this.#source = source
    this.#options = options
  }
  async run() {
    try {
      await this.#verify()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#lines.refuted('pack', `A file cannot be what it should be: ${error.message}.`)
    }
    const { checkpoint } = this.#opened ?? {}
    const isProven = this.#signed === 'yours' && this.#complete
    return {
      outcome: this.#lines.isRefuted ? 'refuted' : isProven ? 'proven' : 'incomplete',
      source: this.#source.name,
      origin: checkpoint?.origin,
      size: checkpoint?.size ?? 0,
      root: checkpoint === undefined ? undefined : toBase64(checkpoint.root),
      entries: this.#entries,
      rung: this.#rung,
      lines: this.#lines.all,
    }
  }
  async #verify() {
    const lines = this.#lines
    const signed = await this.#source.read('checkpoint')
    if (signed === undefined) {
      lines.unchecked('signature', 'There is no checkpoint here: nothing to begin with.')
      return
    }
    const opened = open(signed, 'The checkpoint', lines)
    if (opened === undefined) return
    this.#opened = opened
    this.#pack = await readPack(this.#source)
    await this.#checkOwnSignature(opened)
    const copied = await this.#openCopy()
    const earlier = this.#gatherEarlier(opened, copied)
    const { walked, tally, found } = await this.#walk(opened.checkpoint, earlier)
    this.#entries = walked.entries
    this.#tellTree(opened.checkpoint, walked)
    if (tally !== undefined && this.#complete) this.#tellEntries(tally)
    let holds = await this.#tellEarlier(opened, earlier, walked)
    const { copy } = this.#options
    if (copy !== undefined && copied === undefined) {
      holds = await this.#compareCopy(copy, opened.checkpoint.size)
    }
    await this.#tellReceipts(opened, found, tally)
    await this.#tellRung(opened, walked, holds)
  }
  async #checkOwnSignature({ note, checkpoint }) {
    const { origin, size } = checkpoint
    const given = [...(this.#options.keys ?? []), ...(this.#options.policy?.logs ?? [])]
    const isGiven = given.length > 0
    const all = isGiven ? given : this.#pack.keys
    this.#ownKeys = [...all.filter(({ name }) => name === origin), ...sisterKeys(all, origin)]
    const vouchers = await checkNote(note, this.#ownKeys)
    const lines = this.#lines
    for (const { key, verdict } of vouchers) {
      const by = `${signatureName(key.type)}, key ${toHex(key.id)}`
      if (verdict === 'good')
        lines.proven(
          'signature',
          `${origin} has signed its tree of ${counted(size, 'entry', 'entries')} (${by}).`,
        )
      else if (verdict === 'bad')
        lines.refuted('signature', `The signature of ${origin} does not hold (${by}).`)
      else lines.unchecked('signature', `A signature of ${origin} ${notChecked(key.type)} (${by}).`)
    }
    if (vouchers.length === 0) {
      const why = isGiven ? 'by no key you gave' : 'and no key of it is known'
      const text = `The checkpoint of ${origin} is signed ${why}.`
      if (isGiven) lines.refuted('signature', text)
      else lines.unchecked('signature', text)
    }
    if (!vouchers.some(({ verdict }) => verdict === 'good')) return
    this.#signed = isGiven ? 'yours' : 'pack'
    if (isGiven) return
    const [key] = this.#ownKeys
    lines.told(
      'signature',
      `That key stands in the pack itself. Compare it with the one you were given: ${formatVerifierKey(origin, key.type, key.publicKey)}`,
    )
  }
  async #openCopy() {
    const bytes = await this.#options.copy?.read('checkpoint')
    return bytes === undefined ? undefined : open(bytes, 'The copy’s checkpoint', this.#lines)
  }
  /** A copy may hold a log’s full tiles alone: they must be those of this log, from the first on. */
  async #compareCopy(copy, size) {
    const lines = this.#lines
    let n = 0
    for (; (n + 1) * 256 <= size; n++) {
      const path = formatTilePath({
        level: 0,
        n,
        width: 256,
      })
      const [theirs, ours] = await Promise.all([copy.read(path), this.#source.read(path)])
      if (theirs === undefined || ours === undefined) break
      if (equal(theirs, ours)) continue
      lines.refuted('consistency', `The copy holds another log: ${path} differs.`, n * 256)
      return false
    }
    const entries = counted(n * 256, 'entry', 'entries')
    if (n === 0) lines.unchecked('consistency', `The copy ${copy.name} holds nothing of this log.`)
    else
      lines.proven(
        'consistency',
        `The copy holds the hashes of the first ${entries}, and they are these.`,
      )
    return n > 0
  }
  /** Every other checkpoint that has to fit the same tree. */
  #gatherEarlier({ checkpoint }, copy) {
    const from = (notes, from, what) =>
      notes.flatMap((note) => {
        const opened = open(note, what, this.#lines)
        return opened === undefined
          ? []
          : [
              {
                ...opened,
                from,
              },
            ]
      })
    return [
      ...from(this.#options.earlier ?? [], 'you', 'The checkpoint you kept'),
      ...from(this.#pack.checkpoints, 'pack', 'An earlier checkpoint in the pack'),
      ...(copy === undefined
        ? []
        : [
            {
              ...copy,
              from: 'copy',
            },
          ]),
    ].filter((earlier) => {
      if (isNameOf(earlier.checkpoint.origin, checkpoint.origin)) return true
      this.#lines.refuted(
        'consistency',
        `A checkpoint given is of another log: ${earlier.checkpoint.origin}.`,
      )
      return false
    })
  }
  async #walk({ origin, size }, earlier) {
    const anchored = []
    for await (const { checkpoint } of readAnchors(this.#source)) {
      anchored.push(parseCheckpoint(parseNote(checkpoint).text).size)
    }
    const log = holdfastLogOf(origin)
    const { openings, statements } = this.#pack
    const desk =
      log === undefined || log === 'root'
        ? undefined
        : new EntryDesk(this.#source, log, openings, statements)
    const wanted = new Set((this.#options.receipts ?? []).map(({ leaf }) => toHex(leaf)))
    const found = new Map()
    const walked = await walkTree({
      source: this.#source,
      size,
      minimumIndex: statements.minimumIndex,
      sizes: [...earlier.map((one) => one.checkpoint.size), ...anchored],
      onEntries: async (entries, hashes) => {
        if (wanted.size > 0) seek(entries, hashes, wanted, found)
        const faults = desk === undefined ? rootFaults(log, entries) : await desk.take(entries)
        return faults
      },
      ...(this.#options.onProgress === undefined ? {} : { onProgress: this.#options.onProgress }),
    })
    return {
      walked,
      tally: desk?.tally,
      found,
    }
  }
  #tellTree({ size, root }, walked) {
    const lines = this.#lines
    for (const { index, text } of walked.faults) lines.refuted('leaf', text, index)
    for (const [from, to] of walked.gaps) {
      lines.refuted(
        'gap',
        `Entries ${from} to ${to - 1} are not here, and nothing says they may be gone.`,
        from,
      )
    }
    if (walked.missingTiles.length > 0) {
      const [first] = walked.missingTiles
      lines.unchecked(
        'gap',
        `${counted(walked.missingTiles.length, 'hash tile')} of the log ${walked.missingTiles.length === 1 ? 'is' : 'are'} not here (first ${first}); the entries stand for themselves.`,
      )
    }
    if (walked.pruned > 0) {
      lines.told(
        'gap',
        `${counted(walked.pruned, 'entry', 'entries')} may be gone by the log’s own statement and are: only their hashes were seen.`,
      )
    }
    if (walked.root === undefined) {
      lines.unchecked('inclusion', 'The tree could not be recomputed: too much of it is missing.')
      return
    }
    if (!equal(walked.root, root)) {
      lines.refuted('inclusion', 'The entries do not come to the root that was signed.')
      return
    }
    if (size === 0) {
      lines.proven('inclusion', 'The log is empty, and its root is that of the empty tree.')
    } else {
      lines.proven(
        'inclusion',
        `${counted(walked.entries, 'entry', 'entries')} of ${size.toLocaleString('en')} ${size === 1 ? 'comes' : 'come'} to exactly the root that was signed, with ${counted(walked.tiles, 'hash tile')}: none is missing, changed or in another place.`,
      )
    }
    this.#complete = walked.gaps.length === 0 && walked.faults.length === 0
  }
  #tellEntries({ outcomes, first, last, payloads, sets, statements, erased }) {
    const lines = this.#lines
    const said = Object.entries(outcomes).map(
      ([outcome, n]) => `${n.toLocaleString('en')} ${outcome}`,
    )
    if (first !== undefined)
      lines.proven(
        'leaf',
        `Every leaf is a Holdfast entry of this log, from ${first} to ${last}: ${said.join(', ')}.`,
      )
    if (payloads > 0)
      lines.proven(
        'payload',
        `${counted(payloads, 'payload')} opened, each the one its leaf commits to.`,
      )
    if (sets > 0)
      lines.proven(
        'payload',
        `${counted(sets, 'exact set')} shown, each the one its leaf commits to.`,
      )
    if (statements > 0)
      lines.proven(
        'erasure',
        `${counted(statements, 'public statement')} shown, each the one its leaf commits to.`,
      )
    for (const { index, origin, kept, lost } of this.#pack.statements.successions) {
      const gone =
        lost === null
          ? 'how much was lost is not known'
          : `${counted(lost, 'entry', 'entries')} were lost`
      lines.told(
        'gap',
        `By entry ${index} the log declares that it took another name after a loss: of ${origin} it kept ${counted(kept, 'entry', 'entries')}, and ${gone}.`,
      )
    }
    for (const [by, n] of erased) {
      lines.proven(
        'erasure',
        `${counted(n, 'payload was', 'payloads were')} erased by entry ${by}; leaves and proofs stand.`,
      )
    }
  }
  /** @returns whether a copy outside of the house's reach agrees. */
  async #tellEarlier({ checkpoint }, earlier, { rootAt }) {
    const lines = this.#lines
    let [fromPack, copyHolds] = [0, false]
    for (const { note, checkpoint: then, from } of earlier) {
      const what =
        from === 'you'
          ? 'The checkpoint you kept'
          : from === 'copy'
            ? 'The copy’s checkpoint'
            : 'An earlier checkpoint'
      const of = `${what}, of ${counted(then.size, 'entry', 'entries')},`
      if (this.#ownKeys.length > 0) {
        const vouchers = await checkNote(note, [
          ...this.#ownKeys,
          ...sisterKeys(this.#ownKeys, then.origin),
        ])
        if (
          !vouchers.some(({ verdict }) => verdict === 'good') ||
          vouchers.some(({ verdict }) => verdict === 'bad')
        ) {
          lines.refuted('consistency', `${of} is not signed by the log.`)
          continue
        }
      }
      const root = rootAt.get(then.size)
      const declared = this.#pack.statements.successions.find(
        ({ origin, kept }) => origin === then.origin && kept < then.size,
      )
      if (then.size > checkpoint.size) {
        lines.unchecked('consistency', `${of} is newer than what is here.`)
        this.#complete = false
      } else if (root === undefined) lines.unchecked('consistency', `${of} could not be compared.`)
      else if (!equal(root, then.root) && declared !== undefined) {
        lines.unchecked(
          'consistency',
          `${of} is of what was lost; entry ${declared.index} declares that loss.`,
        )
        this.#complete = false
      } else if (!equal(root, then.root))
        lines.refuted(
          'consistency',
          `${of} is not the beginning of this tree: the log has been rewritten.`,
        )
      else if (from === 'pack') fromPack += 1
      else {
        lines.proven('consistency', `${of} is the beginning of this tree.`)
        copyHolds ||= from === 'copy'
      }
    }
    if (fromPack > 0)
      lines.proven(
        'consistency',
        `${counted(fromPack, 'earlier checkpoint')} in the pack ${fromPack === 1 ? 'begins' : 'begin'} the same tree.`,
      )
    return copyHolds
  }
  async #tellReceipts({ checkpoint }, found, tally) {
    const lines = this.#lines
    for (const receipt of this.#options.receipts ?? []) {
      const what = `The receipt of entry ${receipt.entryId}`
      const verdict = await checkReceipt(receipt, this.#ownKeys)
      if (receipt.origin !== checkpoint.origin)
        lines.unchecked('receipt', `${what} is of another log: ${receipt.origin}.`)
      else if (verdict === 'bad') lines.refuted('receipt', `${what} is not signed by the log.`)
      else if (verdict === 'unchecked')
        lines.unchecked('receipt', `${what} could not be checked: its key is not known here.`)
      else {
        const index = found.get(toHex(receipt.leaf))
        const due = receipt.at + receipt.delaySeconds * 1e3
        const last = tally?.last === undefined ? undefined : Date.parse(tally.last)
        if (index !== undefined)
          lines.proven('receipt', `${what} is kept: its leaf is entry ${index}.`)
        else if (last !== undefined && last > due)
          lines.refuted(
            'receipt',
            `${what} is broken: the log has gone on past ${new Date(due).toISOString()} without it. Keep it: it proves what was promised.`,
          )
        else
          lines.unchecked(
            'receipt',
            `${what} is signed by the log; its leaf is not under this checkpoint yet.`,
          )
      }
    }
  }
  async #tellRung({ note, checkpoint }, { rootAt, root }, copyHolds) {
    if (this.#signed === undefined || this.#lines.isRefuted) return
    const lines = this.#lines
    const { keys = [], policy, tsaRoots = [] } = this.#options
    const given = [...keys, ...(policy?.logs ?? [])]
    const named = this.#pack.keys
    const trust = {
      policy,
      packPolicy: this.#pack.policy,
      tsaRoots,
      ownKeys: this.#ownKeys,
      ...rootKeysOf(checkpoint.origin, given.length > 0 ? given : named, named),
    }
    const at = (size) => (size === checkpoint.size ? root : rootAt.get(size))
    const anchors = []
    if (
      holdfastLogOf(checkpoint.origin) === undefined ||
      holdfastLogOf(checkpoint.origin) === 'root'
    ) {
      const witnessed = await checkWitnesses(note, trust, lines)
      anchors.push({
        size: checkpoint.size,
        witnessed,
        stamped: false,
      })
    }
    for await (const files of readAnchors(this.#source)) {
      anchors.push(await checkAnchor(files, checkpoint.origin, at, trust, lines))
    }
    for (const copy of this.#pack.copies)
      lines.told(
        'rung',
        `The house says that it keeps a copy it cannot change at ${copy}. Compare it: --copy.`,
      )
    if (lines.isRefuted) return
    const reach = (of) => Math.max(0, ...anchors.filter((one) => one[of]).map(({ size }) => size))
    const [witnessed, stamped] = [reach('witnessed'), reach('stamped')]
    const held = witnessed > 0 ? 2 : copyHolds ? 1 : 0
    const reached = held > 0 && stamped > 0 ? 3 : held
    this.#rung = {
      reached,
      name: rungs[reached],
      words: reached > 0 ? 'tamper-evident' : 'tamper-detecting',
    }
    const upTo = (size) =>
      size === checkpoint.size ? 'all of it' : `its first ${counted(size, 'entry', 'entries')}`
    const backing = [
      ...(copyHolds ? ['a copy out of the house’s reach agrees'] : []),
      ...(witnessed > 0 ? [`witnesses you trust vouch for ${upTo(witnessed)}`] : []),
      ...(stamped > 0 ? [`an authority you trust has dated ${upTo(stamped)}`] : []),
    ]
    lines.proven(
      'rung',
      `Rung ${reached}, ${rungs[reached]}: ${backing.length > 0 ? backing.join('; ') : 'nobody but the log itself stands for it'}. It may be called ${this.#rung.words}.`,
    )
  }
}
/** A note and its checkpoint, or a line that says why not. */
function open(note, what, lines) {
  try {
    const parsed = parseNote(note)
    const checkpoint = parseCheckpoint(parsed.text)
    if (checkpoint.size === 0 && !equal(checkpoint.root, emptyRoot)) {
      throw new RangeError('an empty tree has another root')
    }
    return {
      note: parsed,
      checkpoint,
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    lines.refuted('signature', `${what} is none: ${error.message}.`)
    return undefined
  }
}
/** Which keys of the root log above a log are believed, and which others the pack names. */
function rootKeysOf(origin, trusted, fromPack) {
  const root = origin.replace(/\/[^/]+$/, '/root')
  const rootKeys = [...trusted.filter(({ name }) => name === root), ...sisterKeys(trusted, root)]
  const isNew = (key) => !rootKeys.some(({ id }) => equal(id, key.id))
  const furtherKeys = fromPack.filter((key) => key.name === root && key.type !== 1 && isNew(key))
  return {
    rootKeys,
    furtherKeys,
  }
}
function seek({ first }, hashes, wanted, found) {
  for (let i = 0; i < hashes.length / 32; i++) {
    const hex = toHex(hashes.subarray(i * 32, (i + 1) * 32))
    if (wanted.has(hex) && !found.has(hex)) found.set(hex, first + i)
  }
}
/** Leaves of a root log are the texts of other logs' checkpoints. */
function rootFaults(log, { first, bundle, bounds }) {
  if (log !== 'root') return []
  const faults = []
  for (let i = 0; i < bounds.length / 2; i++) {
    try {
      parseCheckpoint(new TextDecoder().decode(bundle.subarray(bounds[2 * i], bounds[2 * i + 1])))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      faults.push({
        index: first + i,
        text: `Leaf ${first + i} of the root log is no checkpoint.`,
      })
    }
  }
  return faults
}

// src/main.ts
/** The command line. Node only; a browser that loads this file runs none of it. */
const usage = `holdfast-verify: proves what a transparency log shows, with nothing but this file.

usage: node holdfast-verify.mjs <folder | pack.zip | https://…/log/<name>/> [options]
       node holdfast-verify.mjs receipt check <file> --key KEY [--proof FILE]
       node holdfast-verify.mjs proof <file.tlog-proof> --entry FILE | --leaf BASE64 --key KEY
       node holdfast-verify.mjs note <file> --key KEY

  --key KEY         verifier key of the log, from elsewhere than the pack; may stand several times
  --policy FILE     C2SP tlog-policy: logs and witnesses you trust
  --earlier FILE    a signed checkpoint you kept; may stand several times
  --receipt FILE    a receipt to hold against the log; may stand several times
  --tsa-root FILE   PEM certificates of time-stamping authorities you trust
  --copy PLACE      a copy the operator cannot change: folder, zip or address
  --token-file FILE bearer credential for an address (or HOLDFAST_TOKEN_FILE, HOLDFAST_TOKEN)
  --ca-file FILE    certificate authority of an address (or HOLDFAST_CA_FILE)
  --json            the report as JSON

exit code: 0 proven · 1 refuted: something is wrong · 2 not understood
           3 incomplete: nothing is wrong, and something could not be checked (no key given, no answer)
`
const exitCodes = {
  proven: 0,
  refuted: 1,
  incomplete: 3,
}
const several = new Set(['key', 'earlier', 'receipt', 'tsa-root'])
const single = new Set(['policy', 'copy', 'token-file', 'ca-file', 'proof', 'entry', 'leaf'])
/** Runs one command line. @returns the exit code. */
async function main(argv, env) {
  try {
    if (argv.length === 0 || argv.includes('--help')) {
      process.stdout.write(usage)
      return argv.length === 0 ? 2 : 0
    }
    const words = parseWords(argv)
    const [first, second] = words.places
    if (first === 'receipt' && second === 'check') return await checkReceiptFile(words)
    if (first === 'proof') return await checkProofFile(words)
    if (first === 'note') return await checkNoteFile(words)
    return await verifyPlace(words, env)
  } catch (error) {
    process.stderr.write(`holdfast-verify: ${error.message}\n`)
    return error instanceof RangeError ? 2 : 3
  }
}
function parseWords(argv) {
  const places = []
  const named = new Map()
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]
    if (!word.startsWith('--')) {
      places.push(word)
      continue
    }
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === 'json') named.set(name, [])
    else if (several.has(name) || single.has(name)) {
      const value = inline ?? argv[++i]
      if (value === undefined) throw new RangeError(`--${name} wants a value`)
      const values = [...(named.get(name) ?? []), value]
      if (values.length > 1 && single.has(name)) throw new RangeError(`--${name} stands twice`)
      named.set(name, values)
    } else throw new RangeError(`there is no ${word}; see --help`)
  }
  return {
    places,
    json: named.has('json'),
    all: (name) => named.get(name) ?? [],
    one: (name) => named.get(name)?.[0],
  }
}
async function verifyPlace(words, env) {
  const [place, ...more] = words.places
  if (place === undefined || more.length > 0)
    throw new RangeError('name one folder, zip or address')
  const source = await sourceOf(place, words, env)
  const copy =
    words.one('copy') === undefined ? undefined : await sourceOf(words.one('copy'), words, env)
  const policy = words.one('policy')
  const pems = await Promise.all(words.all('tsa-root').map(readText))
  const showsProgress = process.stderr.isTTY && !words.json
  const report = await verifyLog(source, {
    keys: words.all('key').map(parseVerifierKey),
    ...(policy === undefined ? {} : { policy: parsePolicy(await readText(policy)) }),
    earlier: await Promise.all(words.all('earlier').map(readText)),
    receipts: (await Promise.all(words.all('receipt').map(readText))).map(parseReceipt),
    tsaRoots: pems.flatMap(certificatesIn),
    ...(copy === undefined ? {} : { copy }),
    onProgress: (checked, of) => {
      if (showsProgress)
        process.stderr.write(`\r${checked.toLocaleString('en')} of ${of.toLocaleString('en')}`)
    },
  })
  if (showsProgress) process.stderr.write('\r\x1B[K')
  await source.close()
  await copy?.close()
  process.stdout.write(words.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report))
  return exitCodes[report.outcome]
}
const marks = {
  proven: 'proven   ',
  refuted: 'WRONG    ',
  unchecked: 'unchecked',
  told: 'told     ',
}
const headlines = {
  proven: 'PROVEN: nothing is missing, changed or in another place.',
  refuted: 'NOT SOUND: something here is wrong.',
  incomplete: 'INCOMPLETE: nothing here is wrong, and not everything could be proven.',
}
function formatReport({ source, origin, outcome, lines }) {
  const each = lines.map(
    ({ mark, topic, text }) => `  ${marks[mark]}  ${topic.padEnd(11)}  ${text}\n`,
  )
  return `${origin ?? source}\n${each.join('')}${headlines[outcome]}\n`
}
async function sourceOf(place, words, env) {
  if (/^https?:\/\//.test(place)) return addressSource(place, words, env)
  const { stat } = await import('node:fs/promises')
  const found = await stat(place).catch(() => {
    throw new RangeError(`there is no ${place}`)
  })
  return found.isDirectory() ? folderSource(place) : zipFileSource(place)
}
/** A credential travels only under TLS, or to this very host. */
async function addressSource(place, words, env) {
  const url = new URL(place)
  if (url.username !== '' || url.password !== '')
    throw new RangeError('no credential may stand in an address')
  const tokenFile = words.one('token-file') ?? env['HOLDFAST_TOKEN_FILE']
  const token = tokenFile === undefined ? env['HOLDFAST_TOKEN'] : (await readText(tokenFile)).trim()
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (token !== undefined && url.protocol !== 'https:' && !isLocal) {
    throw new RangeError('a credential is sent over https only')
  }
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const caFile = words.one('ca-file') ?? env['HOLDFAST_CA_FILE']
  const get =
    caFile === undefined ? fetchGet(headers) : await tlsGet(headers, await readText(caFile))
  return urlSource(place.replace(/checkpoint$/, ''), get)
}
async function checkReceiptFile(words) {
  const [, , file, ...more] = words.places
  if (file === undefined || more.length > 0)
    throw new RangeError('name one file that holds a receipt')
  const receipt = parseReceipt(await readText(file))
  const keys = keysOf(words)
  const verdict = await checkReceipt(receipt, keys)
  const proofFile = words.one('proof')
  const say = teller(words)
  if (verdict === 'bad') return say(1, `NOT proven: the log has not signed this receipt.`)
  if (verdict === 'unchecked')
    return say(3, `The receipt is of ${receipt.origin}, under a key that was not given.`)
  const promise = `${receipt.origin} has promised entry ${receipt.entryId} by ${new Date(receipt.at + receipt.delaySeconds * 1e3).toISOString()}`
  if (proofFile === undefined)
    return say(3, `${promise}; give --proof FILE, or hold it against the whole log with --receipt.`)
  const problem = await proofProblem(await readText(proofFile), receipt.leaf, keys)
  return typeof problem === 'string'
    ? say(1, `NOT proven: ${problem}.`)
    : say(
        0,
        `PROVEN: ${promise}, and it stands there as entry ${problem.index} of ${problem.size}.`,
      )
}
async function checkProofFile(words) {
  const [, file, ...more] = words.places
  if (file === undefined || more.length > 0) throw new RangeError('name one .tlog-proof file')
  const { readFile } = await import('node:fs/promises')
  const entry = words.one('entry')
  const leaf =
    entry === undefined ? fromBase64(words.one('leaf') ?? '') : leafHash(await readFile(entry))
  if (leaf?.length !== 32)
    throw new RangeError('give --entry FILE, or --leaf with the leaf hash in base64')
  const problem = await proofProblem(await readText(file), leaf, keysOf(words))
  const say = teller(words)
  return typeof problem === 'string'
    ? say(1, `NOT proven: ${problem}.`)
    : say(0, `PROVEN: it is entry ${problem.index} of ${problem.size} in ${problem.origin}.`)
}
/** What is wrong with a proof, or where it leads. */
async function proofProblem(text, leaf, keys) {
  try {
    const { index, note, checkpoint } = followProof(text, leaf)
    const own = keys.filter(({ name }) => name === checkpoint.origin)
    const verdicts = (await checkNote(note, own)).map(({ verdict }) => verdict)
    if (verdicts.includes('bad')) return 'the checkpoint’s signature does not hold'
    if (!verdicts.includes('good')) return 'the checkpoint is signed by no key that was given'
    return {
      index,
      size: checkpoint.size,
      origin: checkpoint.origin,
    }
  } catch (error) {
    if (error instanceof RangeError) return error.message
    throw error
  }
}
async function checkNoteFile(words) {
  const [, file, ...more] = words.places
  if (file === undefined || more.length > 0)
    throw new RangeError('name one file that holds a signed note')
  const note = parseNote(await readText(file))
  const vouchers = await checkNote(note, keysOf(words))
  const say = teller(words)
  const bad = vouchers.find(({ verdict }) => verdict === 'bad')
  if (bad !== undefined)
    return say(1, `NOT proven: the signature of ${bad.key.name} does not hold.`)
  const good = vouchers.filter(({ verdict }) => verdict === 'good')
  if (good.length === 0)
    return say(3, 'No key that was given has signed this note in a way that could be checked.')
  const names = good.map(({ key }) => `${key.name} (${signatureName(key.type)})`)
  return say(0, `PROVEN: signed by ${names.join(', ')}.${treeIn(note.text)}`)
}
function treeIn(text) {
  try {
    const { size, root } = parseCheckpoint(text)
    return ` It is a checkpoint of ${size} entries, root ${toBase64(root)}.`
  } catch {
    return ''
  }
}
function keysOf(words) {
  const keys = words.all('key').map(parseVerifierKey)
  if (keys.length === 0) throw new RangeError('give --key with the log’s verifier key')
  return keys
}
function teller({ json }) {
  return (code, text) => {
    const outcome = Object.entries(exitCodes).find(([, exit]) => exit === code)[0]
    process.stdout.write(
      json
        ? `${JSON.stringify({
            outcome,
            text,
          })}\n`
        : `${text}\n`,
    )
    return code
  }
}
async function readText(file) {
  const { readFile } = await import('node:fs/promises')
  const bytes = await readFile(file).catch((error) => {
    throw new RangeError(`${file} cannot be read: ${error.code}`)
  })
  return bytes.toString('utf8')
}

// src/command.ts
/** The whole of the verifier; as a program it runs, imported or in a page it only offers itself. */
async function isProgram() {
  if (typeof process !== 'object' || typeof process.versions?.node !== 'string') return false
  const { realpathSync } = await import('node:fs')
  const { fileURLToPath } = await import('node:url')
  const started = process.argv[1]
  try {
    return (
      started !== undefined &&
      realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))
    )
  } catch {
    return false
  }
}
if (await isProgram()) process.exitCode = await main(process.argv.slice(2), process.env)

export {
  Frontier,
  ZipFile,
  blobAccess,
  certificatesIn,
  checkNote,
  checkReceipt,
  checkSignature,
  checkStamp,
  consistencyRanges,
  crc32,
  edgeOf,
  emptyRoot,
  entryBounds,
  fetchGet,
  filesSource,
  folderSource,
  followProof,
  formatCheckpoint,
  formatTilePath,
  formatVerifierKey,
  fromBase64,
  fromHex,
  holdfastLogOf,
  inclusionRanges,
  leafHash,
  nodeHash,
  packFormat,
  parseCheckpoint,
  parseLeaf,
  parseNote,
  parsePolicy,
  parseProof,
  parseReceipt,
  parseTilePath,
  parseVerifierKey,
  portableSha256,
  rootOf,
  sha256,
  tilePathsOf,
  tileWidth,
  tlsGet,
  toBase64,
  toHex,
  urlSource,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
  walkTree,
  zipFileSource,
  zipSource,
}
