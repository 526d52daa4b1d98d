import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '#kernel'
import { BodyWatch, slowBody } from './body-watch.ts'

function body() {
  return {
    complete: false,
    destroyed: false,
    readableLength: 0,
    socket: { bytesRead: 0 },
    error: undefined as Error | undefined,
    destroy(error: Error) {
      this.destroyed = true
      this.error = error
    },
  }
}

function run(seconds: number, each: (b: ReturnType<typeof body>, second: number) => void) {
  const b = body()
  const watch = new BodyWatch<ReturnType<typeof body>>(() => {})
  watch.watch(b)
  for (let second = 1; second <= seconds; second++) {
    each(b, second)
    watch.sweep()
  }
  return { b, watch }
}

test('a body that stands still is cut after its seconds, not before', () => {
  assert.equal(run(slowBody.seconds - 1, () => {}).b.destroyed, false)
  const { b, watch } = run(slowBody.seconds, () => {})
  assert.ok(b.error instanceof Refusal && b.error.code === 'gate.body-too-slow')
  assert.equal(watch.size, 0)
})

test('a trickle of one byte a second is cut as well', () => {
  assert.ok(run(slowBody.seconds, (b) => (b.socket.bytesRead += 1)).b.destroyed)
})

test('a body that flows is never cut, however long it takes', () => {
  const perSecond = Math.ceil(slowBody.bytes / (slowBody.seconds - 1))
  assert.equal(run(3_600, (b) => (b.socket.bytesRead += perSecond)).b.destroyed, false)
})

test('a body that waits for us is not cut', () => {
  assert.equal(run(3_600, (b) => (b.readableLength = 1)).b.destroyed, false)
})

test('a body that has arrived is forgotten', () => {
  assert.equal(run(1, (b) => (b.complete = true)).watch.size, 0)
})
