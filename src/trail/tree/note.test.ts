import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { leafHash, nodeHash, rootOf } from './merkle.ts'
import { inclusionRanges } from './merkle-proof.ts'
import {
  ed25519,
  formatVerifierKey,
  mlDsa44Cosignature,
  openNote,
  parseNote,
  parseVerifierKey,
  signNote,
} from './note.ts'
import { formatProof, openProof, parseProof } from './proof.ts'
import { ed25519Signer, mlDsa44Signer, newKeyPair, noteVerifier } from './signer.ts'

/** The example of golang.org/x/mod/sumdb/note, which the specification took over. */
const exampleKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const exampleNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`

const origin = 'example.com/log'
const pair = newKeyPair('ed25519')
const signer = ed25519Signer(origin, pair)
const verifier = noteVerifier(formatVerifierKey(origin, ed25519, pair.publicKey))
const leaves = ['a', 'b', 'c', 'd', 'e'].map((text) => leafHash(Buffer.from(text)))
const checkpoint = { origin, size: leaves.length, root: rootOf(leaves) }
const signed = signNote(formatCheckpoint(checkpoint), [signer])
const at = new Date('2026-03-01T12:00:00.900Z')

/** Every text that differs from this one by a single bit, where the result still is UTF-8. */
function* flips(text: string): Generator<string> {
  const bytes = Buffer.from(text)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    yield flipped.toString('utf8')
  }
}

test('the example of the specification opens under its key', () => {
  const { text, vouchers } = openNote(exampleNote, [noteVerifier(exampleKey)])
  equal(text, exampleNote.split('\n\n')[0] + '\n')
  deepEqual(
    vouchers.map(({ name }) => name),
    ['PeterNeumann'],
  )
})

test('no single bit of a note can change', () => {
  const example = noteVerifier(exampleKey)
  let tried = 0
  for (const flipped of flips(exampleNote)) {
    throws(() => openNote(flipped, [example]), RangeError)
    tried += 1
  }
  ok(tried > 1500)
})

test('no single bit of a signed checkpoint can change', () => {
  deepEqual(openCheckpoint(signed, verifier), checkpoint)
  for (const flipped of flips(signed)) throws(() => openCheckpoint(flipped, verifier), RangeError)
})

test('no single bit of a proof can change', () => {
  const index = 2
  const path = inclusionRanges(index, leaves.length).map(({ start, end }) =>
    rootOf(leaves.slice(start, end)),
  )
  const proof = formatProof({ index, path, checkpoint: signed })
  deepEqual(openProof(proof, leaves[index]!, verifier), { ...checkpoint, index })
  for (const flipped of flips(proof)) {
    throws(() => openProof(flipped, leaves[index]!, verifier), RangeError, flipped)
  }
})

test('a proof stands for its own leaf only', () => {
  const proof = formatProof({ index: 0, path: [], checkpoint: signed })
  throws(() => openProof(proof, leaves[0]!, verifier), RangeError)
  const [first, second] = leaves as [Buffer, Buffer]
  const two = { origin, size: 2, root: nodeHash(first, second) }
  const note = signNote(formatCheckpoint(two), [signer])
  const forSecond = formatProof({ index: 1, path: [first], checkpoint: note })
  equal(openProof(forSecond, second, verifier).index, 1)
  throws(() => openProof(forSecond, first, verifier), RangeError)
})

test('the extra line of a proof is read over', () => {
  const plain = formatProof({ index: 0, path: leaves, checkpoint: signed })
  const extra = plain.replace('\n', '\nextra aGVsbG8=\n')
  deepEqual(parseProof(extra), parseProof(plain))
  throws(() => parseProof(plain.replace('\n', '\nextra ?\n')), RangeError)
  throws(() => parseProof(plain.replace('index 0', 'index 00')), RangeError)
})

test('ML-DSA-44 vouches for a checkpoint, its time and its name', () => {
  const keys = newKeyPair('ml-dsa-44')
  const cosigner = mlDsa44Signer(origin, keys, at)
  const key = formatVerifierKey(origin, mlDsa44Cosignature, keys.publicKey)
  const both = signNote(formatCheckpoint(checkpoint), [signer, cosigner])
  equal(openNote(both, [verifier, noteVerifier(key)]).vouchers.length, 2)
  const { text, signatures } = parseNote(both)
  const { signature } = signatures[1]!
  equal(signature.length, 8 + 2420)
  equal(signature.readBigUInt64BE(), BigInt(Date.UTC(2026, 2, 1, 12) / 1000))
  const later = Buffer.from(signature)
  later.writeBigUInt64BE(signature.readBigUInt64BE() + 1n)
  ok(noteVerifier(key).verify(text, signature))
  ok(!noteVerifier(key).verify(text, later))
  ok(!noteVerifier(key).verify(text, signature.subarray(0, 7)))
  const renamed = formatVerifierKey('example.com/other', mlDsa44Cosignature, keys.publicKey)
  ok(!noteVerifier(renamed).verify(text, signature))
})

test('a bad signature by a known key condemns a note that others have signed well', () => {
  const other = newKeyPair('ed25519')
  const forged = { ...ed25519Signer('example.com/b', other), sign: () => Buffer.alloc(64) }
  const note = signNote(formatCheckpoint(checkpoint), [signer, forged])
  deepEqual(openCheckpoint(note, verifier), checkpoint)
  const known = noteVerifier(formatVerifierKey('example.com/b', ed25519, other.publicKey))
  throws(() => openNote(note, [verifier, known]), /bad signature/)
})

test('a checkpoint of another log is refused, even under a key we know', () => {
  const text = formatCheckpoint({ ...checkpoint, origin: 'example.com/other' })
  throws(() => openCheckpoint(signNote(text, [signer]), verifier), /another log/)
})

test('verifier keys are read to the byte, and refused under another id', () => {
  const withPlus = formatVerifierKey('n', ed25519, Buffer.alloc(32, 0xfb))
  ok(withPlus.split('+').length > 3)
  deepEqual(parseVerifierKey(withPlus).publicKey, Buffer.alloc(32, 0xfb))
  throws(() => parseVerifierKey(withPlus.replace(/\+[\da-f]{8}\+/, '+00000000+')), RangeError)
  throws(() => parseVerifierKey('n+abc'), RangeError)
  throws(() => noteVerifier(formatVerifierKey('n', 0xff, Buffer.alloc(32))), RangeError)
})

test('what is no note text is not signed', () => {
  for (const wrong of ['', 'no newline', 'a\ttab\n', 'a\u0000\n', '\ud800\n']) {
    throws(() => signNote(wrong, [signer]), RangeError)
  }
})

test('a checkpoint is written one way only', () => {
  const text = formatCheckpoint(checkpoint)
  deepEqual(parseCheckpoint(text), checkpoint)
  for (const wrong of [
    text.replace('\n5\n', '\n05\n'),
    text.replace('\n5\n', '\n+5\n'),
    `${text}extension\n`,
    text.slice(0, -1),
    text.replace(`${origin}\n`, '\n'),
    text.replace('=\n', '\n'),
    text.replace('\n5\n', '\n9007199254740993\n'),
  ])
    throws(() => parseCheckpoint(wrong), RangeError, wrong)
})
