/**
 * Continuity: that the house can be had back. Backups in every place, restores onto a clean one,
 * and exercises that measure both.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export {
  backupIdentityFile,
  bundlesIn,
  keyFilesIn,
  pieces,
  placesOf,
  readKeyFile,
  readStream,
  subjectKeysFile,
  writeFileOnce,
} from './adapters/places.ts'
export {
  archiveKey,
  type Manifest,
  type ObjectPlace,
  openArchive,
  type OpenArchive,
} from './archive.ts'
export { identityContext, type IdentityFile, makeBackup, subjectKeyTable } from './backup-flow.ts'
export { type ObjectSum, ObjectTally, sameObjects } from './object-sum.ts'
export { type Backup, keepBackupsMs, keepKeyringMs } from './backup.ts'

export { placeNotClean } from './refusals.ts'

export const continuity: Room = { name: 'continuity', routes, jobs, measures }
