import { deepEqual, equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { generateX25519Identity } from 'age-encryption'
import { type Manifest, openArchive, recipientOf, sealArchive, type TableRows } from './archive.ts'

const identity = await generateX25519Identity()
const recipient = await recipientOf(identity)
const key = randomBytes(32)
const manifest: Manifest = {
  format: 'holdfast-backup/1',
  backupId: '01890000-0000-7000-8000-00000000000a',
  createdAt: '2026-03-01T12:00:00.000Z',
  installationId: '01890000-0000-7000-8000-00000000000b',
  migrations: [1, 10],
  heads: [],
  tables: ['vault.record', 'vault.subject'],
}

async function* tables(rows: AsyncIterable<Uint8Array>): AsyncGenerator<TableRows> {
  yield { table: 'vault.record', pieces: rows }
  yield { table: 'vault.subject', pieces: rowsOf(3) }
}
/** Rows that do not compress, so that the archive has many chunks. */
async function* rowsOf(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1)
    yield Buffer.from(`${i}\t${randomBytes(600).toString('base64')}\n`)
}
async function* breakingOff(): AsyncGenerator<Uint8Array> {
  yield* rowsOf(10)
  throw new Error('the connection is gone')
}

const sealed = async (rows: AsyncIterable<Uint8Array>) =>
  buffer(await sealArchive(manifest, tables(rows), { recipients: [recipient], key }))
const streamOf = (bytes: Uint8Array) => new Blob([bytes.slice()]).stream()
const opened = async (bytes: Uint8Array, by = identity) => {
  const archive = await openArchive(streamOf(bytes), by, () => key)
  const rows: Record<string, number> = {}
  for await (const { table } of archive.parts()) rows[table] = archive.manifest.migrations.length
  return { archive, rows }
}

test('what was sealed opens, and says what it holds', async () => {
  const { archive } = await opened(await sealed(rowsOf(500)))
  deepEqual(archive.manifest, manifest)
  equal(archive.counts()['vault.record']?.rows, 500)
  equal(archive.counts()['vault.subject']?.rows, 3)
})

test('rows that break off end the backup, instead of leaving it waiting', async () => {
  await rejects(sealed(breakingOff()), /the connection is gone/)
})

test('a changed byte anywhere, a missing end, or another key is refused', async () => {
  const bytes = await sealed(rowsOf(500))
  const refused = { code: 'continuity.broken-archive' }
  for (let part = 0; part < 20; part += 1) {
    const copy = Buffer.from(bytes)
    copy[Math.floor((bytes.length * part) / 20) + 30]! ^= 0x10
    await rejects(opened(copy), refused, `part ${part}`)
  }
  for (const length of [0, 100, 70_000, bytes.length - 1])
    await rejects(opened(bytes.subarray(0, length)), refused, `${length} bytes`)
  await rejects(opened(bytes, await generateX25519Identity()), refused)
})
