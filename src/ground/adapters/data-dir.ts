import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isRoot, nobody } from './os-user.ts'

/** What the server may write to, each a directory of its own. The database's directory is not among them. */
export const serverDirs = [
  'backups',
  'documents',
  'identity',
  'keys',
  'objects',
  'run',
  'tls',
  'trail',
] as const

/**
 * Makes the data directory: only we may enter. Where we are root and the database lies in it,
 * PostgreSQL's unprivileged user may pass through, and can list nothing on the way.
 */
export async function prepareDataDir(dir: string, ownDatabase: boolean): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o755 })
  if (isRoot() && ownDatabase) {
    await chown(dir, 0, (await nobody()).gid)
    await chmod(dir, 0o710)
  } else {
    await chmod(dir, 0o700)
  }
  for (const name of serverDirs) await mkdir(join(dir, name), { recursive: true, mode: 0o700 })
}
