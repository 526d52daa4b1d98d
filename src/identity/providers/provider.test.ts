import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { assuranceOf, isIssuer, rolesOf } from './provider.ts'

const strong = { strongAmr: ['mfa', 'hwk'], strongAcr: ['https://idp.example/strong'] }

test('a sign-in counts as two factors only where the provider says so in words we believe', () => {
  equal(assuranceOf(strong, { amr: ['pwd', 'mfa'] }), 2)
  equal(assuranceOf(strong, { acr: 'https://idp.example/strong' }), 2)
  equal(assuranceOf(strong, { amr: ['pwd'] }), 1)
  equal(assuranceOf(strong, { amr: 'mfa' }), 1)
  equal(assuranceOf(strong, { acr: ['https://idp.example/strong'] }), 1)
  equal(assuranceOf(strong, {}), 1)
  equal(assuranceOf({ strongAmr: [], strongAcr: [] }, { amr: ['mfa'], acr: 'x' }), 1)
})

test('groups bring the roles they are mapped to, each once, and nothing else', () => {
  const mapping = {
    groupClaim: 'groups',
    groupRoles: { ops: ['security', 'auditor'], audit: ['auditor'] },
  }
  deepEqual(rolesOf(mapping, { groups: ['ops', 'audit', 'strangers'] }), ['security', 'auditor'])
  deepEqual(rolesOf(mapping, { groups: 'ops' }), [])
  deepEqual(rolesOf(mapping, { groups: ['constructor', '__proto__', 'toString'] }), [])
  deepEqual(rolesOf(mapping, {}), [])
})

test('an issuer is https without query and fragment; http only on this machine, outside of production', () => {
  equal(isIssuer('https://idp.example/tenant', true), true)
  for (const wrong of [
    'http://idp.example',
    'http://127.0.0.1:9000',
    'https://idp.example?x=1',
    'https://idp.example#x',
    'https://user@idp.example',
    'ftp://idp.example',
    'idp.example',
  ])
    equal(isIssuer(wrong, true), false, wrong)
  equal(isIssuer('http://127.0.0.1:9000', false), true)
  equal(isIssuer('http://10.0.0.1', false), false)
})
