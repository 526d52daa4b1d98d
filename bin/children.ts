import { spawn, type SpawnOptions } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'

/** The application's own directory. */
export const root = join(import.meta.dirname, '..')

export interface Ran {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>()

/** Passes a signal on to every program {@link run} has started and that has not ended. */
export function stopChildren(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal)
}

/**
 * Runs one of our tools, or a script, with the Node that runs us.
 *
 * @param how - `shown` shares our terminal; `quiet` collects what it says.
 */
export function run(
  args: readonly string[],
  how: 'shown' | 'quiet',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  const started = performance.now()
  const stdio: SpawnOptions['stdio'] = how === 'shown' ? 'inherit' : ['ignore', 'pipe', 'pipe']
  const child = spawn(process.execPath, [...args], { cwd: root, env, stdio })
  running.add(child)
  const pieces: Buffer[] = []
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece))
  child.stderr?.on('data', (piece: Buffer) => pieces.push(piece))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({
        code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        output: Buffer.concat(pieces).toString().trim(),
        seconds: (performance.now() - started) / 1000,
      })
    })
  })
}
