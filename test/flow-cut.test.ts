import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { finished } from 'node:stream/promises'
import { after, before, test } from 'node:test'
import { createWorkload, grantRole, issueCredential, lockActor } from '#identity'
import { createController, putRecords } from '#vault'
import { openHouse, type TestHouse } from './house.ts'

let house: TestHouse
before(async () => {
  house = await openHouse({ listen: true })
})
after(() => house.close())

test('an export that is under way ends when its reader is cut off', async () => {
  const { controllerId } = await house.act({ action: 'vault.controller.create' }, (act) =>
    createController(act, {
      name: 'Long export',
      categories: [{ name: 'note', retainDays: 30, fields: [{ name: 'text', kind: 'text' }] }],
      purposes: [{ name: 'support', categories: ['note'] }],
      breachContacts: [],
      synthetic: true,
    }),
  )
  const scope = { controllerId }
  const why = { purpose: 'support', reason: 'test' }
  const text = 'x'.repeat(900)
  for (let batch = 0; batch < 6; batch += 1) {
    await house.act({ action: 'vault.record.put', scope, ...why }, (act) =>
      putRecords(
        act,
        Array.from({ length: 500 }, (_none, i) => ({
          subjectKey: `s${batch * 500 + i}`,
          category: 'note',
          fields: { text },
        })),
      ),
    )
  }
  const { workloadId, token } = await house.act(
    { action: 'identity.workload.create' },
    async (act) => {
      const made = await createWorkload(act, { name: 'exporter' })
      const expiresAt = new Date(act.now.getTime() + 3_600_000)
      await grantRole(act, {
        actorId: made.workloadId,
        role: 'privacy',
        controllers: [controllerId],
        categories: null,
        purposes: ['support'],
        expiresAt: null,
      })
      return {
        ...made,
        ...(await issueCredential(act, made.workloadId, { label: 't', expiresAt })),
      }
    },
  )
  const entries = () =>
    house.owner.rows<{ outcome: string; code: string | null }>({
      text: `select outcome, code from trail.entry where action = 'vault.record.export' order by id`,
    })
  const call = request({
    host: '127.0.0.1',
    servername: 'localhost',
    port: house.settings.port,
    ca: house.ca,
    agent: false,
    path: `/v1/controllers/${controllerId}/export?format=ndjson`,
    headers: {
      authorization: `Bearer ${token}`,
      'holdfast-purpose': 'support',
      'holdfast-reason': 'test',
    },
  }).end()
  // The whole is six batches, 3 MB; the reader is cut off as soon as the first begins to come.
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  equal(answer.statusCode, 200)
  await house.act({ action: 'identity.lock.set' }, (act) =>
    lockActor(act, { kind: 'workload', id: workloadId }, 'test'),
  )
  const end = await finished(answer.resume()).then(
    () => 'came whole',
    () => 'broken off',
  )
  equal(end, 'broken off')
  const told = await entries()
  ok(told.length < 8, 'not all of it was given out')
  deepEqual(
    told.filter(({ outcome }) => outcome === 'refused').map(({ code }) => code),
    ['identity.locked'],
  )
})
