import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { spentMs } from '../test/spent.ts'
import { strictly, validatorOf } from './shapes.ts'

const list = strictly(
  Type.Object({ names: Type.Array(Type.String(), { maxItems: 20, uniqueItems: true }) }),
)

test('a body that is wrong a hundred thousand times is refused at once', () => {
  const validate = validatorOf(list, 'body')
  const began = spentMs()
  for (const names of [Array(100_000).fill(0), Array(100_000).fill('a')])
    ok('error' in validate({ names }))
  ok('error' in validate(Object.fromEntries(names100k.map((name) => [name, 1]))))
  const ms = spentMs() - began
  ok(ms < 1_000, `it took ${ms} ms`)
})

const names100k = Array.from({ length: 100_000 }, (_none, i) => `k${i}`)

test('a small one is told where it is wrong, never with what', () => {
  const { error } = validatorOf(list, 'body')({ names: ['a', 7] }) as never
  deepEqual(error, [{ instancePath: '/names/1', message: 'must be string' }])
})

test('an instant that no date of ours can be is refused', () => {
  const validate = validatorOf(Type.Object({ at: Type.String({ format: 'date-time' }) }), 'body')
  for (const at of ['2016-12-31T23:59:60Z', '2026-01-01T00:00:00Z[Europe/Berlin]'])
    ok('error' in validate({ at }), at)
  ok('value' in validate({ at: '2016-12-31T23:59:59Z' }))
})

test('a query of digits is a number where a number belongs', () => {
  const shape = strictly(Type.Object({ limit: Type.Integer() }))
  deepEqual(validatorOf(shape, 'querystring')({ limit: '2' }), { value: { limit: 2 } })
  ok('error' in validatorOf(shape, 'body')({ limit: '2' }))
})
