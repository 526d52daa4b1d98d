import { equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { generateX25519Identity } from 'age-encryption'
import {
  type Manifest,
  openArchive,
  recipientOf,
  sealArchive,
  type TableRows,
} from '../src/continuity/archive.ts'

const identity = await generateX25519Identity()
/** It stands in clear beside every backup. */
const recipient = await recipientOf(identity)
const keys = new Map<string, Buffer>()
/** As the keyring of this house makes them: one for each backup. */
const keyOf = (backupId: string) => {
  const key = keys.get(backupId) ?? randomBytes(32)
  keys.set(backupId, key)
  return key
}

const manifestOf = (backupId: string): Manifest => ({
  format: 'holdfast-backup/1',
  backupId,
  createdAt: '2026-03-01T12:00:00.000Z',
  installationId: '01890000-0000-7000-8000-00000000000b',
  migrations: [1],
  heads: [],
  tables: ['identity.credential'],
})
async function* tables(row: string): AsyncGenerator<TableRows> {
  async function* pieces() {
    yield Buffer.from(`${row}\n`)
  }
  yield { table: 'identity.credential', pieces: pieces() }
}
const made = async (backupId: string, row: string, key: Buffer) =>
  buffer(await sealArchive(manifestOf(backupId), tables(row), { recipients: [recipient], key }))

async function rowsOf(bytes: Uint8Array): Promise<string> {
  const archive = await openArchive(new Blob([bytes.slice()]).stream(), identity, keyOf)
  let rows = ''
  for await (const part of archive.parts()) rows += Buffer.from(part.bytes).toString()
  return rows
}

test('a backup that this house did not make is not restored, though it opens with its key', async () => {
  equal(await rowsOf(await made('a', 'ours', keyOf('a'))), 'ours\n')
  const refused = { code: 'continuity.broken-archive' }
  // Whoever can write to a place of backups knows the public key, and nothing of the keyring.
  await rejects(rowsOf(await made('a', 'a credential of mine', randomBytes(32))), refused)
  await rejects(rowsOf(await made('b', 'a credential of mine', keyOf('a'))), refused)
})
