import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, isListed, placeOf, signal, waitUntilGone } from './processes.ts'

/** How long a postmaster gets for its last checkpoint before it is told to drop everything. */
const fastStopMs = 60_000

/**
 * Leaves no postmaster of this cluster running: one whose supervisor was killed is stopped cleanly.
 * A `postmaster.pid` that names a process which is none of ours (the number was used again), or one
 * nobody has reaped, goes; else it stays: PostgreSQL itself then makes sure that no backend is left.
 *
 * @throws when it cannot be stopped.
 */
export async function stopOrphan(
  cluster: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  if (!Number.isInteger(pid) || pid < 2) throw new Error(`${file} names no process`)
  if (isAlive(pid) && (await isPostmasterOf(pid, cluster))) {
    onProgress(`stopping the PostgreSQL an earlier start left behind (process ${pid})`)
    await stopPostmaster(pid)
  }
  if (!existsSync(file)) return
  await waitForBackends(cluster)
  if (isListed(pid)) rmSync(file, { force: true })
}

/** Stops a postmaster: fast, and where that takes too long, at once. Nothing committed is lost either way. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [name, withinMs] of [
    ['SIGINT', fastStopMs],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signal(pid, name)
    if (await waitUntilGone(pid, withinMs)) return
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop`)
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  const { cwd, command } = await placeOf(pid)
  const program = command.split(' ', 1)[0] ?? ''
  if (basename(program) !== 'postgres') return false
  // A postmaster works in its data directory, also after that has been moved.
  return cwd === realpathSync(cluster) || command.includes(`-D ${cluster} `)
}

/** Backends whose postmaster was killed end by themselves, a moment later. */
async function waitForBackends(cluster: string): Promise<void> {
  const real = realpathSync(cluster)
  for (let left = 100; left > 0 && worksIn(real); left -= 1) await pause(100)
}

/** Whether any process works in this directory, as far as `/proc` tells. */
function worksIn(dir: string): boolean {
  if (process.platform !== 'linux') return false
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readlinkSync(`/proc/${name}/cwd`) === dir
    } catch {
      return false
    }
  })
}
