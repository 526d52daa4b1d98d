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

export { makeBackup } from './backup-flow.ts'
export { type Backup, keepBackupsMs, keepKeyringMs } from './backup.ts'

export const continuity: Room = { name: 'continuity', routes, jobs, measures }
