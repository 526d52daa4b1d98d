import { setTimeout } from 'node:timers/promises'
import type { HouseCross, Measure, World } from '#kernel'
import { cite, observe } from './acts.ts'
import { brokenRun, type Run, runOf } from './observation.ts'

/** A check that takes longer has not looked. */
const longestMs = 60_000

/** A house that closes waits so long for the check under way. */
const graceMs = 1_000

/**
 * Runs one measure's check and writes down what it came to; an error is written down too.
 *
 * @param limitMs - how long the check may take.
 * @returns the observation's id, or undefined where nothing proves the measure, or the house closes.
 */
export async function prove(
  cross: HouseCross,
  world: World,
  measure: Measure,
  limitMs = longestMs,
): Promise<string | undefined> {
  if (measure.check === undefined) return undefined
  const run = await look(cross, world, measure.check, limitMs)
  // With the loops stopped a check may miss what it waits for: that says nothing of the house.
  if (world.closing.aborted && run.outcome !== 'pass') return undefined
  const { id, entryId } = await cross({ action: 'measures.observe' }, (act) =>
    observe(act, measure, run),
  )
  // The entry's id is known only now; a crash in between leaves an observation without citation.
  await cross({ action: 'measures.cite' }, (act) => cite(act, id, entryId))
  return id
}

async function look(
  cross: HouseCross,
  world: World,
  check: NonNullable<Measure['check']>,
  limitMs: number,
): Promise<Run> {
  const collected = world.now()
  const done = new AbortController()
  try {
    const late = setTimeout(limitMs, undefined, { signal: done.signal, ref: false }).then(() => {
      throw new Error(`it took longer than ${limitMs / 1000} s.`)
    })
    const left = closed(world.closing, done.signal)
    return runOf(await Promise.race([check(cross, world, collected), late, left]), collected)
  } catch (error) {
    return brokenRun(error, collected)
  } finally {
    done.abort()
  }
}

/** Rejects a moment after the house has begun to close. */
async function closed(closing: AbortSignal, done: AbortSignal): Promise<never> {
  if (!closing.aborted)
    await new Promise((resolve) => {
      closing.addEventListener('abort', resolve, { once: true, signal: done })
    })
  await setTimeout(graceMs, undefined, { signal: done })
  throw new Error('the house closed.')
}
