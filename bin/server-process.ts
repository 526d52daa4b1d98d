import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { serverDirs, settingsEnvironment } from '#ground'
import { filesOfKeeper } from '#keys'
import type { Settings, SpaceNow } from '#kernel'
import { birthOf, signal, waitUntilGone } from '../src/ground/adapters/processes.ts'
import { replaceWhole } from '../src/ground/adapters/whole-file.ts'
import { root } from './children.ts'

/** What the server says once it answers requests. */
export interface Ready {
  readonly url: string
  /** The one-time link for the first administrator, while there is none. */
  readonly enrolment?: string
  /** Why the keys are sealed, where they are. */
  readonly sealed?: string
}

export interface ServerEnd {
  /** In words. */
  readonly how: string
  /** Whether it ended of its own accord, and was not killed. */
  readonly byItself: boolean
}

export interface ServerProcess {
  /** What it said; undefined when it ended before it was ready. */
  readonly ready: Promise<Ready | undefined>
  readonly exited: Promise<ServerEnd>
  /** Tells it how much space there is. */
  tell(space: SpaceNow): void
  stop(): Promise<void>
}

const quietPlace = join(root, 'src')

/** How long a server may take to answer what it has begun. */
const graceMs = 20_000

/** What of the application the server reads. Nothing else of the disk but its data and the files its settings name. */
const readable = ['package.json', 'src', 'verifier', 'node_modules', 'console/dist', 'data', 'docs']

/**
 * Starts the server: it may open sockets, read the application and write to its own directories, and
 * may start no process, no worker and no native code (Node's permission model). In a session of its
 * own, so that Ctrl-C reaches it through us, and before PostgreSQL.
 */
export function startServer(
  settings: Settings,
  appUrl: string,
  keeper?: Duplex,
  say: (line: string) => void = () => {},
): ServerProcess {
  const child = spawn(process.execPath, [...permissions(settings), join(root, 'src/serve.ts')], {
    cwd: quietPlace,
    env: {
      ...serverEnvironment(settings, appUrl),
      ...(keeper === undefined ? {} : { HOLDFAST_KEEPER_FD: '4' }),
    },
    stdio: [
      'ignore',
      'inherit',
      'inherit',
      'ipc',
      ...(keeper === undefined ? [] : ['pipe' as const]),
    ],
    detached: true,
  })
  if (keeper !== undefined) relay(child.stdio[4] as Duplex, keeper)
  const exited = endOf(child)
  const ready = new Promise<Ready | undefined>((resolve) => {
    child.on('message', (message: { ready?: boolean; unsealed?: boolean } & Ready) => {
      if (message.ready === true) resolve(message)
      if (message.unsealed === true) say(['the keys are open', message.enrolment].join('  ').trim())
    })
    void exited.then(() => resolve(undefined))
  })
  void remember(settings.dataDir, child)
  const tell = (space: SpaceNow) => {
    // It may be on its way out; whoever starts next is told as well.
    if (child.connected) child.send({ space }, () => {})
  }
  return { ready, exited, tell, stop: () => stop(child, exited) }
}

/** Carries what the server asks to the key process, and its answers back, for as long as this server lives. */
function relay(server: Duplex, keeper: Duplex): void {
  const back = (bytes: Buffer) => void server.write(bytes)
  server.on('error', () => {}).on('data', (bytes: Buffer) => void keeper.write(bytes))
  keeper.on('data', back)
  server.on('close', () => keeper.off('data', back))
}

/**
 * The server's environment. Libraries look for files of settings in the working directory and its
 * parents up to the home directory; both are one that holds none, so they look nowhere else.
 */
function serverEnvironment(settings: Settings, appUrl: string): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  return {
    ...env,
    ...settingsEnvironment(settings),
    HOME: quietPlace,
    NODE_ENV: 'production',
    HOLDFAST_APP_URL: appUrl,
  }
}

/** The flags of Node's permission model for these settings. */
export function permissions(settings: Settings): string[] {
  const { dataDir, offsiteDir, objectsDir } = settings
  const { keeperFile, objectsFile, passphraseFile, smtpFile, tlsCertFile, tlsKeyFile } = settings
  const writes = [...serverDirs.map((name) => join(dataDir, name)), offsiteDir, objectsDir]
  const application = readable.map((path) => join(root, path))
  const keeper = filesOfKeeper(keeperFile)
  const given = [...keeper, objectsFile, passphraseFile, smtpFile, tlsCertFile, tlsKeyFile]
  const files = [join(dataDir, 'holdfast.json'), ...given]
  const reads = [...application, ...files, ...writes]
  const flags = (name: string, paths: readonly (string | undefined)[]) =>
    paths.filter((path) => path !== undefined).map((path) => `--${name}=${path}`)
  // Node calls post-quantum passkeys experimental; nobody who starts a house can do anything about it.
  const quietly = '--disable-warning=ExperimentalWarning'
  return [
    quietly,
    '--permission',
    ...flags('allow-fs-read', reads),
    ...flags('allow-fs-write', writes),
  ]
}

/**
 * Waits for a server whose supervisor was killed: it ends by itself when it notices. One that does
 * not is ended.
 */
export async function endOrphanServer(dataDir: string, say: (line: string) => void): Promise<void> {
  const remembered = recall(dataDir)
  if (remembered === undefined) return
  const { pid, birth } = remembered
  if ((await birthOf(pid)) === birth) {
    say(`waiting for the server an earlier start left behind (process ${pid})`)
    if (!(await waitUntilGone(pid, graceMs))) {
      signal(pid, 'SIGKILL')
      await waitUntilGone(pid, 5_000)
    }
  }
  rmSync(memory(dataDir), { force: true })
}

const memory = (dataDir: string) => join(dataDir, 'server.json')

async function remember(dataDir: string, { pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return
  const birth = await birthOf(pid)
  if (birth !== undefined) replaceWhole(memory(dataDir), JSON.stringify({ pid, birth }))
}

/** Half a file is left only by a crash of the whole machine, and that ended the server, too. */
function recall(dataDir: string): { pid: number; birth: string } | undefined {
  try {
    return JSON.parse(readFileSync(memory(dataDir), 'utf8')) as { pid: number; birth: string }
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw error
  }
}

async function endOf(child: ChildProcess): Promise<ServerEnd> {
  try {
    const [code, name] = (await once(child, 'exit')) as [number | null, string | null]
    return name === null
      ? { how: `it ended with exit code ${code}`, byItself: true }
      : { how: `it was ended by ${name}`, byItself: false }
  } catch (error) {
    return { how: `it could not be started: ${(error as Error).message}`, byItself: true }
  }
}

async function stop(child: ChildProcess, exited: Promise<ServerEnd>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const tooLate = setTimeout(() => child.kill('SIGKILL'), graceMs)
  child.kill('SIGTERM')
  await exited
  clearTimeout(tooLate)
}
