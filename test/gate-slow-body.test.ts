import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openDoor } from '../src/gate/adapters/door.ts'

test('over a real socket a stalled body is cut and told of, and one that flows arrives whole', async () => {
  let cut = 0
  const door = openDoor({
    slowBody: { bytes: 1_000, seconds: 2 },
    onSlowBody: () => (cut += 1),
  })
  const server = createServer((incoming, answer) => {
    door.watchBody(incoming)
    let size = 0
    incoming.on('data', (piece: Buffer) => (size += piece.length))
    incoming.on('error', () => {})
    incoming.on('end', () => answer.end(String(size)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const send = (pieces: number, pieceBytes: number) =>
    new Promise<string>((resolve, reject) => {
      const outgoing = request({ port, method: 'POST', host: '127.0.0.1' }, (answer) => {
        answer.on('data', (piece: Buffer) => resolve(piece.toString()))
      })
      outgoing.on('error', reject)
      let sent = 0
      const timer = setInterval(() => {
        outgoing.write(Buffer.alloc(pieceBytes))
        sent += 1
        if (sent < pieces && !outgoing.destroyed) return
        clearInterval(timer)
        outgoing.end()
      }, 250)
      outgoing.on('close', () => clearInterval(timer))
    })
  try {
    const [slow, quick] = await Promise.allSettled([send(40, 1), send(16, 1_000)])
    assert.equal(slow.status, 'rejected')
    assert.deepEqual(quick, { status: 'fulfilled', value: '16000' })
    assert.equal(cut, 1)
  } finally {
    door.close()
    server.close()
    server.closeAllConnections()
  }
})
