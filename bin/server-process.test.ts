import { rejects } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { endOrphanServer } from './server-process.ts'

const data = mkdtempSync(join(tmpdir(), 'holdfast-orphan-'))
after(() => rmSync(data, { recursive: true, force: true }))

const mute = () => {}

test('a start needs no memory of an earlier server, and half of one is none', async () => {
  await endOrphanServer(data, mute)
  for (const half of ['', '{"pid":12']) {
    writeFileSync(join(data, 'server.json'), half)
    await endOrphanServer(data, mute)
  }
})

test('a memory that cannot be read is no reason to leave an old server running', async () => {
  const unreadable = mkdtempSync(join(data, 'other-'))
  mkdirSync(join(unreadable, 'server.json'))
  await rejects(endOrphanServer(unreadable, mute), { code: 'EISDIR' })
})
