import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { insidePath } from './inside.ts'

test('after sign-in one goes on inside the house, whatever a link asked for', () => {
  for (const path of ['/', '/measures/gate.tls?day=3#top', '/people/é', '/a//b'])
    equal(insidePath(path), path)
  for (const elsewhere of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    ' //evil.example',
    '',
    undefined,
    ['/'],
  ])
    equal(insidePath(elsewhere), '/', JSON.stringify(elsewhere))
})

test('and where it would go, a browser agrees that this is the house', () => {
  for (const path of ['/', '/x?y=//z', '/.//evil.example', '/;@evil.example'])
    equal(new URL(insidePath(path), 'https://house.example').origin, 'https://house.example')
})
