import { dayMs, enqueue, hourMs, minuteMs, newId } from '#ground'
import type { Act } from '#kernel'
import { entriesOf, headPosition, treeHeads, verifyTrail } from '#trail'
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
import { changesBetween, ScopeCount, type ScopeResult, type Window } from './scope.ts'
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
  const { count, deepest } = await countInReach(act, suspects, window)
  const result = count.result(await gapUnder(act, deepest, thorough))
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
const shareOfTime = 0.1

/** How long the last count lets the next one wait still, in milliseconds. */
export async function restMs({ sql, now }: Act, incidentId: string): Promise<number> {
  const last = await lastCount(sql, incidentId)
  if (last === undefined) return 0
  const until = last.at.getTime() + (last.seconds / shareOfTime) * 1000
  return Math.max(0, until - now.getTime())
}

/**
 * Has the incident counted by the queue, and not by whoever asks: the first time as soon as it is free, then
 * no sooner than the last count's own length allows. What it has missed by then is in the next.
 */
export async function countSoon(act: Act, incidentId: string): Promise<void> {
  await enqueueCount(act, countAction, { incidentId, key: '' }, await restMs(act, incidentId))
}

/** Counts again soon: acts that were under way at the cut, and what was not verified yet. */
export async function countAgainLater(act: Act, incidentId: string): Promise<void> {
  await enqueueCount(act, recountAction, { incidentId, key: 'soon' }, 15_000)
  await enqueueCount(act, recountAction, { incidentId, key: 'settled' }, flightMs + 15_000)
}

/** What a count is asked for: two that wait under one key are one. */
export interface CountOrder {
  readonly incidentId: string
  readonly key: string
}

/** All counts of an incident stand in one line: side by side each would but do the same again. */
export function enqueueCount(
  { sql }: Act,
  action: string,
  { incidentId, key }: CountOrder,
  afterMs: number,
): Promise<void> {
  return enqueue(
    sql,
    action,
    { incidentId, key },
    {
      key: `${action} ${incidentId} ${key}`.trim(),
      line: `${countAction} ${incidentId}`,
      afterMs,
    },
  )
}

/** The time an incident reaches back, and to when it was contained. */
export const windowOf = ({ openedAt, containedAt }: Incident): Window => ({
  from: new Date(openedAt.getTime() - reachDays * dayMs),
  to: containedAt === null ? null : new Date(containedAt.getTime() + flightMs),
})

/** What was counted, and of each log the index of the first entry looked at. */
interface Reach {
  readonly count: ScopeCount
  readonly deepest: ReadonlyMap<string, number>
}

/** Counts everything done with the suspects' credentials and accounts, each entry once. */
async function countInReach(
  { sql, now }: Act,
  suspects: readonly Suspect[],
  window: Window,
): Promise<Reach> {
  const within = { from: window.from, until: new Date(now.getTime() + hourMs) }
  const reaches = new Map(
    suspects.map(({ actorId, credentialId }) => [
      credentialId ?? actorId,
      credentialId === null ? { actorId } : { actorId, credentialId },
    ]),
  )
  const count = new ScopeCount(suspects, window)
  const deepest = new Map<string, number>()
  const seen = new Set<string>()
  for (const reach of reaches.values())
    for await (const page of entriesOf(sql, { ...reach, ...within })) {
      const fresh = page.filter(({ entryId }) => !seen.has(entryId))
      // Only what another suspect reaches as well can come again.
      if (reaches.size > 1) for (const { entryId } of fresh) seen.add(entryId)
      count.add(fresh)
      for (const { log, index } of fresh)
        if (index !== null) deepest.set(log, Math.min(index, deepest.get(log) ?? index))
    }
  return { count, deepest }
}

/** Why the trail under these entries cannot be trusted; null when every leaf of it was recomputed. */
async function gapUnder(
  act: Act,
  deepest: Reach['deepest'],
  thorough: boolean,
): Promise<string | null> {
  const heads = await treeHeads(act.sql)
  const tail = Math.max(1, ...heads.map(({ log, size }) => size - (deepest.get(log) ?? size)))
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
