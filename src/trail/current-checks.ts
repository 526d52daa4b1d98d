import { join } from 'node:path'
import { minuteMs, spaceAt } from '#ground'
import type { Evidence, HouseCross, World } from '#kernel'
import { overview } from './verification/overview-acts.ts'
import { mergeDelaySeconds } from './receipts/receipt.ts'

/** A place outside that takes no copy for so long is behind, and not only slow. */
const longestFailureMs = 15 * minuteMs

/** Above this share of the disk there is too little time left to do something. */
const fullestShare = 0.85

/** Entries have their places within the promise of their receipts, signing goes on, copies keep up. */
export async function checkCurrent(cross: HouseCross, _world: World, now: Date): Promise<Evidence> {
  const { pending, lagSeconds, copies, stop } = await cross(
    { action: 'trail.current.check', effect: 'read' },
    (act) => overview(act.sql, act.now),
  )
  const isLate = lagSeconds > mergeDelaySeconds
  const failing = copies.filter(
    ({ failedAt }) => failedAt !== null && now.getTime() - failedAt.getTime() > longestFailureMs,
  )
  const waits = `${pending} entries wait for their place, the oldest for ${Math.round(lagSeconds)} seconds`
  return {
    holds: !isLate && stop === undefined && failing.length === 0,
    finding: [
      isLate
        ? `${waits}: longer than the ${mergeDelaySeconds} that receipts promise.`
        : `${waits}.`,
      ...(stop === undefined ? [] : [`Signing is stopped: ${stop.because}`]),
      ...failing.map(
        ({ place, behind, problem }) =>
          `Copies to ${place} fail (${problem}); they are ${behind} entries behind.`,
      ),
    ].join(' '),
    n: copies.length + 1 - failing.length - (isLate || stop !== undefined ? 1 : 0),
    of: copies.length + 1,
    facts: {
      pending,
      lagSeconds,
      mergeDelaySeconds,
      copies: copies.map(({ place, behind, problem }) => ({ place, behind, problem })),
    },
  }
}

/** A full disk stops the trail, and with it everything: there is room, and time to make more. */
export async function checkRoom(cross: HouseCross, world: World): Promise<Evidence> {
  const space = world.space() ?? (await spaceAt(join(world.settings.dataDir, 'keys')))
  const { freeBytes, totalBytes } = space
  const share = totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes
  await cross({ action: 'trail.room.check', effect: 'read' }, async (act) =>
    act.tell({ freeBytes, totalBytes }),
  )
  const percent = `${(share * 100).toFixed(1)} %`
  const free = `${Math.round(freeBytes / 1_048_576).toLocaleString('en')} MiB are free`
  const holds = share < fullestShare
  return {
    holds,
    finding: holds
      ? `${percent} of the disk is taken; ${free}.`
      : `${percent} of the disk is taken, more than ${fullestShare * 100} %; ${free}. When it is full, nothing is done any more, because nothing could be recorded.`,
    n: holds ? 1 : 0,
    of: 1,
    facts: { freeBytes, totalBytes, share, fullestShare },
  }
}
