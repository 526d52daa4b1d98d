import { deepEqual, equal, throws } from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { formatVerifierKey, keyId, openNote } from './note.ts'
import {
  findReceipt,
  formatReceipt,
  openReceipt,
  parseReceipt,
  receiptNote,
  receiptText,
} from './receipt.ts'
import { noteVerifier } from './signer.ts'

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
const text = `holdfast-receipt/v1\n${origin}\n${facts.entryId}\n${facts.leaf.toString('base64')}\n1772366400123\n60\n`
const signature = sign(null, Buffer.from(text), privateKey)
const value = formatReceipt({ ...facts, id: keyId(origin, 1, bare), signature })

test('the header and what it signs are exactly as the format says', () => {
  equal(receiptText(facts), text)
  const signed = Buffer.concat([keyId(origin, 1, bare), signature]).toString('base64')
  equal(
    value,
    `origin="${origin}", entry="${facts.entryId}", leaf=:${facts.leaf.toString('base64')}:, time=1772366400123, delay=60, signature=:${signed}:`,
  )
  deepEqual(openReceipt(value, verifier), facts)
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
