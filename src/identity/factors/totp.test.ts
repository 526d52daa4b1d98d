import { equal, match, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { newRecoveryCodes, recoveryHash } from './recovery-code.ts'
import { codeAt, newSeed, stepOf, totpSetup } from './totp.ts'

const seed = Buffer.from('12345678901234567890')

test('codes are those of RFC 6238 appendix B, last six digits', () => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const) {
    const at = new Date(seconds * 1000)
    equal(codeAt(seed, at), code)
    equal(stepOf(seed, code, at), Math.floor(seconds / 30))
  }
})

test('a code counts in its own step and one late, names its own, and neither two late nor early', () => {
  const code = codeAt(seed, new Date(59_000))
  equal(stepOf(seed, code, new Date(31_000)), 1)
  equal(stepOf(seed, code, new Date(29_999)), undefined)
  equal(stepOf(seed, code, new Date(75_000)), 1)
  equal(stepOf(seed, code, new Date(95_000)), undefined)
})

test('what is not six digits is no code', () => {
  for (const wrong of ['', '28708', '2870820', '28708a', ' 287082'])
    equal(stepOf(seed, wrong, new Date(59_000)), undefined)
})

test('the address for apps names issuer and account', () => {
  const { secret, uri } = totpSetup(seed, 'Example Processing', 'nadia@customer.example')
  equal(secret, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  match(uri, /^otpauth:\/\/totp\/Example%20Processing:nadia%40customer\.example\?/)
  match(uri, /issuer=Example%20Processing/)
  equal(newSeed().length, 20)
})

test('recovery codes differ, and are found in any spelling a hand may give them', () => {
  const codes = newRecoveryCodes()
  equal(new Set(codes).size, 10)
  match(codes[0]!, /^[0-9A-HJKMNP-TV-Z]{6}(-[0-9A-HJKMNP-TV-Z]{6}){3}$/)
  const code = '01AB2C-3D4E5F-6G7H8J-9K0M1N'
  const hash = recoveryHash(code)?.toString('hex')
  equal(recoveryHash('o1ab2c 3d4e5f 6g7h8j 9komin')?.toString('hex'), hash)
  equal(recoveryHash('OLAB2C3D4E5F6G7H8J9K0M1N')?.toString('hex'), hash)
  notEqual(recoveryHash('01AB2C-3D4E5F-6G7H8J-9K0M1P')?.toString('hex'), hash)
  equal(recoveryHash('01AB2C'), undefined)
  equal(recoveryHash('U1AB2C-3D4E5F-6G7H8J-9K0M1N'), undefined)
})
