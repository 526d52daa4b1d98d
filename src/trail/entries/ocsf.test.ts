import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { anonymous, house } from '#kernel'
import type { EntryDraft } from './entry.ts'
import { ocsfEvent } from './ocsf.ts'
import { wrongInOcsf } from '../../../test/ocsf-judge.ts'
import { nothingTouched } from './touched.ts'

const draft: EntryDraft = {
  at: new Date('2026-03-01T12:00:00Z'),
  actor: house,
  action: 'vault.record.read',
  scope: 'house',
  outcome: 'done',
  source: { address: '192.0.2.7', agent: 'curl' },
  touched: [],
  details: {},
}

const eventOf = (change: Partial<EntryDraft>) =>
  ocsfEvent('id', 'house', { ...draft, ...change }, nothingTouched) as Record<string, unknown>

test('every action becomes an event of its class with all that the class requires', () => {
  for (const [action, classUid, activity] of [
    ['vault.record.read', 6005, 1],
    ['vault.record.search', 6005, 4],
    ['vault.record.put', 6005, 5],
    ['vault.subject.erase', 6005, 7],
    ['vault.controller.export', 6001, 7],
    ['trail.entry.export', 1008, 3],
    ['vault.record.import', 6001, 6],
    ['identity.session.open', 3002, 1],
    ['identity.self.leave', 3002, 2],
    ['identity.person.create', 6003, 1],
    ['trail.entry.list', 6003, 2],
    ['keys.ring.rotate', 6003, 3],
    ['nonsense', 6003, 99],
  ] as const) {
    const event = eventOf({ action })
    const type = classUid * 100 + activity
    deepEqual(
      [event['class_uid'], event['activity_id'], event['type_uid'], event['category_uid']],
      [classUid, activity, type, Math.floor(classUid / 1000)],
      action,
    )
    deepEqual(wrongInOcsf(event), [], action)
  }
})

test('the schema sees what is missing, unknown, of another type or another number', () => {
  const event = eventOf({})
  const { table, ...without } = event
  ok(table !== undefined)
  ok(wrongInOcsf(without).length > 0)
  ok(wrongInOcsf({ ...event, colour: 'red' }).length > 0)
  ok(wrongInOcsf({ ...event, time: 'noon' }).length > 0)
  ok(wrongInOcsf({ ...event, activity_id: 42 }).length > 0)
})

test('an address is an IP address only when it looks like one', () => {
  deepEqual(eventOf({})['src_endpoint'], { ip: '192.0.2.7' })
  deepEqual(eventOf({ source: { address: '2001:db8::1' } })['src_endpoint'], { ip: '2001:db8::1' })
  deepEqual(eventOf({ source: { address: 'inside' } })['src_endpoint'], { name: 'inside' })
})

test('a refused act is a failure with its code', () => {
  const event = eventOf({ actor: anonymous, outcome: 'refused', code: 'identity.unknown-token' })
  equal(event['status_id'], 2)
  equal(event['status_code'], 'identity.unknown-token')
})
