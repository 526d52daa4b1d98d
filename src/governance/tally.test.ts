import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { isProtected, type Posture } from './endpoint.ts'
import { evidenceOf } from './tally.ts'

const tally = { what: 'devices', holding: 'protected' }
const now = new Date('2026-11-21T10:00:00Z')

test('an empty register is not green until somebody says that there is nothing', () => {
  const silent = evidenceOf({ ...tally, n: 0, of: 0 })
  equal(silent.holds, false)
  match(silent.finding, /nobody has stated/)
  equal(evidenceOf({ ...tally, n: 0, of: 0 }, { at: now, expiresAt: now }).holds, true)
})

test('one entry that fails is enough, whatever was said of an empty register', () => {
  equal(evidenceOf({ ...tally, n: 2, of: 3 }, { at: now, expiresAt: now }).holds, false)
  equal(evidenceOf({ ...tally, n: 3, of: 3 }).holds, true)
})

test('a device that leaves one answer out, or has not reported for long, is not protected', () => {
  const all: Posture = {
    diskEncrypted: true,
    firewall: true,
    malwareProtection: true,
    osSupported: true,
    reportedAt: now,
  }
  equal(isProtected(all, now), true)
  for (const key of Object.keys(all)) equal(isProtected({ ...all, [key]: null }, now), false, key)
  equal(isProtected({ ...all, reportedAt: new Date('2026-10-21T00:00:00Z') }, now), false)
})
