import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import type { EntryFacts } from './entry.ts'
import { leafBody, type Pseudonym } from './leaf.ts'
import { packTouched } from './touched.ts'

const pseudonym: Pseudonym = (use, of) =>
  createHmac('sha256', 'key').update(`${use}/${of}`).digest('hex').slice(0, 32)

const facts: EntryFacts = {
  entryId: '019a9f3e-0000-7000-8000-000000000001',
  log: '019a9f3e-0000-7000-8000-0000000000aa',
  at: new Date('2026-03-01T12:00:00.123Z'),
  actorKind: 'person',
  actorId: '019a9f3e-0000-7000-8000-0000000000bb',
  sessionId: '019a9f3e-0000-7000-8000-0000000000cc',
  credentialId: '019a9f3e-0000-7000-8000-0000000000dd',
  action: 'vault.record.read',
  outcome: 'done',
  code: null,
  grantId: null,
  statement: null,
  purpose: 'Kundenbetreuung – "Süd"',
  subjects: 1,
  records: 2,
  categories: 3,
  touched: packTouched([
    { subject: 1, record: 4, category: 0 },
    { subject: 1, record: 5, category: 1 },
  ]),
  sourceKey: Buffer.alloc(32, 7),
}
const digest = '09'.repeat(32)

/** RFC 8785 for values of our kind: keys ascending by UTF-16, no space. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const keys = Object.keys(value).toSorted((a, b) => (a < b ? -1 : 1))
  const parts = keys.map(
    (key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`,
  )
  return `{${parts.join(',')}}`
}

test('a leaf is canonical JSON of at most 1 KiB', () => {
  const body = leafBody(facts, digest, pseudonym)
  equal(body.toString(), canonical(JSON.parse(body.toString())))
  ok(body.length < 1024)
})

test('a leaf names nobody: neither actor, session, credential nor address stand in it', () => {
  const text = leafBody(facts, digest, pseudonym).toString()
  const { actorId, sessionId, credentialId, sourceKey } = facts
  for (const secret of [actorId, sessionId!, credentialId!, sourceKey.toString('hex')]) {
    ok(!text.includes(secret))
  }
})

test('what an act lacks is left out of its leaf', () => {
  const bare = { ...facts, sessionId: null, credentialId: null, purpose: null, touched: null }
  const keys = Object.keys(
    JSON.parse(leafBody(bare, digest, pseudonym).toString()) as Record<string, unknown>,
  )
  deepEqual(keys, 'act actor cat id kind log n out pd src t v'.split(' '))
})

test('each fact of an entry changes its leaf', () => {
  const body = leafBody(facts, digest, pseudonym).toString('hex')
  const changes: Partial<EntryFacts>[] = [
    { entryId: '019a9f3e-0000-7000-8000-000000000002' },
    { log: 'house' },
    { at: new Date('2026-03-01T12:00:00.124Z') },
    { actorKind: 'workload' },
    { actorId: 'x' },
    { sessionId: null },
    { credentialId: null },
    { action: 'vault.record.put' },
    { outcome: 'refused' },
    { code: 'vault.unknown-subject' },
    { purpose: null },
    { subjects: 2 },
    { records: 3 },
    { categories: 1 },
    { touched: null },
    { sourceKey: Buffer.alloc(32, 8) },
    { grantId: 'own' },
    { statement: Buffer.from('{"v":1}') },
  ]
  equal(new Set(changes.flatMap(Object.keys)).size, Object.keys(facts).length)
  for (const change of changes) {
    const changed = leafBody({ ...facts, ...change }, digest, pseudonym)
    notEqual(changed.toString('hex'), body, JSON.stringify(change))
  }
  notEqual(leafBody(facts, '00'.repeat(32), pseudonym).toString('hex'), body)
})
