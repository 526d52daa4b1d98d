import { deepEqual, equal, ok } from 'node:assert/strict'
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Cmac } from './cmac.ts'
import { Hmac } from './hmac.ts'

interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly key: string
  readonly iv: string
  readonly aad: string
  readonly msg: string
  readonly ct: string
  readonly tag: string
  readonly ikm: string
  readonly salt: string
  readonly info: string
  readonly size: number
  readonly okm: string
}

interface Group {
  readonly keySize: number
  readonly ivSize: number
  readonly tagSize: number
  readonly tests: readonly Vector[]
}

const directory = join(import.meta.dirname, '../../../shared/data/vectors')
const path = (name: string) => join(directory, `wycheproof-${name}.json`)
const absent = (name: string) =>
  existsSync(path(name)) ? false : `the Wycheproof file ${name} is not there`
const groupsIn = (name: string): readonly Group[] =>
  (JSON.parse(readFileSync(path(name), 'utf8')) as { testGroups: Group[] }).testGroups
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const secret = (hex: string) => createSecretKey(bytes(hex))

test(
  'AES-256-GCM with 96-bit nonces: every valid vector comes out, no invalid one opens',
  {
    skip: absent('aes_gcm'),
  },
  () => {
    const groups = groupsIn('aes_gcm')
    const ours = groups.filter((g) => g.keySize === 256 && g.ivSize === 96 && g.tagSize === 128)
    const tests = ours.flatMap((group) => group.tests)
    equal(tests.length, 66)
    for (const { tcId, result, key, iv, aad, msg, ct, tag } of tests) {
      const cipher = createCipheriv('aes-256-gcm', secret(key), bytes(iv), { authTagLength: 16 })
      cipher.setAAD(bytes(aad))
      const made = Buffer.concat([cipher.update(bytes(msg)), cipher.final(), cipher.getAuthTag()])
      equal(made.equals(bytes(ct + tag)), result === 'valid', `seal ${tcId}`)
      const decipher = createDecipheriv('aes-256-gcm', secret(key), bytes(iv), {
        authTagLength: 16,
      })
      decipher.setAAD(bytes(aad)).setAuthTag(bytes(tag))
      const opened = decipher.update(bytes(ct))
      equal(
        succeeds(() => decipher.final()),
        result === 'valid',
        `open ${tcId}`,
      )
      if (result === 'valid') deepEqual(opened, bytes(msg))
    }
  },
)

test(
  'AES-256-CMAC: our own makes every valid tag and no invalid one',
  {
    skip: absent('aes_cmac'),
  },
  () => {
    const tests = groupsIn('aes_cmac')
      .filter((group) => group.keySize === 256)
      .flatMap((group) => group.tests.map((vector) => ({ ...vector, tagBytes: group.tagSize / 8 })))
    equal(tests.length, 102)
    for (const { tcId, result, key, msg, tag, tagBytes } of tests) {
      const made = new Cmac(secret(key)).mac(bytes(msg)).subarray(0, tagBytes)
      equal(made.equals(bytes(tag)), result === 'valid', `test ${tcId}`)
    }
  },
)

test('CMACs of single blocks made in one pass are those made one by one', () => {
  const cmac = new Cmac(createSecretKey(Buffer.alloc(32, 9)))
  const [a, b] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]
  deepEqual(cmac.macEach(Buffer.concat([a, b])), Buffer.concat([cmac.mac(a), cmac.mac(b)]))
})

test(
  'HKDF-SHA-256: every valid vector comes out, outputs that are too long are refused',
  {
    skip: absent('hkdf_sha256'),
  },
  () => {
    const tests = groupsIn('hkdf_sha256').flatMap((group) => group.tests)
    equal(tests.length, 86)
    for (const { tcId, result, ikm, salt, info, size, okm } of tests) {
      const derive = () =>
        Buffer.from(hkdfSync('sha256', secret(ikm), bytes(salt), bytes(info), size))
      if (result === 'valid') deepEqual(derive(), bytes(okm), `test ${tcId}`)
      else ok(!succeeds(derive), `test ${tcId}`)
    }
  },
)

test(
  'HMAC-SHA-256: every valid tag comes out and no invalid one',
  {
    skip: absent('hmac_sha256'),
  },
  () => {
    const groups = groupsIn('hmac_sha256')
    equal(groups.flatMap((group) => group.tests).length, 174)
    for (const { tagSize, tests } of groups) {
      for (const { tcId, result, key, msg, tag } of tests) {
        const made = Hmac.once(bytes(key), bytes(msg))
        equal(made.subarray(0, tagSize / 8).equals(bytes(tag)), result === 'valid', `test ${tcId}`)
      }
    }
  },
)

function succeeds(what: () => unknown): boolean {
  try {
    what()
    return true
  } catch {
    return false
  }
}
