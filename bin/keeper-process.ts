import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { readKeeperFile } from '#keys'
import { root } from './children.ts'

export interface KeeperProcess {
  /** The private channel to it. Stays the same when the process is started anew. */
  readonly channel: Duplex
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const restartMs = 500

/**
 * Starts the key process for a keeper file, where that names a token behind PKCS#11. It is started
 * anew when it dies; whoever is at the other end asks it to open the token again.
 */
export function startKeeperProcess(keeperFile: string | undefined): KeeperProcess | undefined {
  if (keeperFile === undefined || readKeeperFile(keeperFile).kind !== 'pkcs11') return undefined
  let child: ChildProcess | undefined
  let stopping = false
  const channel = new Duplex({
    read() {},
    write(bytes, _encoding, done) {
      const socket = child?.stdio[3] as Duplex | undefined
      // To a process that is gone nothing is said; whoever asked hears nothing and asks again.
      if (socket === undefined || socket.destroyed) done()
      else socket.write(bytes, () => done())
    },
  })
  const begin = () => {
    child = spawn(process.execPath, [join(root, 'bin/keeper.ts'), keeperFile], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const socket = child.stdio[3] as Duplex
    socket.on('data', (bytes) => channel.push(bytes)).on('error', () => {})
    child.on('error', () => {})
    child.on('exit', () => {
      if (!stopping) setTimeout(begin, restartMs).unref()
    })
  }
  begin()
  return {
    channel,
    pid: () => child?.pid,
    async stop() {
      stopping = true
      const ended = child?.exitCode === null ? once(child, 'exit') : undefined
      child?.kill('SIGTERM')
      await ended
    },
  }
}
