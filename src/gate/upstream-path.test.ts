import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upstreamPathOf } from './upstream-path.ts'

const refused = { code: 'gate.unsafe-path', status: 400 }

test('path and query go on as they came, without the mount; the trail gets the path alone', () => {
  assert.deepEqual(upstreamPathOf('/app/a%20b/c?q=%2e%2e&r=//x', '/app/'), {
    target: '/a%20b/c?q=%2e%2e&r=//x',
    path: '/a%20b/c',
  })
  assert.deepEqual(upstreamPathOf('/app/', '/app/'), { target: '/', path: '/' })
  assert.deepEqual(upstreamPathOf('/app/?x', '/app/'), { target: '/?x', path: '/' })
  assert.equal(upstreamPathOf('/app/.well-known/...a', '/app/').target, '/.well-known/...a')
})

const tricks = [
  ['leaves the mount', '/v1/controllers'],
  ['names another host', 'http://evil.example/app/'],
  ['names another host without a scheme', '/app//evil.example/x'],
  ['names another host, encoded', '/app/%2fevil.example/x'],
  ['climbs', '/app/../v1'],
  ['climbs, encoded', '/app/%2e%2E/v1'],
  ['climbs, half encoded', '/app/.%2e/v1'],
  ['climbs, with an encoded slash', '/app/x%2f..%2fv1'],
  ['climbs, with a path parameter', '/app/..;a=b/v1'],
  ['climbs, doubly encoded', '/app/%252e%252e/v1'],
  ['stays where it is', '/app/./x'],
  ['has a backslash', '/app/x\\..\\y'],
  ['has an encoded backslash', '/app/x%5c..%5cy'],
  ['has a null byte', '/app/x%00.png'],
  ['splits the header', '/app/x%0d%0aHost:%20evil'],
  ['has a raw line break', '/app/x\r\nHost: evil'],
  ['is no UTF-8', '/app/%ff%fe'],
  ['has a fragment', '/app/x#y'],
] as const

for (const [what, target] of tricks) {
  test(`a path that ${what} is refused`, () => {
    assert.throws(() => upstreamPathOf(target, '/app/'), refused)
  })
}
