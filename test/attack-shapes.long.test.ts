import { test } from 'node:test'
import { trySwollen } from './swollen-bodies.ts'

test('no body of any shape keeps the house busy for long, wherever it swells', () => {
  trySwollen(() => true)
})
