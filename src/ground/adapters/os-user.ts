import { lstat, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type OsUser, runToEnd } from './processes.ts'

/** Whether we are root, whom PostgreSQL refuses to run as. */
export const isRoot = (): boolean => process.geteuid?.() === 0

/**
 * The user `nobody` of this system.
 *
 * @throws when there is none: PostgreSQL needs a user that has a name.
 */
export async function nobody(): Promise<OsUser> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (part) => runToEnd('id', [part, 'nobody'])),
  )
  if (uid?.code !== 0 || gid?.code !== 0) {
    throw new Error('PostgreSQL may not run as root, and this system has no user nobody')
  }
  return { uid: Number(uid.output), gid: Number(gid.output) }
}

/** Who owns a file or directory; undefined when it does not exist. */
export async function ownerOf(path: string): Promise<OsUser | undefined> {
  const found = await lstat(path).catch(() => undefined)
  return found === undefined ? undefined : { uid: found.uid, gid: found.gid }
}

/** Whether every directory above `path` lets this user pass, by their modes. */
export async function canPassTo(path: string, user: OsUser): Promise<boolean> {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { uid, gid, mode } = await stat(at)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (at === dirname(at)) return true
  }
}
