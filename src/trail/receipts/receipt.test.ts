import { deepEqual, equal, throws } from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { formatVerifierKey, keyId, openNote } from '../tree/note.ts'
import {
  findReceipt,
  formatReceipt,
  openReceipt,
  parseReceipt,
  receiptNote,
  together,
} from './receipt.ts'
import { noteVerifier } from '../tree/signer.ts'

const origin = 'holdfast.example/holdfast/0198-a/house'
const facts = {
  origin,
  entryId: '01980000-0000-7000-8000-000000000001',
  leaf: createHash('sha256').update('\0entry').digest(),
  at: new Date(1_772_366_400_123),
  delaySeconds: 60,
}
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const bare = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const verifier = noteVerifier(formatVerifierKey(origin, 1, bare))

// What is signed is spelt out here by hand: the format, and not our function, is what others go by.
const sha256 = (...parts: (Buffer | string)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()
const leaf64 = facts.leaf.toString('base64')
const promise = sha256('\0', `${facts.entryId}\n${leaf64}\n1772366400123\n`)
const [before, after] = [sha256('\0before'), sha256('\0after')]
const root = sha256('\x01', sha256('\x01', before, promise), after)
const text = `holdfast-receipt/v2\n${origin}\n3\n${root.toString('base64')}\n60\n`
const id = keyId(origin, 1, bare)
const signature = sign(null, Buffer.from(text), privateKey)
const value = formatReceipt({ ...facts, place: 1, of: 3, path: [before, after], id, signature })

test('the header and what it signs are exactly as the format says', () => {
  const signed = Buffer.concat([id, signature]).toString('base64')
  const path = Buffer.concat([before, after]).toString('base64')
  equal(
    value,
    `origin="${origin}", entry="${facts.entryId}", leaf=:${leaf64}:, time=1772366400123, delay=60, place=1, of=3, path=:${path}:, signature=:${signed}:`,
  )
  deepEqual(openReceipt(value, verifier), facts)
})

test('any number signed together open one by one, and one alone has no path', () => {
  for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 31, 512]) {
    const promised = Array.from({ length: count }, (_, i) => ({
      entryId: `01980000-0000-7000-8000-${String(i).padStart(12, '0')}`,
      leaf: sha256(`leaf ${i}`),
      at: new Date(facts.at.getTime() + i),
    }))
    const made = together(facts, promised)
    const signed = {
      origin,
      delaySeconds: 60,
      of: count,
      id,
      signature: sign(null, Buffer.from(made.text), privateKey),
    }
    for (const [place, one] of promised.entries()) {
      const receipt = formatReceipt({ ...signed, ...one, place, path: made.paths[place]! })
      deepEqual(openReceipt(receipt, verifier), { origin, delaySeconds: 60, ...one })
    }
    if (count === 1) deepEqual(made.paths, [[]])
  }
})

test('as a signed note it opens with the log’s own verifier key', () => {
  equal(openNote(receiptNote(parseReceipt(value)), [verifier]).text, text)
})

test('no single changed bit of a receipt passes', () => {
  const bytes = Buffer.from(value)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const copy = Buffer.from(bytes)
    copy[bit >> 3]! ^= 1 << (bit & 7)
    throws(() => openReceipt(copy.toString('latin1'), verifier), RangeError, `bit ${bit}`)
  }
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })
  const stranger = noteVerifier(formatVerifierKey(origin, 1, other.subarray(-32)))
  throws(() => openReceipt(value, stranger), /another key/)
})

test('a receipt is found alone and among the header lines of an answer', () => {
  equal(findReceipt(`${value}\n`), value)
  const answer = `HTTP/1.1 200 OK\r\nHoldfast-Receipt: ${value}\r\nx: y\r\n\r\n{}`
  equal(findReceipt(answer), value)
  equal(findReceipt('HTTP/1.1 200 OK\r\n\r\n{}'), undefined)
})
