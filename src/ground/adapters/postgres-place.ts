import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canPassTo, isRoot, nobody, ownerOf } from './os-user.ts'
import type { OsUser } from './processes.ts'

/** Where a cluster and everything around it lives, and whom it belongs to. */
export interface Place {
  /** Holds `cluster`, `socket`, the logs and the lock; mode 0700, the user's own. */
  readonly home: string
  readonly cluster: string
  /** Whom PostgreSQL runs as; undefined means as ourselves. */
  readonly user: OsUser | undefined
}

/** The kernel's limit for a socket's path is 108 bytes on Linux, 104 elsewhere, its end included. */
const longestSocketDir = 103 - '/.s.PGSQL.5432'.length

/** For clusters of root whose data directory the unprivileged user cannot reach. */
const lastingShelter = '/var/lib/holdfast'

/**
 * Makes the directory a cluster lives in: `dir` itself, or, where we are root and PostgreSQL's
 * unprivileged user cannot pass to it, one under `/var/lib/holdfast`, which `<dir>/home` then links
 * to. What lies in the system's temporary directory stays there.
 *
 * @throws when a link leads nowhere, or a cluster lies where its user cannot reach it.
 */
export async function preparePlace(
  dir: string,
  onProgress: (line: string) => void,
): Promise<Place> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const link = join(dir, 'home')
  const linked = await readlink(link).catch(() => undefined)
  const home = linked ?? dir
  if (!existsSync(home)) throw new Error(`the database of ${dir} is missing: ${home}`)
  if (!isRoot()) return await readable({ home, cluster: join(home, 'cluster'), user: undefined })
  const user = await userOf(home)
  if (await canPassTo(home, user)) return await handed(home, user)
  if (existsSync(join(home, 'cluster'))) {
    throw new Error(
      `the database in ${home} belongs to user ${user.uid}, who cannot pass through the directories above it`,
    )
  }
  const sheltered = await shelter(dir.startsWith(`${tmpdir()}/`))
  onProgress(`the database lives in ${sheltered}: its unprivileged user cannot reach ${dir}`)
  await symlink(sheltered, link)
  return await handed(sheltered, user)
}

async function shelter(temporary: boolean): Promise<string> {
  if (temporary) return await mkdtemp(join(tmpdir(), 'holdfast-'))
  await mkdir(lastingShelter, { recursive: true, mode: 0o755 })
  await chmod(lastingShelter, 0o755)
  const dir = join(lastingShelter, randomBytes(6).toString('hex'))
  await mkdir(dir, { mode: 0o700 })
  return dir
}

/** Removes a cluster that has been stopped, wherever it came to live. */
export async function removePlace(dir: string): Promise<void> {
  const home = await readlink(join(dir, 'home')).catch(() => undefined)
  if (home !== undefined) await rm(home, { recursive: true, force: true })
  await rm(dir, { recursive: true, force: true })
}

/**
 * The directory for the socket, mode 0700 and empty: in `home`, or, where its path would be too long
 * for the kernel, a fresh one in the system's temporary directory. What a killed postmaster left in it
 * goes: PostgreSQL would take its lock for a living one's as long as nobody has reaped that process.
 */
export async function prepareSocketDir({ home, user }: Place): Promise<string> {
  const link = join(home, 'socket')
  const known = await readlink(link).catch(() => undefined)
  if (known !== undefined) await rm(known, { recursive: true, force: true })
  await rm(link, { recursive: true, force: true })
  if (Buffer.byteLength(link) <= longestSocketDir) {
    await mkdir(link, { mode: 0o700 })
    return await owned(link, user)
  }
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-socket-'))
  await symlink(dir, link)
  return await owned(dir, user)
}

/** An existing cluster keeps its user, so a site may start as root today and as that user tomorrow. */
async function userOf(home: string): Promise<OsUser> {
  const owner = await ownerOf(join(home, 'cluster'))
  return owner === undefined || owner.uid === 0 ? await nobody() : owner
}

async function handed(home: string, user: OsUser): Promise<Place> {
  await owned(home, user)
  return { home, cluster: join(home, 'cluster'), user }
}

async function readable(place: Place): Promise<Place> {
  const owner = await ownerOf(place.cluster)
  const self = process.geteuid?.()
  if (owner !== undefined && owner.uid !== self) {
    throw new Error(
      `the database in ${place.cluster} belongs to user ${owner.uid}, and this is user ${self}; start as that user or as root`,
    )
  }
  return place
}

async function owned(dir: string, user: OsUser | undefined): Promise<string> {
  if (user !== undefined) await chown(dir, user.uid, user.gid)
  await chmod(dir, 0o700)
  return dir
}
