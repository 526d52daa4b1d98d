import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../connect.ts'
import type { Progress } from '../progress.ts'

/** A house of its own for an exercise, gone when it is over. */
export interface ScratchHouse {
  readonly dataDir: string
  readonly port: number
  close(): Promise<void>
}

const launcher = join(import.meta.dirname, '../../bin/holdfast.mjs')
const longestStartMs = 120_000

/** Starts a house on a scratch directory and a free port. */
export async function startScratchHouse(
  env: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<ScratchHouse> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-drill-'))
  const dataDir = join(dir, 'data')
  const port = await freePort()
  const { DATABASE_URL: _none, ...rest } = env
  const own = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !name.startsWith('HOLDFAST_')),
  )
  const child = spawn(process.execPath, [launcher, 'start'], {
    env: { ...own, HOLDFAST_DATA: dataDir, HOLDFAST_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let started = false
  const keep = (text: Buffer) => {
    said = `${said}${text.toString('utf8')}`.slice(-2_000)
    // What it says later, of its end above all, is no start.
    if (!started) progress.update(0, undefined, 'starting a house of its own')
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(dir, { recursive: true, force: true })
  }
  const socket = join(dataDir, 'run', 'holdfast.sock')
  const since = Date.now()
  while (!existsSync(socket)) {
    if (child.exitCode !== null || Date.now() - since > longestStartMs) {
      await close()
      throw new CliError(`a house of its own did not start:\n${said}`)
    }
    await new Promise((go) => setTimeout(go, 100))
  }
  started = true
  return { dataDir, port, close }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
