import { setTimeout as sleep } from 'node:timers/promises'
import { dayMs } from '#ground'
import type { Check, Evidence, HouseCross, Probe, World } from '#kernel'
import { entriesFrom } from '#trail'
import { readCursor } from './cursor-store.ts'
import { largestBatch } from './evaluate-acts.ts'
import {
  plantOne,
  probeFinding,
  type ProbeWorkload,
  standDown,
  standUp,
  uproot,
} from './probe-acts.ts'
import { replay } from './replay.ts'
import { evaluateAction } from './watched.ts'

const action = 'watch.measure.check'

/** A finding later than this after the access would be news of yesterday. */
const alertSeconds = 10

/** A false alert in a thousand actor-days is the budget; chance alone may bring a few more. */
const mostFalseAlarms = 5
const leastFound = 0.95

/** Every entry is evaluated, and a canary read over the front door becomes a finding in time. */
export const accessMonitoring: Check = (cross, world) => monitorAccess(cross, world, alertSeconds)

/** As {@link accessMonitoring}, where a finding may take as long as this. */
export async function monitorAccess(
  cross: HouseCross,
  world: World,
  alertSeconds: number,
): Promise<Evidence> {
  const { probe, seconds } = await readCanary(cross, world, alertSeconds)
  const { cursor, waiting, oldest } = await cross({ action, effect: 'read' }, async ({ sql }) => {
    const cursor = await readCursor(sql)
    const next = await entriesFrom(sql, cursor.position, largestBatch)
    // The watch's own last turn waits for company; it says nothing that needs evaluating.
    const others = next.filter((entry) => entry.action !== evaluateAction)
    return { cursor, waiting: others.length, oldest: others[0]?.at }
  })
  const behindMs = oldest === undefined ? 0 : world.now().getTime() - oldest.getTime()
  const lagSeconds = Math.max(0, behindMs / 1000)
  const complete = cursor.evaluated === cursor.position
  const holds = complete && lagSeconds <= alertSeconds && probe.refused
  return {
    holds,
    finding: holds
      ? `All ${cursor.evaluated} entries up to the evaluator's place were evaluated; it is ${lagSeconds.toFixed(1)} s behind, and a canary read over the front door was found after ${seconds?.toFixed(1)} s.`
      : `The watch is ${lagSeconds.toFixed(1)} s behind, has evaluated ${cursor.evaluated} of ${cursor.position} entries, and the canary read was ${probe.answer}.`,
    n: cursor.evaluated,
    of: cursor.evaluated + waiting,
    facts: {
      evaluated: cursor.evaluated,
      position: cursor.position,
      waiting,
      lagSeconds,
      alertSeconds,
      canaryFoundAfterSeconds: seconds ?? null,
    },
    probe,
  }
}

/** Reads a planted canary as a workload of our own and waits for the watch to tell of it. */
async function readCanary(
  cross: HouseCross,
  world: World,
  alertSeconds: number,
): Promise<{ readonly probe: Probe; readonly seconds: number | undefined }> {
  const workload = await cross({ action }, standUp)
  const { controllerId, purposes } = workload.controller
  const inside = {
    action,
    scope: { controllerId },
    purpose: purposes[0]!.name,
    reason: 'canary of a check',
  }
  let subjectId: string | undefined
  try {
    subjectId = await cross(inside, (act) => plantOne(act, workload))
    const began = performance.now()
    const { status } = await world.fetch(`/v1/controllers/${controllerId}/subjects/${subjectId}`, {
      headers: {
        authorization: `Bearer ${workload.token}`,
        'holdfast-purpose': inside.purpose,
        'holdfast-reason': inside.reason,
      },
    })
    // A probe that could not even read proves nothing about the watch.
    if (status !== 200) throw new Error(`the canary could not be read: ${status}`)
    const found = await waitForFinding(cross, workload, alertSeconds)
    const seconds = found ? (performance.now() - began) / 1000 : undefined
    const answer =
      seconds === undefined
        ? `not found within ${alertSeconds} s`
        : `found after ${seconds.toFixed(1)} s`
    const tried = "reading a canary subject over the front door with a workload's credential"
    return { probe: { tried, answer, refused: found }, seconds }
  } finally {
    if (subjectId !== undefined) {
      const planted = subjectId
      await cross(inside, (act) => uproot(act, workload, planted))
    }
    await cross({ action }, (act) => standDown(act, workload))
  }
}

async function waitForFinding(
  cross: HouseCross,
  workload: ProbeWorkload,
  alertSeconds: number,
): Promise<boolean> {
  const until = performance.now() + alertSeconds * 1000
  while (performance.now() < until) {
    await sleep(400)
    const found = await cross({ action, effect: 'read' }, async (act) => ({
      finding: await probeFinding(act, workload),
    }))
    if (found.finding !== undefined) return true
  }
  return false
}

/** Today's made-up attacks through the rules in force: other ones every day, the same all day. */
export const anomalyDetection: Check = async (_cross, _world, now) => {
  const result = replay(Math.floor(now.getTime() / dayMs))
  const [attacks, found] = [result.bursts + result.sweeps, result.burstsFound + result.sweepsFound]
  const holds = found >= leastFound * attacks && result.falseAlarms <= mostFalseAlarms
  return {
    holds,
    finding:
      `${found} of ${attacks} replayed attacks were found, a burst after ${result.medianSubjectsExposed} ` +
      `subjects in the middle of all; ${result.falseAlarms} false alarms in ${result.quietActorDays} actor-days.`,
    n: found,
    of: attacks,
    facts: { ...result, leastFound, mostFalseAlarms },
    covers: now,
  }
}
