import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { inclusionRanges } from '../../../../src/trail/tree/merkle-proof.ts'
import { leafHash, rootOf } from '../../../../src/trail/tree/merkle.ts'
import { formatCheckpoint } from '../../../../src/trail/tree/checkpoint.ts'
import { ed25519, formatVerifierKey, keyId, signNote } from '../../../../src/trail/tree/note.ts'
import { formatProof } from '../../../../src/trail/tree/proof.ts'
import { checkProof, type ProofInput } from './proof-check.ts'

const origin = 'processor.example/holdfast/house'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const verifierKey = formatVerifierKey(origin, ed25519, raw)

/** A log of `size` entries, and the proof of one of them as the house gives it. */
function proven(index: number, size: number): ProofInput {
  const bodies = Array.from({ length: size }, (_, i) => `{"id":"entry ${i}","v":1}`)
  const leaves = bodies.map((body) => leafHash(Buffer.from(body)))
  const path = inclusionRanges(index, size).map(({ start, end }) =>
    rootOf(leaves.slice(start, end)),
  )
  const text = formatCheckpoint({ origin, size, root: rootOf(leaves) })
  const signer = {
    name: origin,
    id: keyId(origin, ed25519, raw),
    sign: (signed: string) => sign(null, Buffer.from(signed), privateKey),
  }
  return {
    entryId: `entry ${index}`,
    leafBody: bodies[index]!,
    leafHash: leaves[index]!.toString('base64'),
    proof: formatProof({ index, path, checkpoint: signNote(text, [signer]) }),
    verifierKey,
  }
}

test('every entry of trees of one to nine entries is found in its tree', async () => {
  for (let size = 1; size <= 9; size++)
    for (let index = 0; index < size; index++)
      assert.deepEqual(await checkProof(proven(index, size)), {
        leaf: true,
        path: true,
        signature: true,
        size,
      })
})

test('another text than the one that was hashed is noticed', async () => {
  const input = proven(3, 7)
  const { leaf, path } = await checkProof({ ...input, leafBody: '{"id":"entry 3","v":2}' })
  assert.deepEqual([leaf, path], [false, false])
})

test('the leaf of another entry does not stand in for this one', async () => {
  const input = proven(3, 7)
  assert.equal((await checkProof({ ...input, entryId: 'entry 4' })).leaf, false)
})

test('a path with one hash changed does not lead to the root', async () => {
  const input = proven(3, 7)
  const wrong = createHash('sha256').update('wrong').digest('base64')
  const proof = input.proof.replace(/(index 3\n)[^\n]+/, `$1${wrong}`)
  assert.equal((await checkProof({ ...input, proof })).path, false)
})

test('a checkpoint changed after signing has no good signature', async () => {
  const input = proven(3, 7)
  const proof = input.proof.replace(`${origin}\n7\n`, `${origin}\n8\n`)
  assert.equal((await checkProof({ ...input, proof })).signature, false)
})

test('a signature by another key does not count', async () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })
  const stranger = formatVerifierKey(origin, ed25519, other.subarray(-32))
  assert.equal((await checkProof({ ...proven(3, 7), verifierKey: stranger })).signature, false)
})

test('what is no proof is refused', async () => {
  await assert.rejects(checkProof({ ...proven(0, 1), proof: 'index 0\n' }), RangeError)
})
