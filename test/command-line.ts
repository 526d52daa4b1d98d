import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** One command line, with all that it may know of its surroundings. */
export interface Typed {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What comes in by the pipe. */
  readonly input?: string
}

export interface Printed {
  readonly code: number
  readonly out: string
  readonly error: string
}

const launcher = join(import.meta.dirname, '../bin/holdfast.mjs')
const plain = () => ({ PATH: process.env['PATH'] ?? '' })

/** Runs a command line as a shell does: launcher, process, exit code. */
export async function inShell({ args, env, cwd, input }: Typed): Promise<Printed> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...plain(), ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: 'pipe',
  })
  child.stdin.end(input)
  const [out, error] = [text(child.stdout), text(child.stderr)]
  const [code] = (await once(child, 'exit')) as [number]
  return { code, out: await out, error: await error }
}

interface Warm {
  readonly child: ChildProcess
  readonly died: Promise<never>
}

let warm: Warm | undefined
let before: Promise<unknown> = Promise.resolve()

/**
 * Runs a command line in a process that has the command line's code loaded, after the ones asked for
 * before: loading takes most of a second, and tests of what commands do need it once.
 */
export function holdfast(typed: Typed): Promise<Printed> {
  const mine = before.then(() => askWarm(typed))
  before = mine.catch(() => {})
  return mine
}

async function askWarm(typed: Typed): Promise<Printed> {
  const { child, died } = (warm ??= warmUp())
  child.channel?.ref()
  try {
    child.send({ ...typed, env: { ...plain(), ...typed.env } })
    const [printed] = (await Promise.race([once(child, 'message'), died])) as [Printed]
    return printed
  } finally {
    child.channel?.unref()
  }
}

/** It ends with our channel, and keeps nobody waiting until then. */
function warmUp(): Warm {
  const child = fork(join(import.meta.dirname, 'command-line-process.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  child.unref()
  const died = once(child, 'exit').then(() => {
    warm = undefined
    throw new Error('the command line died')
  })
  died.catch(() => {})
  return { child, died }
}
