import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Act, type Receipt, Refusal, type Scope, Sealed } from '#kernel'
import {
  blindIndex,
  destroySubjectKeys,
  houseIndex,
  newSubjectKeys,
  openPersonal,
  openRecord,
  readErasures,
  replayErasures,
  sealPersonal,
  sealRecord,
  sealSecret,
  subjectKeys,
  useSecret,
} from '#keys'
import { openHouse, type TestHouse } from './house.ts'

const controllerId = randomUUID()
const otherId = randomUUID()
const place = ['vault.record', 'r1', 'contact', '1']
const said = Buffer.from('ada@example.org')
let house: TestHouse

before(async () => {
  house = await openHouse()
  for (const ring of [controllerId, otherId]) house.keyring.createRing(ring)
})
after(() => house.close())

const coded = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code
const as = <T>(scope: Scope, deed: (act: Act) => Promise<T | Sealed<T>>) =>
  house.act({ action: 'keys.test.try', scope }, deed)
const within = <T>(deed: (act: Act) => Promise<T | Sealed<T>>) => as({ controllerId }, deed)

/** A subject with a key and one sealed record. */
async function subject(scope: Scope = { controllerId }) {
  const subjectId = randomUUID()
  const sealed = await as(scope, async (act) => {
    const key = (await newSubjectKeys(act, [subjectId])).get(subjectId)!
    return sealRecord(key, place, said)
  })
  return { subjectId, sealed }
}

/** Opens as routes do: the key inside the act, the record after its commit. */
const open = (subjectId: string, sealed: Buffer, context: readonly string[] = place) =>
  within(async (act) => {
    const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
    return new Sealed((receipt) => openRecord(receipt, key, context, sealed))
  })

test('a record opens with the key of its subject, in its place only', async () => {
  const { subjectId, sealed } = await subject()
  equal(sealed.length, said.length + 41)
  deepEqual(await open(subjectId, sealed), said)
  const elsewhere = ['vault.record', 'r2', 'contact', '1']
  await rejects(open(subjectId, sealed, elsewhere), coded('keys.not-authentic'))
  const replayed = ['vault.record', 'r1', 'contact', '2']
  await rejects(open(subjectId, sealed, replayed), coded('keys.not-authentic'))
})

test('each byte of a sealed record counts, and another subject’s key does not open it', async () => {
  const { subjectId, sealed } = await subject()
  const other = await subject()
  await rejects(open(other.subjectId, sealed), coded('keys.not-authentic'))
  await within(async (act) => {
    const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
    return new Sealed((receipt) => {
      for (let at = 0; at < sealed.length; at += 1) {
        const changed = Buffer.from(sealed)
        changed[at]! ^= 0x80
        throws(() => openRecord(receipt, key, place, changed), coded('keys.not-authentic'))
      }
      deepEqual(openRecord(receipt, key, place, sealed), said)
    })
  })
})

test('without a receipt of the threshold nothing opens', async () => {
  const { subjectId, sealed } = await subject()
  await within(async (act) => {
    const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
    const forged = { entryId: randomUUID(), log: 'house', leafHash: Buffer.alloc(32), at: act.now }
    throws(() => openRecord(forged as unknown as Receipt, key, place, sealed), TypeError)
    const name = sealPersonal(act, 'house', ['a'], 'Ada')
    throws(
      () => openPersonal(forged as unknown as Receipt, act.secrets, 'house', ['a'], name),
      TypeError,
    )
  })
})

test('the key of one controller’s subject is not there for another', async () => {
  const { subjectId } = await subject()
  await rejects(
    as({ controllerId: otherId }, (act) => subjectKeys(act, [subjectId])),
    coded('keys.no-subject-key'),
  )
  const seen = await as({ controllerId: otherId }, ({ sql }) =>
    sql.rows({ text: 'select id from keys.subject_key' }),
  )
  deepEqual(seen, [], 'row-level security, for a query that forgets its filter')
})

test('a wrapped key that was moved to another row, or exchanged, does not open', async () => {
  const [a, b] = [await subject(), await subject()]
  const swap = `update keys.subject_key k set wrapped = o.wrapped, commitment = o.commitment
    from keys.subject_key o where k.subject_id = $1 and o.subject_id = $2`
  await house.owner.run({ text: swap, values: [a.subjectId, b.subjectId] })
  house.keyring.warm.clear()
  await rejects(open(a.subjectId, a.sealed), coded('keys.not-authentic'))
})

test('a key that is not the one committed to at its birth is refused', async () => {
  const { subjectId, sealed } = await subject()
  await house.owner.run({
    text: `update keys.subject_key set commitment = sha256(commitment) where subject_id = $1`,
    values: [subjectId],
  })
  house.keyring.warm.clear()
  await rejects(open(subjectId, sealed), coded('keys.commitment-broken'))
})

test('a subject gets one key, and after its erasure never another', async () => {
  const { subjectId, sealed } = await subject()
  const again = () => within((act) => newSubjectKeys(act, [subjectId]))
  await rejects(again(), coded('keys.subject-has-key'))
  const destroyed = await within((act) => destroySubjectKeys(act, [subjectId, randomUUID()]))
  deepEqual(
    destroyed.keys.map((key) => key.subjectId),
    [subjectId],
  )
  const days = (destroyed.goneFromBackupsBy.getTime() - destroyed.at.getTime()) / 86_400_000
  ok(days > 34 && days <= 35, `gone from backups within ${days} days`)
  await rejects(open(subjectId, sealed), coded('keys.no-subject-key'))
  await rejects(again(), coded('keys.subject-has-key'))
})

test('an erasure that rolls back leaves the key, and no line in the ledger', async () => {
  const { subjectId, sealed } = await subject()
  await rejects(
    within(async (act) => {
      await destroySubjectKeys(act, [subjectId])
      throw new Error('rolled back')
    }),
    /rolled back/,
  )
  deepEqual(await open(subjectId, sealed), said)
})

test('the ledger cannot be changed by the server', async () => {
  const { subjectId } = await subject()
  await within((act) => destroySubjectKeys(act, [subjectId]))
  const denied = /permission denied/
  await rejects(
    within(({ sql }) => sql.run({ text: 'delete from keys.erasure' })),
    denied,
  )
  await rejects(
    within(({ sql }) => sql.run({ text: "update keys.erasure set reason = ''" })),
    denied,
  )
})

test('erasures reach the file outside the database once, and undo a restore', async () => {
  const { keys } = await import('#keys')
  const [loop] = keys.loops ?? []
  const { subjectId } = await subject()
  const row = await house.owner.first<{ copy: object }>({
    text: 'select to_jsonb(k) as copy from keys.subject_key k where subject_id = $1',
    values: [subjectId],
  })
  await within((act) => destroySubjectKeys(act, [subjectId]))
  equal(await loop!.due(house.database), true)
  await loop!.turn(house.threshold.asHouse, house.world)
  equal(await loop!.due(house.database), false)
  const dir = join(house.settings.dataDir, 'keys')
  const ledger = readErasures(dir)
  equal(ledger.filter((erasure) => erasure.subjectId === subjectId).length, 1)
  deepEqual(readErasures(join(dir, 'copy')), ledger)

  // A database restored from before the erasure: the key is back, the ledger's row is not.
  await house.owner.run({
    text: 'insert into keys.subject_key select * from jsonb_populate_record(null::keys.subject_key, $1)',
    values: [JSON.stringify(row!.copy)],
  })
  await house.owner.run({
    text: 'delete from keys.erasure where subject_id = $1',
    values: [subjectId],
  })
  equal(await as('house', (act) => replayErasures(act, ledger)), 1)
  equal(await as('house', (act) => replayErasures(act, ledger)), 0)
  await rejects(
    within((act) => subjectKeys(act, [subjectId])),
    coded('keys.no-subject-key'),
  )
})

test('two thousand keys are made and found in one act, and the entry tells of their births', async () => {
  const ids = Array.from({ length: 2_000 }, () => randomUUID())
  await within(async (act) => {
    await newSubjectKeys(act, ids.slice(0, 1_000))
    const first = act.details['subjectKeysBorn'] as { count: number; digest: string }
    await newSubjectKeys(act, ids.slice(1_000))
    const both = act.details['subjectKeysBorn'] as { count: number; digest: string }
    deepEqual([first.count, both.count], [1_000, 2_000])
    notDeepEqual(first.digest, both.digest)
  })
  equal((await within((act) => subjectKeys(act, ids))).size, 2_000)
})

test('names and secrets of the house open in their place, blind indexes join nothing they should not', async () => {
  await as('house', async (act) => {
    const name = sealPersonal(act, 'house', ['identity.person', 'name', 'p1'], 'Ada')
    const seed = sealSecret(act, 'house', ['identity.factor', 'f1'], Buffer.from('seed'))
    deepEqual(useSecret(act, 'house', ['identity.factor', 'f1'], seed), Buffer.from('seed'))
    throws(
      () => useSecret(act, 'house', ['identity.factor', 'f2'], seed),
      coded('keys.not-authentic'),
    )
    return new Sealed((receipt) => {
      const place = ['identity.person', 'name', 'p1']
      equal(openPersonal(receipt, act.secrets, 'house', place, name), 'Ada')
    })
  })
  const index = (scope: Scope, field: string, value: string) =>
    as(scope, async (act) =>
      scope === 'house' ? houseIndex(act, field, value) : blindIndex(act, field, value),
    )
  const mine = await index({ controllerId }, 'email', 'ada@example.org')
  equal(mine.length, 16)
  deepEqual(await index({ controllerId }, 'email', 'ada@example.org'), mine)
  const others = await Promise.all([
    index({ controllerId: otherId }, 'email', 'ada@example.org'),
    index({ controllerId }, 'phone', 'ada@example.org'),
    index({ controllerId }, 'email', 'eve@example.org'),
    index('house', 'email', 'ada@example.org'),
  ])
  for (const other of others) notDeepEqual(other, mine)
})
