import { deepEqual, equal } from 'node:assert/strict'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Erasure } from '../erasure.ts'
import { appendErasures, completeErasures, copyErasures, readErasures } from './erasure-file.ts'

const dir = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const erasure = (n: number): Erasure => ({
  keyId: `0195a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  controllerId: 'c',
  subjectId: `s${n}`,
  commitment: Buffer.alloc(32, n),
  at: new Date(n * 1000),
  reason: 'vault.subject.erase',
})
const subjectsIn = (of: string) => readErasures(of).map(({ subjectId }) => subjectId)

test('a house that was restored with an older ledger leaves no erasure out of the copy it goes on with', () => {
  const offsiteDir = join(dir, 'offsite')
  const lost = { dataDir: join(dir, 'lost'), offsiteDir }
  appendErasures(lost, [erasure(1)])
  const restored = { dataDir: join(dir, 'restored'), offsiteDir }
  mkdirSync(join(restored.dataDir, 'keys'), { recursive: true })
  cpSync(
    join(lost.dataDir, 'keys', 'erasures.ndjson'),
    join(restored.dataDir, 'keys', 'erasures.ndjson'),
  )
  appendErasures(lost, [erasure(2), erasure(3)])
  // What the lost house wrote last was cut off.
  appendFileSync(join(offsiteDir, 'keys', 'erasures.ndjson'), '{"keyId":"01')
  appendErasures(restored, [erasure(4)])
  deepEqual(subjectsIn(join(offsiteDir, 'keys')), ['s1', 's2', 's3', 's4'])
  // The ledgers given to the restore become its own.
  const known = readErasures(join(offsiteDir, 'keys'))
  completeErasures(restored, known)
  completeErasures(restored, known)
  deepEqual(subjectsIn(join(restored.dataDir, 'keys')).sort(), ['s1', 's2', 's3', 's4'])
  appendErasures(restored, [erasure(5)])
  copyErasures(restored)
  for (const place of ['offsite/keys', 'restored/keys', 'restored/keys/copy'])
    deepEqual(subjectsIn(join(dir, place)).sort(), ['s1', 's2', 's3', 's4', 's5'], place)
  const lines = readFileSync(join(restored.dataDir, 'keys', 'erasures.ndjson'), 'utf8').trim()
  equal(lines.split('\n').length, 5, 'each once')
})
