import { equal, match, notEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { credentialIdIn, isOpaqueToken, newCredentialToken, newOpaqueToken } from './token.ts'

const form = /^hf_(production|staging|development)_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/

test('a token has the form secret scanners are told, and names its credential', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.constantFrom('production' as const, 'staging' as const, 'development' as const),
      (id, environment) => {
        const token = newCredentialToken(environment, id)
        match(token, form)
        equal(credentialIdIn(token), id)
      },
    ),
  )
})

test('a token with one character changed names nothing', () => {
  const token = newCredentialToken('production', '0198a0b0-1234-7abc-8def-00000000000f')
  const at = fc.integer({ min: 0, max: token.length - 1 })
  fc.assert(
    fc.property(at, fc.constantFrom('0', 'Z', 'q', '_'), (i, character) => {
      fc.pre(token[i] !== character)
      equal(credentialIdIn(token.slice(0, i) + character + token.slice(i + 1)), undefined)
    }),
    { numRuns: 500 },
  )
})

test('an id beyond 128 bits names nothing, even with a good checksum', () => {
  const body = `hf_production_${'z'.repeat(22)}_${'0'.repeat(43)}`
  for (const end of ['000000', 'zzzzzz']) equal(credentialIdIn(`${body}_${end}`), undefined)
})

test('an opaque token is 256 bits, and another each time', () => {
  ok(isOpaqueToken(newOpaqueToken()))
  equal(Buffer.from(newOpaqueToken(), 'base64url').length, 32)
  notEqual(newOpaqueToken(), newOpaqueToken())
  ok(!isOpaqueToken('too-short'))
})
