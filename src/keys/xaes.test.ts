import { deepEqual, equal, throws } from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { boxOverhead, openBox, sealBox } from './box.ts'
import { accumulate } from './testdata/accumulated.ts'
import { NotAuthentic, nonceSize, Xaes } from './xaes.ts'

const nonce = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWX')
const plaintext = Buffer.from('XAES-256-GCM')
const under = (byte: number) => Xaes.taking(Buffer.alloc(32, byte))

test('both vectors of the specification come out, and open', () => {
  const vectors = [
    { key: 1, associated: '', sealed: 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271' },
    {
      key: 3,
      associated: 'c2sp.org/XAES-256-GCM',
      sealed: '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d',
    },
  ]
  for (const { key, associated, sealed } of vectors) {
    const bound = Buffer.from(associated)
    equal(under(key).seal(nonce, plaintext, bound).toString('hex'), sealed)
    deepEqual(under(key).open(nonce, Buffer.from(sealed, 'hex'), bound), plaintext)
  }
})

test('ten thousand drawn keys, nonces and plaintexts add up to the published digest', () => {
  equal(accumulate(10_000), 'e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939')
})

test('one bit changed anywhere, in what was sealed or what it was bound to, and nothing opens', () => {
  const associated = Buffer.from('place')
  const sealed = under(1).seal(nonce, plaintext, associated)
  for (const part of [sealed, nonce, associated]) {
    for (let bit = 0; bit < part.length * 8; bit += 1) {
      const changed = Buffer.from(part)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const open = () =>
        under(1).open(
          part === nonce ? changed : nonce,
          part === sealed ? changed : sealed,
          part === associated ? changed : associated,
        )
      throws(open, NotAuthentic)
    }
  }
})

test('a ciphertext cut short, even to a shorter tag that GCM would take, does not open', () => {
  const sealed = under(1).seal(nonce, plaintext, Buffer.alloc(0))
  for (let length = 0; length < sealed.length; length += 1) {
    throws(() => under(1).open(nonce, sealed.subarray(0, length), Buffer.alloc(0)), NotAuthentic)
  }
})

test('keys and nonces of another size are refused', () => {
  throws(() => new Xaes(createSecretKey(Buffer.alloc(16))), TypeError)
  throws(() => under(1).seal(Buffer.alloc(12), plaintext, Buffer.alloc(0)), TypeError)
  throws(() => under(1).open(Buffer.alloc(25), Buffer.alloc(40), Buffer.alloc(0)), TypeError)
})

test('taken key bytes are zeroed', () => {
  const raw = Buffer.alloc(32, 7)
  Xaes.taking(raw)
  deepEqual(raw, Buffer.alloc(32))
})

test('no two boxes of a key have one nonce, and each opens as the specification says, over the ends of series', () => {
  const [key, associated] = [under(1), Buffer.from('place')]
  const boxes = Array.from({ length: 2500 }, () => sealBox(key, associated, plaintext))
  const nonces = boxes.map((box) => box.subarray(1, 1 + nonceSize).toString('hex'))
  equal(new Set(nonces).size, boxes.length)
  // 1024 to a series: those of one share all but their last four bytes.
  equal(new Set(nonces.map((nonce) => nonce.slice(0, 40))).size, 3)
  for (const box of boxes) {
    equal(box.length, boxOverhead + plaintext.length)
    deepEqual(openBox(under(1), associated, box), plaintext)
    const nonce = box.subarray(1, 1 + nonceSize)
    deepEqual(under(1).seal(nonce, plaintext, associated), box.subarray(1 + nonceSize))
  }
})
