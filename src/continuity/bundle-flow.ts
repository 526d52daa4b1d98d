import { hourMs, isFuture, newId } from '#ground'
import { lastFinal } from '#keys'
import type { HouseCross, World } from '#kernel'
import { archiveKey, sealArchive } from './archive.ts'
import { backupRecipient, manifestOf, rowsOf, type Step, subjectKeyTable } from './backup-flow.ts'
import { bundleNameOf, bundleTime, keepKeyringMs } from './backup.ts'
import {
  bundleDir,
  bundlesIn,
  copyKeyring,
  dropBundles,
  pieces,
  placesOf,
  subjectKeysFile,
  writeFileOnce,
} from './adapters/places.ts'

/** Bundles are made so often beside the daily backup. */
const everyMs = 6 * hourMs

/**
 * Makes a bundle of the keyring by itself, without a backup: the keyring's files and the subjects'
 * wrapped keys as of one instant, in each place. Bundles older than their time go afterwards.
 *
 * @returns its name.
 */
export async function makeBundle(step: Step, world: World): Promise<string> {
  const { dataDir } = world.settings
  const recipient = await backupRecipient(step, dataDir)
  const name = bundleNameOf(world.now())
  const id = newId()
  const key = await step(async (act) => {
    act.tell({ bundle: name })
    return archiveKey(act.secrets, id)
  })
  const [own, ...others] = placesOf(world.settings)
  await world.snapshot(async (snapshot) => {
    const manifest = await manifestOf(snapshot, id, world.now())
    const keys = { ...manifest, tables: [subjectKeyTable] }
    const sealing = { recipients: [recipient], key }
    const archive = await sealArchive(keys, rowsOf(snapshot, keys.tables), sealing)
    await writeFileOnce(bundleDir(own!, name), subjectKeysFile, archive)
  })
  for (const place of others)
    await writeFileOnce(
      bundleDir(place, name),
      subjectKeysFile,
      pieces(`${bundleDir(own!, name)}/${subjectKeysFile}`),
    )
  const before = new Date(world.now().getTime() - keepKeyringMs)
  for (const place of placesOf(world.settings)) {
    await copyKeyring(dataDir, place, name)
    await dropBundles(place, before)
  }
  return name
}

/** The newest bundle of each place, and when it was made. One dated in the future makes none of now needless. */
export function newestBundles(
  { settings }: Pick<World, 'settings'>,
  now: Date,
): { place: string; at: Date | undefined }[] {
  return placesOf(settings).map((place) => {
    const name = bundlesIn(place).findLast((one) => !isFuture(bundleTime(one)!, now))
    return { place, at: name === undefined ? undefined : bundleTime(name) }
  })
}

/**
 * Makes a bundle where the newest is old, or where keys were destroyed at once after it: backups of
 * before open with a younger one only.
 */
export async function bundleWhenDue(cross: HouseCross, world: World): Promise<void> {
  const action = 'continuity.bundle'
  const final = await cross({ action, effect: 'read' }, (act) => lastFinal(act.sql))
  const due = newestBundles(world, world.now()).some(
    ({ at }) =>
      at === undefined ||
      world.now().getTime() - at.getTime() >= everyMs ||
      (final !== undefined && final > at),
  )
  if (due) await makeBundle((deed) => cross({ action }, deed), world)
}

/** Bundles that are kept longer than a day beyond their time, the newest of each place apart. */
export function agedBundles({ settings }: World, now: Date): number {
  const before = now.getTime() - keepKeyringMs - 24 * hourMs
  return placesOf(settings).reduce((count, place) => {
    const old = bundlesIn(place).slice(0, -1)
    return count + old.filter((name) => bundleTime(name)!.getTime() < before).length
  }, 0)
}
