import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Duplex, Readable } from 'node:stream'
import {
  archiveKey,
  backupIdentityFile,
  identityContext,
  type IdentityFile,
  keyFilesIn,
  openArchive,
  type OpenArchive,
  pieces,
  placeNotClean,
  readKeyFile,
  readStream,
  subjectKeysFile,
  subjectKeyTable,
  writeFileOnce,
} from '#continuity'
import {
  appRole,
  databaseName,
  migrate,
  newId,
  ownerRole,
  type Postgres,
  prepareDataDir,
  refill,
  removePlace,
  startPostgres,
} from '#ground'
import { completeErasures, demandOpenable, openKeyring, readErasures } from '#keys'
import { type ObjectStore, Refusal, type Settings } from '#kernel'
import { markRestored, type Refilled, refillTrail, treeHeads, verifyTrail } from '#trail'
import { eraseNamed } from '#vault'
import { type House, openHouse } from './house.ts'
import { eraseByLedger, goOnFrom } from './older.ts'
import { jobs } from './rooms.ts'
import {
  compareObjects,
  type ObjectsRestored,
  settleObjects,
  waitingObjects,
} from './restore-objects.ts'

export interface RestoreOptions {
  /** The backup file. */
  readonly file: string
  /** A keyring bundle, or the `keys` directory of a house. */
  readonly keyring: string
  /** Ledgers of erasures newer than the bundle: `keys` directories of the house that was lost. */
  readonly ledgers?: readonly string[]
  /** Settings of the house to be; its data directory must be empty or missing. */
  readonly settings: Settings
  /** The way to the key process, where a token keeps the root. */
  readonly keeperChannel?: Duplex | undefined
  readonly onProgress: (done: number, of: number | undefined, note: string) => void
}

/** What a restore has proven. All comparisons must hold, or it throws before the house can open. */
export interface Restored extends ObjectsRestored {
  readonly backupId: string
  readonly createdAt: string
  readonly rows: number
  readonly tables: number
  readonly trees: number
  readonly entries: number
  /** Erasures made after the backup: keys that were back, and were destroyed again. */
  readonly erasedAgain: number
  readonly erasuresKnown: number
  /** Controllers that left after the backup: they were back, and have left again. */
  readonly leftAgain: number
  /** Records and files erased by themselves after the backup, as the trail that came back says. */
  readonly recordsErasedAgain: number
  /** From the newest restored entry to the backup's instant. */
  readonly newestEntryAt: string | undefined
  /** What the copies outside brought back of the trail; undefined where it stays stopped. */
  readonly refilled: Refilled | undefined
  /** Why the trail neither places nor signs yet, and what to do. */
  readonly trailStopped: string | undefined
  readonly seconds: number
}

const root = join(import.meta.dirname, '..')

/**
 * Restores a backup onto a clean data directory: keyring, cluster, rows, erasure ledger, trail; and
 * says what it has compared. Nothing is served meanwhile: the house opens with its next start.
 *
 * @throws {Refusal} `continuity.place-not-clean`, `continuity.broken-archive`, those of the keyring.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { dataDir } = options.settings
  const began = performance.now()
  const mark = unfinishedMark(dataDir)
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0)
    throw placeNotClean(dataDir, existsSync(mark))
  await prepareDataDir(dataDir, true)
  try {
    await writeFileOnce(dirname(mark), basename(mark), Readable.from([]))
    const restored = await restoreInto(options, began)
    rmSync(mark)
    return restored
  } catch (error) {
    await clear(dataDir)
    throw error
  }
}

/**
 * Stands as long as a restore is not finished: killed in its midst it leaves a house that may know
 * again what was erased, and must not open.
 */
export const unfinishedMark = (dataDir: string): string => join(dataDir, 'keys', 'unfinished')

/** Takes away what a restore that failed has made, so that the next finds the place as clean. */
async function clear(dataDir: string): Promise<void> {
  await removePlace(join(dataDir, 'postgres'))
  for (const name of readdirSync(dataDir))
    rmSync(join(dataDir, name), { recursive: true, force: true })
}

async function restoreInto(options: RestoreOptions, began: number): Promise<Restored> {
  const { settings, onProgress } = options
  const { dataDir } = settings
  const keysDir = join(dataDir, 'keys')
  for (const name of keyFilesIn(options.keyring))
    await writeFileOnce(keysDir, name, pieces(join(options.keyring, name)))
  const opening = await openerFrom(options)
  const archive = await opening(options.file)
  const { manifest } = archive
  onProgress(0, undefined, `backup of ${manifest.createdAt}`)
  const postgres = await startPostgres({
    dir: join(dataDir, 'postgres'),
    superuser: true,
    onProgress: (line) => onProgress(0, undefined, line),
  })
  try {
    const owner = postgres.url(ownerRole, databaseName)
    await migrate(owner, root, new Date(), Math.max(...manifest.migrations))
    let rows = 0
    const waiting = await waitingObjects(dataDir, () => new Date())
    const newer = await newerKeys(options.keyring, manifest.createdAt, opening)
    const filled = await refill(
      postgres.url('postgres', databaseName),
      partsOf(chosen(archive, newer, waiting), (n) => {
        rows += n
        onProgress(rows, undefined, 'rows written')
      }),
    )
    const counts = { ...archive.counts(), ...newer?.counts() }
    for (const [table, { rows: said }] of Object.entries(counts))
      demand((filled.get(table) ?? 0) === said, `${table} holds other rows than the backup`)
    await migrate(owner, root, new Date())
    onProgress(rows, undefined, 'comparing')
    const proven = await prove(options, postgres, archive, waiting)
    return {
      backupId: manifest.backupId,
      createdAt: manifest.createdAt,
      rows: [...filled.values()].reduce((a, b) => a + b, 0),
      tables: filled.size,
      ...proven,
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    await postgres.stop()
  }
}

type Opener = (file: string) => Promise<OpenArchive>

/** Opens what this keyring has sealed: with the private half of the backups' key, which only it opens. */
async function openerFrom({ settings, keeperChannel }: RestoreOptions): Promise<Opener> {
  const { dataDir, passphraseFile, keeperFile } = settings
  const dir = join(dataDir, 'keys')
  const keyring = await openKeyring({
    dir,
    passphraseFile,
    keeperFile,
    keeperChannel,
    now: () => new Date(),
  })
  const held = await readKeyFile(dir, backupIdentityFile())
  if (held === undefined) throw new Error('this keyring holds no key of the backups')
  const { sealed } = JSON.parse(held.toString('utf8')) as IdentityFile
  const identity = keyring.unseal('house', identityContext, Buffer.from(sealed, 'base64'))
  const keyOf = (backupId: string) => archiveKey(keyring, backupId)
  return (file) => openArchive(readStream(file), identity.toString('utf8'), keyOf)
}

/** The subjects' keys of the bundle, where they are younger than the backup. */
async function newerKeys(
  bundle: string,
  createdAt: string,
  opening: Opener,
): Promise<OpenArchive | undefined> {
  const file = join(bundle, subjectKeysFile)
  if (!existsSync(file)) return undefined
  const archive = await opening(file)
  return archive.manifest.createdAt > createdAt ? archive : undefined
}

/** The backup's rows, and the younger wraps in place of its own. Its objects are put back on the way. */
async function* chosen(backup: OpenArchive, newer: OpenArchive | undefined, objects: ObjectStore) {
  for await (const part of backup.parts((key, bytes) => objects.putOnce(key, bytes)))
    if (newer === undefined || part.table !== subjectKeyTable) yield part
  if (newer !== undefined) yield* newer.parts()
}

async function* partsOf(
  parts: AsyncIterable<{ table: string; bytes: Uint8Array }>,
  onBytes: (n: number) => void,
) {
  for await (const { table, bytes } of parts) {
    let rows = 0
    for (const byte of bytes) if (byte === 0x0a) rows += 1
    yield { table, rows: Readable.from([bytes]) }
    onBytes(rows)
  }
}

/** Opens the restored house behind closed doors: erases again what was erased, verifies the trail, tells of it. */
async function prove(
  options: RestoreOptions,
  postgres: Postgres,
  archive: OpenArchive,
  waiting: ObjectStore,
) {
  const { heads, backupId, objects: place } = archive.manifest
  const { settings, keyring, ledgers = [] } = options
  const faults: unknown[] = []
  const house = await openHouse({
    settings,
    keeperChannel: options.keeperChannel,
    databaseUrl: postgres.url(appRole, databaseName),
    onFault: (error) => void faults.push(error),
  })
  try {
    const cross = house.threshold.asHouse
    const { dataDir, offsiteDir } = settings
    const offsite = offsiteDir === undefined ? [] : [join(offsiteDir, 'keys')]
    const known = [join(dataDir, 'keys'), keyring, ...offsite, ...ledgers].flatMap(readErasures)
    const erasures = [...new Map(known.map((erasure) => [erasure.keyId, erasure])).values()]
    const { same, newest } = await cross(
      { action: 'continuity.restore.compare', effect: 'read' },
      async (act) => {
        const restored = await treeHeads(act.sql)
        const found = restored.map(
          ({ log, size, root: hash }) => `${log} ${size} ${hash.toString('hex')}`,
        )
        const said = heads.map(({ log, size, root: hash }) => `${log} ${size} ${hash}`)
        const last = await act.sql.first<{ at: Date }>({
          text: 'select max(at) as at from trail.entry',
        })
        return { same: found.sort().join() === said.sort().join(), newest: last?.at }
      },
    )
    demand(same, "the trees are not those of the backup's instant")
    await settleObjects(waiting, house.world)
    const { same: sameObjects, ...objects } = await compareObjects(
      house.world,
      archive.objects(),
      place,
    )
    demand(sameObjects, 'the objects of its files are others')
    // From here on nothing is signed until it is known that nothing is missing: an older database that
    // signed on would fork its logs.
    const marked = { action: 'continuity.restore.mark' }
    const position = await cross(marked, (act) => markRestored(act, backupId))
    const trailNow = await refillFrom(house, (done, of) =>
      options.onProgress(done, of, 'entries of the trail brought back'),
    )
    const isWhole = trailNow.trailStopped === undefined
    const placed = new Map(heads.map(({ log, size }) => [log, size]))
    const leftAgain = await goOnFrom(cross, { position, isWhole, placed })
    const erasedAgain = await eraseByLedger(cross, erasures)
    // Whoever restores this house one day knows them from its own ledger.
    completeErasures(settings, erasures)
    // Where the trail is stopped, that is done once it goes on: nothing is known yet of what was erased.
    const recordsErasedAgain = isWhole ? await eraseNamed(cross) : 0
    await cross({ action: 'continuity.restore.keys', effect: 'read' }, demandOpenable)
    // Indexes of an older key find nobody: what turns them is begun before the first request.
    for (const job of jobs) if (tidying.has(job.action)) await job.run(cross, {}, house.world)
    const report = await house.database.transaction({ scope: 'house' }, (sql) =>
      verifyTrail(sql, house.keyring),
    )
    demand(report.sound, `the trail does not verify: ${report.faults[0]?.fault ?? ''}`)
    await cross({ action: 'continuity.restore' }, async (act) =>
      act.tell({ restoreId: newId(), erasedAgain, entries: report.entries, from: options.file }),
    )
    return {
      ...trailNow,
      ...objects,
      trees: heads.length,
      entries: report.entries,
      erasedAgain,
      recordsErasedAgain,
      leftAgain,
      erasuresKnown: erasures.length,
      newestEntryAt: newest?.toISOString(),
    }
  } finally {
    await house.close()
  }
}

/** Brings back what the copies outside hold. What cannot be settled now is left to the operator. */
async function refillFrom(
  { threshold, world }: House,
  onProgress: (done: number, of: number) => void,
): Promise<Pick<Restored, 'refilled' | 'trailStopped'>> {
  const step = threshold.asHouse
  try {
    const refilled = await refillTrail(
      (deed) => step({ action: 'continuity.restore.refill' }, deed),
      world,
      onProgress,
    )
    return { refilled, trailStopped: undefined }
  } catch (error) {
    // The rows stand all the same, and whatever came back is sound: the rest is brought back later, or given up.
    const why =
      error instanceof Refusal
        ? error.message
        : `The copies could not be read: ${(error as Error).message}.`
    return { refilled: undefined, trailStopped: `${why} ${whatToDo}` }
  }
}

const tidying = new Set(['vault.tidy-indexes', 'incidents.tidy-index'])

const whatToDo =
  'The trail neither places nor signs until then: holdfast trail refill, or holdfast trail succeed.'

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`the restored house is not what was backed up: ${otherwise}`)
}
