import { parseCronItems, run, type Runner, type TaskList } from 'graphile-worker'
import { type Database, forgetRunsAhead, quiet } from '#ground'
import type { HouseCross, Job, Loop, World } from '#kernel'
import type { AnchorTurn } from '#trail'
import type { Leader } from './leader.ts'

export interface Work {
  readonly jobs: readonly Job[]
  readonly loops: readonly Loop[]
  readonly database: Database
  readonly cross: HouseCross
  readonly world: World
  readonly leader: Leader
  /** Integrates the trail's new entries; true while there may be more. */
  readonly integrate: () => Promise<boolean>
  /** Copies the trail to the places outside; true while there is more. */
  readonly copyTrail: () => Promise<boolean>
  /** Carries what is signed to where nobody here can change it. */
  readonly anchors: readonly AnchorTurn[]
  readonly onFault: (error: unknown, about: string) => void
}

export interface Workers {
  stop(): Promise<void>
}

const integrateEveryMs = 200
const copyEveryMs = 2000
const longestPauseMs = 30_000

/** Turns the loops and works the queue until stopped. Jobs run on any node, loops on the leader. */
export async function startWork(work: Work): Promise<Workers> {
  const stopping = new AbortController()
  const turning = [
    turn(work, stopping.signal, {
      action: 'trail.integrate',
      everyMs: integrateEveryMs,
      everywhere: false,
      once: work.integrate,
    }),
    turn(work, stopping.signal, {
      action: 'trail.copy',
      everyMs: copyEveryMs,
      everywhere: false,
      once: work.copyTrail,
    }),
    ...work.anchors.map((anchor) =>
      turn(work, stopping.signal, {
        action: anchor.action,
        everyMs: anchor.everyMs,
        everywhere: anchor.everywhere === true,
        once: () => anchor.once(work.database, work.cross, work.world),
      }),
    ),
    ...work.loops.map((loop) =>
      turn(work, stopping.signal, {
        action: loop.action,
        everyMs: loop.everyMs,
        everywhere: loop.everywhere === true,
        once: async () => {
          if (!(await loop.due(work.database))) return false
          await loop.turn(work.cross, work.world)
          return true
        },
      }),
    ),
  ]
  const runner = await startQueue(work)
  return {
    async stop() {
      stopping.abort()
      await runner.stop().catch(() => {})
      await Promise.all(turning)
      await work.leader.resign()
    },
  }
}

/** Runs one loop: again at once while it finds work, else after its pause; a fault doubles the pause. */
async function turn(
  { leader, onFault }: Work,
  signal: AbortSignal,
  {
    action,
    everyMs,
    everywhere,
    once,
  }: { action: string; everyMs: number; everywhere: boolean; once: () => Promise<boolean> },
): Promise<void> {
  let pause = everyMs
  while (!signal.aborted) {
    let more = false
    try {
      more = (everywhere || (await leader.lead())) && (await once())
      pause = everyMs
    } catch (error) {
      onFault(error, action)
      pause = Math.min(pause * 2, longestPauseMs)
    }
    // Even with more to do, other work gets its turn first.
    await sleep(more ? 1 : pause, signal)
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}

async function startQueue({ jobs, database, cross, world, onFault }: Work): Promise<Runner> {
  const taskList: TaskList = Object.fromEntries(
    jobs.map((job) => [
      job.action,
      async (payload: unknown) => {
        try {
          await job.run(cross, payload, world)
        } catch (error) {
          onFault(error, job.action)
          throw error
        }
      },
    ]),
  )
  await forgetRunsAhead(database)
  return run({
    pgPool: database.pool,
    taskList,
    // A run missed while the house was down is caught up, at most a day back.
    parsedCronItems: parseCronItems(
      jobs
        .filter((job) => job.cron !== undefined)
        .map((job) => ({
          task: job.action,
          match: job.cron!,
          options: { backfillPeriod: 86_400_000 },
        })),
    ),
    concurrency: 4,
    pollInterval: 2000,
    noHandleSignals: true,
    logger: quiet,
  })
}
