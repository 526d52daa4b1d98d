import { doesNotThrow, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { BodyRoom } from './body-room.ts'

const busy = { code: 'gate.too-many-requests' }

test('a caller fills its own room and nobody else’s, and has it back when its bodies are over', () => {
  const room = new BodyRoom({ each: 10, all: 25 })
  const first = room.take('a', 6)
  const second = room.take('a', 4)
  throws(() => room.take('a', 1), busy)
  const other = room.take('b', 10)
  first()
  const third = room.take('a', 5)
  throws(() => room.take('c', 7), { code: 'gate.overloaded' })
  for (const over of [second, other, third]) over()
  doesNotThrow(() => room.take('a', 10))
})

test('one body is always let in, be the room as small as it may', () => {
  const room = new BodyRoom({ each: 1, all: 1 })
  const over = room.take('a', 100)
  throws(() => room.take('a', 1), busy)
  over()
  equal(typeof room.take('a', 100), 'function')
})
