import { deepEqual, equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { Decrypter, Encrypter, generateX25519Identity } from 'age-encryption'
import { type Manifest, openArchive, recipientOf, sealArchive, type TableRows } from './archive.ts'
import { unzstd, zstd } from './zstd.ts'

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

const partOf = (number: number) =>
  `attachments/01890000-0000-7000-8000-00000000000c/01890000-0000-7000-8000-00000000000d/0000000${number}`
const marker = Buffer.from('sealed bytes of a file')
async function* objects() {
  yield { key: partOf(0), bytes: Buffer.concat([marker, randomBytes(200_000)]) }
  yield { key: partOf(1), bytes: randomBytes(10) }
  yield { key: 'attachments/gone/', bytes: undefined }
}
const withObjects = async () =>
  buffer(
    await sealArchive(
      manifest,
      tables(rowsOf(5)),
      { recipients: [recipient], key },
      { objects: objects() },
    ),
  )

test('objects come back in order, and their sum says how many there are and how many are missing', async () => {
  const archive = await openArchive(streamOf(await withObjects()), identity, () => key)
  const found: [string, number][] = []
  const parts = archive.parts(async (name, bytes) => void found.push([name, bytes.length]))
  let rows = 0
  for await (const _ of parts) rows += 1
  equal(rows, 2)
  deepEqual(found, [
    [partOf(0), 200_000 + marker.length],
    [partOf(1), 10],
  ])
  const { count, bytes, missing } = archive.objects()!
  deepEqual([count, bytes, missing], [2, 200_010 + marker.length, 1])
})

test('an object altered by somebody who can seal for the house is refused', async () => {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const plain = await decrypter.decrypt(await withObjects())
  const tar = await buffer(Readable.from([plain]).pipe(unzstd()))
  const resealed = async () => {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    return encrypter.encrypt(await buffer(Readable.from([tar]).pipe(zstd())))
  }
  await opened(await resealed())
  const at = tar.indexOf(marker)
  tar[at + 3]! ^= 0x01
  await rejects(opened(await resealed()), {
    code: 'continuity.broken-archive',
    message: /its objects are not those/,
  })
})
