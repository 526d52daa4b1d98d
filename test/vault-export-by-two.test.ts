import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createWorkload, issueCredential, revokeCredential } from '#identity'
import type { Act, Actor, Cross } from '#kernel'
import { askToExport, beginExport, type Controller, decideExport } from '#vault'
import { registerKey, rotateCredential } from '../src/identity/workloads/proof-acts.ts'
import type { Outgoing } from '../src/vault/transfer/approval-acts.ts'
import { exportAll } from '../src/vault/transfer/export-acts.ts'
import { asCaller, type Caller, callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { clinicTerms, inController, personWith, takeIn } from './vault-people.ts'

const now = new Date('2026-03-10T09:00:00Z')
let house: TestHouse
let clinic: Controller
let here: ReturnType<typeof inController>
let caller: Caller

before(async () => {
  house = await openHouse({ now })
  clinic = await takeIn(house)
  here = inController(house, clinic)
  const rows = Array.from({ length: clinic.exportAlone + 1 }, (_, i) => ({
    subjectKey: `P-${i}`,
    category: 'contact',
    fields: { name: 'Ada' },
  }))
  await here.put(rows)
  const expiresAt = new Date('2027-01-01T00:00:00Z')
  caller = await callerWith(house, { actions: ['vault.*'], expiresAt })
})
after(() => house.close())

/** The answer to a program. Not over TLS: the house's clock stands where its certificate is over. */
const get = async (rest: string) => {
  const url = `/v1/controllers/${clinic.controllerId}${rest}`
  const { body } = await house.app.inject({ url, headers: { ...asCaller(caller.token, 'care') } })
  return JSON.parse(body)
}

const clerk = (last: string, provenAt: Date): Actor => ({
  ...personWith({ actions: ['vault.*'] }, last),
  provenAt,
})

test('a person takes data out only with a second factor shown just now', async () => {
  const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
  const begin = (actor: Actor) =>
    here.act('vault.record.export', (act) => beginExport(act, { subjectId: 'whoever' }), { actor })
  await begin(clerk('01', minutesAgo(9)))
  await rejects(begin(clerk('01', minutesAgo(11))), { code: 'vault.fresh-factor-required' })
  await rejects(begin(personWith({ actions: ['vault.*'] })), {
    code: 'vault.fresh-factor-required',
  })
})

test('many subjects leave only with the approval of another person, for one time and one purpose', async () => {
  const [anna, ben] = [clerk('02', now), clerk('03', now)]
  const begin = (actor: Actor, approval?: string, purpose = 'care') =>
    here.act(
      'vault.record.export',
      (act) => beginExport(act, approval === undefined ? {} : { approval }),
      { actor, purpose },
    )
  const decide = (actor: Actor, requestId: string, approve = true) =>
    here.act('vault.export-request.decide', (act) => decideExport(act, requestId, approve), {
      actor,
    })
  const askAs = (actor: Actor) =>
    here.act('vault.record.export', (act) => askToExport(act), { actor })
  await rejects(begin(anna), { code: 'vault.approval-needed' })
  const { requestId, subjects } = await askAs(anna)
  ok(subjects > clinic.exportAlone)
  await rejects(begin(anna, requestId), { code: 'vault.approval-unusable' })
  await rejects(decide(anna, requestId), { code: 'vault.own-request' })
  await decide(ben, requestId)
  await rejects(decide(ben, requestId, false), { code: 'vault.decided-already' })
  await rejects(begin(ben, requestId), { code: 'vault.approval-unusable' })
  await rejects(begin(anna, requestId, 'billing'), { code: 'vault.approval-unusable' })
  await begin(anna, requestId)
  const { requestId: declined } = await askAs(anna)
  await decide(ben, declined, false)
  await rejects(begin(anna, declined), { code: 'vault.approval-unusable' })
  const { requestId: old } = await askAs(anna)
  await decide(ben, old)
  const until = async (requestId: string) => {
    const { items } = await get('/export-requests')
    return items.find((each: { requestId: string }) => each.requestId === requestId).goodUntil
  }
  equal(await until(old), new Date(now.getTime() + 24 * 3_600_000).toISOString())
  equal(await until(declined), null)
  house.setNow(new Date(now.getTime() + 25 * 3_600_000))
  const later = clerk('02', new Date(now.getTime() + 25 * 3_600_000))
  await rejects(begin(later, old), { code: 'vault.approval-unusable' })
  house.setNow(now)
  const { requestId: left } = await askAs(anna)
  const week = 7 * 24 * 3_600_000
  for (const [after, code] of [
    [week + 1, 'vault.request-lapsed'],
    [week, undefined],
  ] as const) {
    const then = new Date(now.getTime() + after)
    house.setNow(then)
    const deciding = decide(clerk('03', then), left)
    if (code === undefined) await deciding
    else await rejects(deciding, { code })
  }
  house.setNow(now)
  equal((await get('/export')).code, 'vault.approval-needed')
})

test('whoever made what a workload is known by decides on nothing that it asks', async () => {
  const [anna, ben] = [clerk('02', now), clerk('03', now)]
  const all = personWith({ actions: ['*'] }, '02')
  const byAnna = <T>(action: string, deed: (act: Act) => Promise<T>, actor: Actor = all) =>
    house.act({ action, actor }, deed)
  const dayAfter = new Date(now.getTime() + 86_400_000)
  const { workloadId } = await byAnna('identity.workload.create', (act) =>
    createWorkload(act, { name: 'takes-out' }),
  )
  const workload: Actor = { ...all, id: workloadId, kind: 'workload', assurance: 1 }
  const asked = async () =>
    (
      await here.act('vault.record.export', (act) => askToExport(act), {
        actor: workload,
      })
    ).requestId
  const decide = (actor: Actor, requestId: string) =>
    here.act('vault.export-request.decide', (act) => decideExport(act, requestId, true), { actor })
  const before = await asked()
  house.setNow(new Date(now.getTime() + 30_000))
  const { credentialId } = await byAnna('identity.credential.issue', (act) =>
    issueCredential(act, workloadId, { label: 'one', expiresAt: dayAfter }),
  )
  await decide(anna, before)
  const first = await asked()
  await rejects(decide(anna, first), { code: 'vault.own-request' })
  await decide(ben, first)
  // Another makes the next one, and the first is over.
  house.setNow(new Date(now.getTime() + 60_000))
  const next = await house.act(
    { action: 'identity.credential.rotate', actor: { ...all, id: ben.id } },
    (act) => rotateCredential(act, credentialId, { expiresAt: dayAfter, overlapMinutes: 0 }),
  )
  await rejects(decide(ben, await asked()), { code: 'vault.own-request' })
  await decide(anna, await asked())
  await byAnna('identity.credential.revoke', (act) => revokeCredential(act, next.credentialId))
  house.setNow(new Date(now.getTime() + 120_000))
  await decide(ben, await asked())
  const { publicKey } = generateKeyPairSync('ed25519')
  await byAnna('identity.workload-key.register', (act) =>
    registerKey(act, workloadId, {
      label: 'key',
      jwk: publicKey.export({ format: 'jwk' }),
      expiresAt: dayAfter,
    }),
  )
  await rejects(decide(anna, await asked()), { code: 'vault.own-request' })
  await decide(ben, await asked())
  house.setNow(now)
})

test('an approval covers an export that breaks off and goes on, and nothing else', async () => {
  const large = await takeIn(house, { ...clinicTerms, name: 'Large Clinic' })
  const there = inController(house, large)
  const row = (i: number) => ({ subjectKey: `L-${i}`, category: 'contact', fields: { name: 'N' } })
  await there.put(Array.from({ length: 1_700 }, (_, i) => row(i)))
  const [anna, ben] = [clerk('02', now), clerk('03', now)]
  const ask = { categories: ['contact'] }
  const approved = async (): Promise<string> => {
    const { requestId } = await there.act(
      'vault.record.export',
      (act) => askToExport(act, ['contact']),
      { actor: anna },
    )
    await there.act('vault.export-request.decide', (act) => decideExport(act, requestId, true), {
      actor: ben,
    })
    return requestId
  }
  type More = { readonly actor?: Actor; readonly purpose?: string } & Partial<Outgoing>
  /** Begins or goes on, takes so many pieces, and breaks off. @returns ids of the subjects that came. */
  const take = async (approval: string, pieces: number, more: More = {}): Promise<string[]> => {
    const { actor = anna, purpose = 'care', ...wanted } = more
    const order = { ...ask, format: 'ndjson' as const, ...wanted }
    const cross: Cross = (deed, effect = 'write') =>
      (effect === 'write' ? there.act : there.look)('vault.record.export', deed, { actor, purpose })
    const leave = await cross((act) => beginExport(act, { ...order, approval }))
    const text: string[] = []
    let left = pieces
    for await (const piece of exportAll(cross, { ...order, leave: leave! }, 'x').pieces) {
      text.push(String(piece))
      if ((left -= 1) === 0) break
    }
    return text
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).subjectId)
  }
  const no = { code: 'vault.approval-unusable' }

  const one = await approved()
  const first = await take(one, 2)
  equal(first.length, 1_000)
  // Born since: not in the set that was approved.
  await there.put([row(5_000)])
  await rejects(take(one, 9), no, 'a second export of all of it')
  await rejects(take(one, 9, { after: first[700]!, actor: ben }), no, 'somebody else')
  await rejects(take(one, 9, { after: first[700]!, purpose: 'billing' }), no, 'another purpose')
  await rejects(take(one, 9, { after: first[700]!, categories: ['health'] }), no, 'another set')
  await rejects(take(one, 9, { after: first[700]!, format: 'csv' }), no, 'another format')
  const rest = await take(one, 1, { after: first[700]! })
  equal(rest.length, 500)
  equal(new Set([...first, ...rest]).size, 1_201, 'nothing twice but what had not come')
  await rejects(take(one, 9, { after: first[600]! }), no, 'further back than it has come')
  const last = await take(one, 9, { after: rest.at(-1)! })
  equal(last.length, 1_700 - 701 - 500, 'to the end that was approved, and no further')
  await rejects(take(one, 9, { after: rest[0]! }), no, 'once more what has come')
  const { goneOn } = (await house.owner.first<{ goneOn: number }>({
    text: 'select gone_on as "goneOn" from vault.export_request where request_id = $1',
    values: [one],
  }))!
  equal(goneOn, 2)

  const two = await approved()
  const some = await take(two, 1)
  await rejects(take(two, 1, { after: last.at(-1)! }), no, 'nothing is left out')
  equal((await take(two, 1)).length, 500, 'where hardly anything has left it may begin again')
  house.setNow(new Date(now.getTime() + 25 * 3_600_000))
  const tomorrow = { ...anna, provenAt: new Date(now.getTime() + 25 * 3_600_000) }
  await rejects(take(two, 1, { after: some[9]!, actor: tomorrow }), no, 'its day is over')
  house.setNow(now)
})

test('an export that one person may take alone does not grow beyond that while it goes on', async () => {
  const lab = await takeIn(house, { ...clinicTerms, name: 'Alder Laboratory', exportAlone: 600 })
  const there = inController(house, lab)
  const rows = (from: number, many: number) =>
    Array.from({ length: many }, (_none, i) => ({
      subjectKey: `L-${from + i}`,
      category: 'contact',
      fields: { name: 'Ada' },
    }))
  await there.put(rows(0, 550))
  const actor = personWith({ actions: ['vault.*'] })
  const cross: Cross = (deed) => there.look('vault.record.export', deed, { actor })
  const pieces = exportAll(cross, { format: 'ndjson' }, 'x').pieces[Symbol.asyncIterator]()
  equal((await pieces.next()).done, false)
  await there.put(rows(1000, 100))
  await rejects(async () => pieces.next(), { code: 'vault.approval-needed' })
})

test('nothing of all this was a fault', () => {
  deepEqual(house.faults, [])
})
