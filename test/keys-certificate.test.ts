import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { dayMs } from '#ground'
import { checkCertificate, destroySubjectKeys, keys, newSubjectKeys } from '#keys'
import { findLogKeys } from '#trail'
import { certifyController, certifySubject } from '../src/keys/certificate-acts.ts'
import { openHouse } from './house.ts'

// An erasure is certified twice: at once, and when no backup can undo it.

const start = new Date('2026-03-01T00:00:00Z')
const house = await openHouse({ now: start })
after(() => house.close())
const controllerId = randomUUID()
house.keyring.createRing(controllerId)
const scope = { controllerId }
const subjectId = randomUUID()
const daysLater = (days: number) => house.setNow(new Date(start.getTime() + days * dayMs))
const certify = () =>
  house.act({ action: 'keys.subject-certificate.read', scope, effect: 'read' }, (act) =>
    certifySubject(act, subjectId),
  )
const daily = async () => {
  await keys
    .jobs!.find(({ action }) => action === 'keys.rotate-due')!
    .run(house.threshold.asHouse, {}, house.world)
  await keys
    .loops!.find(({ action }) => action === 'keys.rewrap')!
    .turn(house.threshold.asHouse, house.world)
}
const logKeys = async () => (await findLogKeys(house.owner))!

/** Checked with nothing but the texts and the public keys. */
async function checked({ certificate, proofs }: Awaited<ReturnType<typeof certify>>) {
  const keysOf = await logKeys()
  return checkCertificate(
    certificate,
    keysOf.verifierKey('house'),
    proofs.map((one) => ({ ...one, logKey: keysOf.verifierKey(one.log) })),
  )
}

test('nobody who was not erased gets a certificate', async () => {
  await house.act({ action: 'keys.test.try', scope }, (act) => newSubjectKeys(act, [subjectId]))
  await house.integrate()
  await rejects(certify(), { code: 'keys.never-erased' })
  await rejects(
    house.act({ action: 'keys.controller-certificate.read', effect: 'read' }, (act) =>
      certifyController(act, controllerId),
    ),
    { code: 'keys.ring-lives' },
  )
})

test('stage one comes at once, is signed, and proves that the act is in the log', async () => {
  await house.act({ action: 'keys.test.erase', scope }, (act) =>
    destroySubjectKeys(act, [subjectId]),
  )
  equal((await certify()).pending, 1, 'not before a checkpoint covers it')
  house.setNow(new Date(start.getTime() + 60_000))
  await house.integrate()
  const made = await certify()
  equal(made.pending, 0)
  const certified = await checked(made)
  equal(certified.stage, 1)
  equal(certified.goneFromBackupsBy, new Date(start.getTime() + 35 * dayMs).toISOString())
  deepEqual(certified.wrappingKeys, [{ version: 1 }])
})

test('stage two comes when the key above is destroyed and no bundle of before is kept', async () => {
  for (const day of [20, 27]) {
    daysLater(day)
    await daily()
  }
  equal((await certify()).certified.stage, 1, 'bundles of before are still kept')
  await house.integrate()
  daysLater(27 + 7)
  const made = await certify()
  const certified = await checked(made)
  equal(certified.stage, 2)
  equal(made.proofs.length, 2, 'the erasure, and the destruction of the key above')
  // Later epochs take nothing back.
  for (const day of [41, 48]) {
    daysLater(day)
    await daily()
  }
  equal((await certify()).certified.stage, 2)
})

test('a changed certificate, a claim it does not bear out and a false proof are refused', async () => {
  await house.integrate()
  const made = await certify()
  const keysOf = await logKeys()
  const key = keysOf.verifierKey('house')
  throws(() => checkCertificate(made.certificate.replace('"stage":2', '"stage":1'), key, []))
  throws(() => checkCertificate(made.certificate, keysOf.verifierKey(controllerId), []), RangeError)
  const [proof] = made.proofs
  const leaf = `00${proof!.leaf.slice(2)}`
  const logKey = keysOf.verifierKey(proof!.log)
  throws(() => checkCertificate(made.certificate, key, [{ ...proof!, leaf, logKey }]), RangeError)
  ok(checkCertificate(made.certificate, key, [{ ...proof!, logKey }]))
})

test('a controller that was ended with all its keys has one certificate for all', async () => {
  house.keyring.destroyRing(controllerId)
  const made = await house.act(
    { action: 'keys.controller-certificate.read', effect: 'read' },
    (act) => certifyController(act, controllerId),
  )
  deepEqual([made.certified.stage, made.certified.subjects], [1, 1])
  daysLater(60)
  const later = await house.act(
    { action: 'keys.controller-certificate.read', effect: 'read' },
    (act) => certifyController(act, controllerId),
  )
  equal((await checked(later)).stage, 2)
})
