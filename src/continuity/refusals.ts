import { Refusal } from '#kernel'

/** The file cannot be trusted or opened. Take another copy, or the key that belongs to it. */
export const brokenArchive = (why: string) =>
  new Refusal('continuity.broken-archive', 422, `This backup cannot be used: ${why}.`)

/** Wait for the one that runs; `holdfast backup list` shows it. */
export const backupRunning = () =>
  new Refusal('continuity.backup-running', 409, 'A backup is being made already.')

export const noBackup = () => new Refusal('continuity.no-backup', 404, 'There is no such backup.')

/** Restores go to a clean place only, so that nothing living is overwritten. What one that was cut off has left may go. */
export const placeNotClean = (dir: string, isUnfinished = false) =>
  new Refusal(
    'continuity.place-not-clean',
    409,
    isUnfinished
      ? `A restore into ${dir} was cut off and no house opens on what it left: clear the directory, or take another one.`
      : `A restore needs an empty directory, and ${dir} is not empty.`,
  )
