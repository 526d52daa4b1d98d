import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A user of the system, by number. */
export interface OsUser {
  readonly uid: number
  readonly gid: number
}

export interface Finished {
  /** Exit code; -1 when a signal ended it or it could not be started. */
  readonly code: number
  /** What it said, standard output before standard error. */
  readonly output: string
}

/** Runs a program to its end, without our environment: it may hold secrets. */
export function runToEnd(
  file: string,
  args: readonly string[],
  { user, cwd = '/' }: { readonly user?: OsUser | undefined; readonly cwd?: string } = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const env = plainEnvironment()
    execFile(file, [...args], { ...user, cwd, env, encoding: 'utf8' }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, output: `${out}${err}${code === -1 ? (error?.message ?? '') : ''}`.trim() })
    })
  })
}

/** The environment of programs we start: no secrets of ours, one language, UTC. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

/** Whether the system still knows a process of this number, whoever owns it, even one that only waits to be reaped. */
export function isListed(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process of this number runs. One that has ended but was not reaped (a container without init) does not. */
export function isAlive(pid: number): boolean {
  if (!isListed(pid)) return false
  return process.platform !== 'linux' || !['Z', 'X', undefined].includes(statOf(pid)?.[0])
}

/**
 * What tells a process from a later one that got its number again: when it started. Undefined when
 * there is no such process.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined
  if (process.platform !== 'linux') return linesOf(await ps(pid, 'lstart='))
  const ticks = statOf(pid)?.[19]
  if (ticks === undefined) return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
}

/** The directory a process works in and its command line, as far as the system tells us. */
export async function placeOf(pid: number): Promise<{ cwd: string; command: string }> {
  if (process.platform !== 'linux')
    return { cwd: '', command: linesOf(await ps(pid, 'command=')) ?? '' }
  return {
    cwd: orEmpty(() => readlinkSync(`/proc/${pid}/cwd`)),
    command: orEmpty(() =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    ),
  }
}

/** Waits until the process is gone; false when it still lives after `withinMs`. */
export async function waitUntilGone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (isAlive(pid)) {
    if (performance.now() > until) return false
    await pause(25)
  }
  return true
}

/** Sends a signal; a process that has already gone is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** proc(5): the fields of `/proc/<pid>/stat` after the name in brackets, which may itself hold spaces; state first. */
function statOf(pid: number): string[] | undefined {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

const ps = (pid: number, column: string) => runToEnd('ps', ['-o', column, '-p', String(pid)])

const linesOf = ({ code, output }: Finished) => (code === 0 && output !== '' ? output : undefined)

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
