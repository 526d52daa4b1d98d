import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import { generateX25519Identity } from 'age-encryption'
import type { Act, Snapshot, World } from '#kernel'
import { treeHeads } from '#trail'
import { countFiles, fileObjects } from '#vault'
import { abandonBackup, beginBackup, endBackup } from './acts.ts'
import { type Ending, type Manifest, recipientOf, sealArchive, type TableRows } from './archive.ts'
import {
  type Backup,
  bundleNameOf,
  keepBackupsMs,
  keepKeyringMs,
  promisedPlaces,
} from './backup.ts'
import { appliedMigrations, dueToGo, installation, noteGone } from './store.ts'
import {
  backupIdentityFile,
  bundleDir,
  copyKeyring,
  digestOf,
  dropBundles,
  pieces,
  placesOf,
  readKeyFile,
  removeFile,
  subjectKeysFile,
  writeFileOnce,
  writeKeyFile,
} from './adapters/places.ts'

/** Crosses the threshold once, under the action of whoever asked. */
export type Step = <T>(deed: (act: Act) => Promise<T>) => Promise<T>

/** The table of wrapped subject keys: `keys` owns it, a bundle carries it. */
export const subjectKeyTable = 'keys.subject_key'

/** What binds the sealed key of the backups to its place. */
export const identityContext = ['continuity.backup-identity']

/** The file that holds it: the public half in clear, the private half sealed under the house's ring. */
export interface IdentityFile {
  readonly recipient: string
  /** base64 */
  readonly sealed: string
}

/**
 * Makes a backup: every row as of one instant, sealed, in each place, read back by its digest; a
 * copy of the keyring beside it. Old ones go afterwards, so that a crash leaves more, never less.
 *
 * @throws {Refusal} `continuity.backup-running`. Any fault is noted on the backup and thrown on.
 */
export async function makeBackup(step: Step, world: World): Promise<Backup> {
  const { dataDir } = world.settings
  const recipient = await backupRecipient(step, dataDir)
  const { id, file, key } = await step((act) => beginBackup(act, promisedPlaces))
  try {
    const [own, ...others] = placesOf(world.settings)
    const bundle = bundleNameOf(world.now())
    const sealing = { recipients: [recipient], key }
    let ending: Ending = { counts: {}, objects: undefined }
    const written = await world.snapshot(async (snapshot) => {
      const manifest = await manifestOf(snapshot, id, world.now())
      const { place, outside } = world.objects
      const files = await countFiles(snapshot.sql)
      const whole = { ...manifest, objects: { place, outside, files } }
      const archive = await sealArchive(whole, rowsOf(snapshot), sealing, {
        objects: outside ? undefined : fileObjects(snapshot.sql, world.objects),
        onEnd: (end) => {
          ending = end
        },
      })
      const done = await writeFileOnce(own!, file, archive)
      const keys = { ...manifest, tables: [subjectKeyTable] }
      const keyArchive = await sealArchive(keys, rowsOf(snapshot, keys.tables), sealing)
      await writeFileOnce(bundleDir(own!, bundle), subjectKeysFile, keyArchive)
      return done
    })
    for (const place of others) {
      await writeFileOnce(place, file, pieces(join(own!, file)))
      const keys = pieces(join(bundleDir(own!, bundle), subjectKeysFile))
      await writeFileOnce(bundleDir(place, bundle), subjectKeysFile, keys)
    }
    const places = await standing(placesOf(world.settings), file, written.sha256)
    for (const place of placesOf(world.settings)) await copyKeyring(dataDir, place, bundle)
    const { counts, objects } = ending
    const rowCount = Object.values(counts).reduce((sum, { rows }) => sum + rows, 0)
    const tableCount = Object.keys(counts).length
    const backup = await step((act) =>
      endBackup(act, id, { ...written, rowCount, tableCount, places }, objects),
    )
    await clearOld(step, world)
    return backup
  } catch (error) {
    await step((act) => abandonBackup(act, id, problemOf(error)))
    throw error
  }
}

/** In how many places the right bytes lie. */
export async function standing(
  places: readonly string[],
  file: string,
  sha256: string,
): Promise<number> {
  const digests = await Promise.all(places.map((place) => digestOf(join(place, file))))
  return digests.filter((digest) => digest === sha256).length
}

export async function backupRecipient(step: Step, dataDir: string): Promise<string> {
  const held = await readKeyFile(join(dataDir, 'keys'), backupIdentityFile())
  if (held !== undefined) return (JSON.parse(held.toString('utf8')) as IdentityFile).recipient
  const identity = await generateX25519Identity()
  const recipient = await recipientOf(identity)
  const sealed = await step(async (act) => {
    act.tell({ made: 'key of the backups', recipient })
    return act.secrets.seal('house', identityContext, Buffer.from(identity))
  })
  const kept: IdentityFile = { recipient, sealed: sealed.toString('base64') }
  await writeKeyFile(dataDir, backupIdentityFile(), Buffer.from(JSON.stringify(kept)))
  return recipient
}

export async function manifestOf(
  snapshot: Snapshot,
  backupId: string,
  now: Date,
): Promise<Manifest> {
  const installationId = await installation(snapshot.sql)
  const heads = await treeHeads(snapshot.sql)
  const migrations = await appliedMigrations(snapshot.sql)
  return {
    format: 'holdfast-backup/1',
    backupId,
    createdAt: now.toISOString(),
    installationId: installationId ?? '',
    migrations,
    heads: heads.map(({ log, size, root }) => ({ log, size, root: root.toString('hex') })),
    tables: snapshot.tables,
  }
}

export async function* rowsOf(
  snapshot: Snapshot,
  tables: readonly string[] = snapshot.tables,
): AsyncGenerator<TableRows> {
  for (const table of tables) yield { table, pieces: snapshot.copyOut(table) }
}

async function clearOld(step: Step, world: World): Promise<void> {
  const now = world.now().getTime()
  const before = new Date(now - keepBackupsMs)
  const due = await step((act) => dueToGo(act.sql, before))
  const places = placesOf(world.settings)
  for (const { file } of due)
    await Promise.all(places.map((place) => removeFile(join(place, file))))
  for (const place of places) await dropBundles(place, new Date(now - keepKeyringMs))
  if (due.length > 0)
    await step((act) =>
      noteGone(
        act.sql,
        due.map(({ id }) => id),
        act.now,
      ),
    )
}

/** A code or class of error; never its text, which may carry a path or a row. */
function problemOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'fault'
}
