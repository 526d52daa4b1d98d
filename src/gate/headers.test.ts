import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiHeaders, consoleHeaders, upstreamHeaders } from './headers.ts'

const valueOf = (list: readonly (readonly [string, string])[], name: string) =>
  list.find(([found]) => found === name)?.[1] ?? ''

test('every list asks browsers for TLS for at least a year, with subdomains', () => {
  for (const list of [apiHeaders, consoleHeaders, upstreamHeaders]) {
    const [, seconds] = /max-age=(\d+); includeSubDomains/.exec(
      valueOf(list, 'strict-transport-security'),
    ) ?? ['', '0']
    assert.ok(Number(seconds) >= 31_536_000)
  }
})

test('the console may run only its own scripts, and no page may frame it', () => {
  const policy = valueOf(consoleHeaders, 'content-security-policy').split('; ')
  assert.ok(policy.includes("default-src 'none'"))
  assert.ok(policy.includes("script-src 'self'"))
  assert.ok(policy.includes("frame-ancestors 'none'"))
  assert.ok(policy.includes("require-trusted-types-for 'script'"))
  assert.ok(!policy.some((directive) => directive.includes('unsafe-')))
})

test('answers of the API are never kept', () => {
  assert.equal(valueOf(apiHeaders, 'cache-control'), 'no-store')
})

test('no list names a header twice, nor says what serves it', () => {
  for (const list of [apiHeaders, consoleHeaders, upstreamHeaders]) {
    const names = list.map(([name]) => name)
    assert.equal(new Set(names).size, names.length)
    assert.ok(!names.includes('server') && !names.includes('x-powered-by'))
  }
})
