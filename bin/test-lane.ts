import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AsyncHook, AsyncResource, createHook } from 'node:async_hooks'
import { join, resolve } from 'node:path'
import { after, suite } from 'node:test'
import { pathToFileURL } from 'node:url'
import { root } from './children.ts'

/**
 * Test files share a few processes, called lanes: what a file loads and what has become fast by use
 * is there for the next one. Each lane takes the next file from a common queue, and gives it a suite
 * of its own, so that its hooks are its own too.
 */

/** A file of the short suite that takes longer hangs: it fails, and the lane goes on. */
const longestMs = 300_000

/** Lays out a queue of test files in `dir`, and gives one script for each lane. */
export function layLanes(dir: string, files: readonly string[], lanes: number): string[] {
  const queue = join(dir, 'queue')
  mkdirSync(queue, { recursive: true })
  for (const [index, file] of inOrder(files).entries())
    writeFileSync(join(queue, `${String(index).padStart(4, '0')} ${encodeURIComponent(file)}`), '')
  return Array.from({ length: lanes }, (_, index) => {
    const script = join(dir, `lane-${index + 1}.test.mjs`)
    const walk = pathToFileURL(join(root, 'bin/test-lane.ts')).href
    writeFileSync(
      script,
      `import { walkLane } from ${JSON.stringify(walk)}\nawait walkLane(${JSON.stringify(queue)})\n`,
    )
    return script
  })
}

/** Journeys are long and go first, so that no lane is left with one at the end. */
function inOrder(files: readonly string[]): string[] {
  const rank = (file: string) => (/^(src|console|cli)\//.test(file) ? 1 : 0)
  return files.toSorted((a, b) => rank(a) - rank(b))
}

/** The files that no lane came to, because every lane had ended. */
export function leftIn(dir: string): string[] {
  return readdirSync(join(dir, 'queue')).toSorted().map(fileOf)
}

/** Runs files of the queue, one after the other, until none is left. */
export async function walkLane(queue: string): Promise<void> {
  const costs = join(queue, '../costs')
  const outside = new AsyncResource('lane')
  const following = followingOf(outside)
  let ending = new AbortController()
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error: unknown) => ending.abort(error))
  for (let file = take(queue); file !== undefined; file = take(queue)) {
    const href = pathToFileURL(resolve(root, file)).href
    const [began, beganAt] = [processorSeconds(), performance.now()]
    const timeout = file.endsWith('.long.test.ts') ? Infinity : longestMs
    ending = new AbortController()
    const { signal } = ending
    following?.enable()
    await outside.runInAsyncScope(() =>
      suite(file, { timeout, signal }, async () => {
        await import(href).finally(() => following?.disable())
      }),
    )
    const clock = (performance.now() - beganAt) / 1000
    const cost: Cost = { file, seconds: processorSeconds() - began, clock }
    appendFileSync(costs, `${JSON.stringify(cost)}\n`)
  }
  endSoon()
}

/**
 * How `node:test` follows every promise and every callback of a process, from the test that made it: a
 * twentieth of all processor time, and more in what has to be cleared away. It is needed while a file
 * says what tests it has; later it would only tell whose an error is that nobody caught, and here such
 * an error ends its file.
 */
function followingOf(outside: AsyncResource): AsyncHook | undefined {
  const enabled: AsyncHook[] = []
  const kind = Object.getPrototypeOf(createHook({})) as {
    enable: (this: AsyncHook) => AsyncHook
  }
  const { enable } = kind
  kind.enable = function () {
    enabled.push(this)
    return enable.call(this)
  }
  // The first thing that is said of a test begins it.
  outside.runInAsyncScope(() => after(() => {}))
  kind.enable = enable
  return enabled[0]
}

/** What a failed test left open would keep its lane, and so the whole run, for ever. */
function endSoon(): void {
  const patience = setTimeout(() => {
    const open = process.getActiveResourcesInfo().join(', ')
    console.error(`a test file has left something open, and its lane ends without it: ${open}`)
    process.exit()
  }, 10_000)
  patience.unref()
}

export interface Cost {
  readonly file: string
  /** Processor time of the lane and of what it started and saw end; the database's is not in it. */
  readonly seconds: number
  /** Seconds it held its lane. */
  readonly clock: number
}

/** What each file has cost, the dearest first. */
export function costsIn(dir: string): Cost[] {
  const path = join(dir, 'costs')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
  return lines.map((line) => JSON.parse(line) as Cost).toSorted((a, b) => b.seconds - a.seconds)
}

function processorSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return (userCPUTime + systemCPUTime) / 1e6 + childSeconds()
}

/** Linux alone tells it; the clock of /proc ticks a hundred times a second. */
function childSeconds(): number {
  if (process.platform !== 'linux') return 0
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** Whoever removes a ticket has it. */
function take(queue: string): string | undefined {
  for (const ticket of readdirSync(queue).toSorted()) {
    try {
      rmSync(join(queue, ticket))
      return fileOf(ticket)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}

const fileOf = (ticket: string) => decodeURIComponent(ticket.slice(ticket.indexOf(' ') + 1))
