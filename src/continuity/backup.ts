import { dayMs, hourMs } from '#ground'

/** A backup that is begun, as its row stands. */
export interface Backup {
  readonly id: string
  readonly startedAt: Date
  readonly finishedAt: Date | null
  readonly state: 'running' | 'finished' | 'failed'
  /** Name of the file in each place. */
  readonly file: string
  readonly bytes: number | null
  /** Hex. */
  readonly sha256: string | null
  readonly rowCount: number | null
  readonly tableCount: number | null
  readonly places: number
  readonly ofPlaces: number
  readonly problem: string | null
  readonly verifiedAt: Date | null
}

/** Where copies lie: here, and offsite if a place is set. Two are promised (A17: offsite; B11: redundant). */
export const promisedPlaces = 2

/** Backups older than this are removed, but never the newest one that was verified. */
export const keepBackupsMs = 30 * dayMs

/**
 * Copies of the keyring live shorter than any backup: a key that erasure destroyed must be gone from
 * them soon, or an old backup would still open.
 */
export const keepKeyringMs = 7 * dayMs

/** A backup that runs longer than this died with its process. */
export const lostAfterMs = 6 * hourMs

/** `2026-11-21T02-15-00Z-0192….age`: sorts by time, names no content. */
export const fileNameOf = (startedAt: Date, id: string): string =>
  `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${id}.age`

/** Name of a keyring bundle's directory. */
export const bundleNameOf = (at: Date): string =>
  `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`

/** When a bundle was made, read from its name; undefined for a stranger's directory. */
export function bundleTime(name: string): Date | undefined {
  const m = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z$/.exec(name)
  return m === null ? undefined : new Date(`${m[1]}T${m[2]}:${m[3]}:${m[4]}Z`)
}
