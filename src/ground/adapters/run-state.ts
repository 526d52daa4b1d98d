import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './processes.ts'
import { replaceWhole } from './whole-file.ts'

/** What a supervisor is about, for whoever finds no house that answers. */
export interface RunState {
  readonly state: 'starting' | 'standing' | 'waiting'
  /** ISO instant. */
  readonly since: string
  /** How often the house has ended without standing for a while in between. */
  readonly endsInARow: number
  /** How it ended last; undefined where it has not. */
  readonly why?: string | undefined
  /** ISO instant of the next start, while one is waited for. */
  readonly nextStartAt?: string | undefined
}

const fileIn = (dataDir: string) => join(dataDir, 'supervisor.json')

/** Notes the state beside the data. On a full disk nothing is noted: the supervisor goes on. */
export function noteRunState(dataDir: string, state: RunState): void {
  const { pid } = process
  try {
    replaceWhole(fileIn(dataDir), JSON.stringify({ pid, ...state }))
  } catch {
    // What it says is of use, and nobody waits for it.
  }
}

/** What the supervisor last noted; undefined where none runs or nothing could be noted. */
export function readRunState(dataDir: string): RunState | undefined {
  try {
    const { pid, ...state } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as RunState & {
      pid: number
    }
    return isAlive(pid) ? state : undefined
  } catch {
    return undefined
  }
}

export function clearRunState(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true })
}
