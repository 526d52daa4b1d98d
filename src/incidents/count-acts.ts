import { dayMs, enqueue, hourMs, minuteMs, newId } from '#ground'
import type { Act } from '#kernel'
import { entriesOf, headPosition, treeHeads, verifyTrail, type WindowEntry } from '#trail'
import { type Controller, controllerFacts } from '#vault'
import { digestOf } from './canonical.ts'
import { clocksFrom } from './clock.ts'
import { insertClocks } from './clock-store.ts'
import { reachDays } from './contain-acts.ts'
import { draftNotices } from './draft-acts.ts'
import type { Teller } from './notice-draft.ts'
import type { Incident } from './incident.ts'
import { incidentById, type Suspect, suspectsOf, updateIncident } from './incident-store.ts'
import { demandOpen } from './open-acts.ts'
import { noSuspect, unknownIncident } from './refusals.ts'
import { insertScope, type KeptScope, lastCount, newestScope } from './response-store.ts'
import { changesBetween, countScope, type ScopeResult, type Window } from './scope.ts'
import { tellTimeline } from './timeline-acts.ts'

export const countAction = 'incidents.count'
export const recountAction = 'incidents.recount'

/** An act that was let in before the cut may commit this long after it: the longest statement, and a bit. */
const flightMs = 3 * minuteMs

/** So many leaves are verified at once while controllers wait for the first numbers; the rest soon after. */
const firstVerifiedLeaves = 60_000

export interface CountOptions {
  /** Verify the whole window now, however long it takes. */
  readonly thorough: boolean
}

/**
 * Counts an incident from the trail, keeps the count if it says anything new, starts the clocks of
 * the controllers it reaches, and drafts their notices: all of it or nothing.
 *
 * @throws {Refusal} `incidents.no-suspect`, `incidents.incident-closed`.
 */
export async function countIncident(
  act: Act,
  incidentId: string,
  teller: Teller,
  { thorough }: CountOptions,
): Promise<KeptScope> {
  const began = performance.now()
  const seen = await incidentById(act.sql, incidentId)
  if (seen === undefined) throw unknownIncident()
  const suspects = await suspectsOf(act.sql, incidentId)
  if (suspects.length === 0) throw noSuspect()
  const window = windowOf(seen)
  const entries = await entriesInReach(act, suspects, window)
  const gap = await gapUnder(act, entries, thorough)
  const result = countScope(suspects, window, entries, gap)
  // Locked only now: reading and verifying take long, and a cut must never wait for them.
  const incident = await demandOpen(act, incidentId)
  const before = await newestScope(act.sql, incidentId)
  const digest = digestOf(result)
  const seconds = (performance.now() - began) / 1000
  const scope =
    before !== undefined && before.digest.equals(digest)
      ? before
      : await keepScope(act, incidentId, { result, digest, before, seconds })
  const controllers = await controllersIn(act, result)
  await startClocks(act, incident, result, controllers)
  const synthetic = controllers.length > 0 && controllers.every((one) => one.synthetic)
  await updateIncident(act.sql, incidentId, { synthetic })
  await draftNotices(act, { ...incident, synthetic }, scope, controllers, teller)
  act.tell({ incidentId, scopeVersion: scope.version, digest: digest.toString('hex') })
  return scope
}

/** A count reads and verifies everything in reach anew: while an attack goes on it may take this share of the time. */
const shareOfTime = 0.25

/**
 * Has the incident counted by the queue, and not by whoever asks: the first time as soon as it is free, then
 * no sooner than the last count's own length allows. What it has missed by then is in the next.
 */
export async function countSoon(act: Act, incidentId: string): Promise<void> {
  const last = await lastCount(act.sql, incidentId)
  const rest = last && { runAt: new Date(last.at.getTime() + (last.seconds / shareOfTime) * 1000) }
  const key = `${countAction} ${incidentId}`
  await enqueue(act.sql, countAction, { incidentId }, { key, ...rest })
}

/** Counts again soon: acts that were under way at the cut, and what was not verified yet. */
export async function countAgainLater(act: Act, incidentId: string): Promise<void> {
  for (const [key, ms] of [
    ['soon', 15_000],
    ['settled', flightMs + 15_000],
  ] as const) {
    const runAt = new Date(act.now.getTime() + ms)
    await enqueue(
      act.sql,
      recountAction,
      { incidentId },
      { key: `${recountAction} ${incidentId} ${key}`, runAt },
    )
  }
}

/** The time an incident reaches back, and to when it was contained. */
export const windowOf = ({ openedAt, containedAt }: Incident): Window => ({
  from: new Date(openedAt.getTime() - reachDays * dayMs),
  to: containedAt === null ? null : new Date(containedAt.getTime() + flightMs),
})

/** Everything done with the suspects' credentials and accounts, each entry once. */
async function entriesInReach(
  { sql, now }: Act,
  suspects: readonly Suspect[],
  { from }: Window,
): Promise<WindowEntry[]> {
  const until = new Date(now.getTime() + hourMs)
  const reaches = new Map(
    suspects.map(({ actorId, credentialId }) => [
      credentialId ?? actorId,
      credentialId === null ? { actorId } : { actorId, credentialId },
    ]),
  )
  const found = new Map<string, WindowEntry>()
  for (const reach of reaches.values()) {
    for (const entry of await entriesOf(sql, { ...reach, from, until }))
      found.set(entry.entryId, entry)
  }
  return [...found.values()]
}

/** Why the trail under these entries cannot be trusted; null when every leaf of it was recomputed. */
async function gapUnder(
  act: Act,
  entries: readonly WindowEntry[],
  thorough: boolean,
): Promise<string | null> {
  const heads = await treeHeads(act.sql)
  const placed = entries.filter(({ index }) => index !== null)
  const deepest = heads.map(({ log, size }) => {
    const own = placed.filter((entry) => entry.log === log).map(({ index }) => index!)
    return own.length === 0 ? 0 : size - own.reduce((a, b) => Math.min(a, b))
  })
  const tail = Math.max(1, ...deepest)
  const leaves = heads.reduce((sum, { size }) => sum + Math.min(size, tail), 0)
  if (!thorough && leaves > firstVerifiedLeaves)
    return `${leaves.toLocaleString('en-GB')} entries of the trail are still to be verified`
  const { sound, faults } = await verifyTrail(act.sql, act.secrets, undefined, { tail })
  if (sound) return null
  const [first] = faults
  return first === undefined ? 'the trail is not sound' : `log ${first.log}: ${first.fault}`
}

async function keepScope(
  act: Act,
  incidentId: string,
  count: Pick<KeptScope, 'result' | 'digest' | 'seconds'> & {
    readonly before: KeptScope | undefined
  },
): Promise<KeptScope> {
  const { result, digest, seconds, before } = count
  const scope: KeptScope = {
    scopeId: newId(),
    incidentId,
    version: (before?.version ?? 0) + 1,
    at: act.now,
    headPosition: await headPosition(act.sql),
    result,
    diff: changesBetween(before?.result, result),
    digest,
    seconds,
  }
  await insertScope(act.sql, scope)
  const sum = (ladder: 'certain' | 'possible') =>
    result.controllers.reduce((all, one) => all + one[ladder].subjects, 0)
  await tellTimeline(act, incidentId, {
    kind: 'counted',
    sentence:
      `Counted from ${result.entries} entries: ${sum('certain')} subjects certainly, up to ` +
      `${sum('possible')} possibly, of ${result.controllers.length} controllers.`,
    facts: { version: scope.version, digest: digest.toString('hex'), seconds, gap: result.gap },
  })
  return scope
}

async function controllersIn({ sql }: Act, { controllers }: ScopeResult): Promise<Controller[]> {
  const found: Controller[] = []
  for (const { controllerId } of controllers) {
    const controller = await controllerFacts(sql, controllerId)
    if (controller !== undefined) found.push(controller)
  }
  return found
}

async function startClocks(
  act: Act,
  { incidentId }: Incident,
  { controllers: scopes }: ScopeResult,
  controllers: readonly Controller[],
): Promise<void> {
  const clocks = controllers.flatMap(({ controllerId, noticeHours }) => {
    const scope = scopes.find((one) => one.controllerId === controllerId)!
    const basis = scope.certain.subjects > 0 ? 'certain' : 'possible'
    return clocksFrom(act.now, basis, noticeHours).map((plan) => ({
      ...plan,
      clockId: newId(),
      incidentId,
      controllerId,
    }))
  })
  const started = await insertClocks(act.sql, clocks)
  if (started > 0) {
    const soonest = clocks.reduce((a, b) => (a.dueAt <= b.dueAt ? a : b))
    await tellTimeline(act, incidentId, {
      kind: 'clocks',
      sentence: `${started} clocks run; the first is due at ${soonest.dueAt.toISOString()}.`,
      facts: { started },
    })
  }
}
