import { renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Writes a file for this user only, so that a reader finds the old text or the new one and never half of
 * it, also when this process is killed meanwhile. Not synced: what it tells ends with its process.
 */
export function replaceWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
