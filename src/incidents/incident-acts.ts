import { newId } from '#ground'
import { type Act, Sealed } from '#kernel'
import { moveFinding } from '#watch'
import { controllerFacts } from '#vault'
import type { AllClearBody } from './all-clear.ts'
import type { Clock } from './clock.ts'
import { clocksOf, insertClockEvent } from './clock-store.ts'
import {
  callName,
  type Evidence,
  type Incident,
  type IncidentEvent,
  type IncidentState,
  type Step,
} from './incident.ts'
import {
  findingsTied,
  incidentById,
  listIncidents,
  type Suspect,
  suspectsOf,
  timelineOf,
  updateIncident,
} from './incident-store.ts'
import { unsentOf } from './notice-acts.ts'
import { type AllClear, insertAllClear, type Notice, noticesOf } from './notice-store.ts'
import { demandOpen } from './open-acts.ts'
import {
  controllerAffected,
  notCounted,
  noticesUnsent,
  scopeUnknown,
  unknownController,
  unknownIncident,
} from './refusals.ts'
import {
  type Drill,
  evidenceOf,
  insertDrill,
  type KeptScope,
  newestScope,
  policies,
  setPolicy,
  stepsOf,
} from './response-store.ts'
import type { Teller } from './notice-draft.ts'
import { sealPersonal } from '#keys'
import { tellTimeline, textOf } from './timeline-acts.ts'

/** A line of the timeline with what was written in it. */
export interface OpenEvent extends Omit<IncidentEvent, 'sealed'> {
  readonly text: string | null
}

/** All there is of an incident. */
export interface WholeIncident {
  readonly incident: Incident
  readonly suspects: readonly Suspect[]
  readonly findingIds: readonly string[]
  readonly timeline: readonly OpenEvent[]
  readonly steps: readonly Step[]
  readonly evidence: readonly Evidence[]
  readonly scope: KeptScope | undefined
  readonly clocks: readonly Clock[]
  readonly notices: readonly Notice[]
}

/** Incidents, newest first; `next` is the id to give as `before` for the next page. */
export async function incidentsPage(
  { sql }: Act,
  { state, before, limit = 50 }: { state?: IncidentState; before?: string; limit?: number },
): Promise<{ readonly items: readonly Incident[]; readonly next: string | undefined }> {
  const page = { state: state ?? null, before: before ?? null, limit: limit + 1 }
  const rows = await listIncidents(sql, page)
  const items = rows.slice(0, limit)
  return { items, next: rows.length > limit ? items.at(-1)?.incidentId : undefined }
}

/** The newest count of an incident, if it has been counted. */
export const newestCount = ({ sql }: Act, incidentId: string) => newestScope(sql, incidentId)

/** @throws {Refusal} `incidents.unknown-incident`. */
export async function readIncident(act: Act, incidentId: string): Promise<Sealed<WholeIncident>> {
  const { sql, secrets } = act
  const incident = await incidentById(sql, incidentId)
  if (incident === undefined) throw unknownIncident()
  const timeline = await timelineOf(sql, incidentId)
  const rest = {
    incident,
    suspects: await suspectsOf(sql, incidentId),
    findingIds: await findingsTied(sql, incidentId),
    steps: await stepsOf(sql, incidentId),
    evidence: await evidenceOf(sql, incidentId),
    scope: await newestScope(sql, incidentId),
    clocks: await clocksOf(sql, incidentId),
    notices: await noticesOf(sql, incidentId),
  }
  return new Sealed((receipt) => ({
    ...rest,
    timeline: timeline.map((event) => {
      const { sealed: _, ...line } = event
      return { ...line, text: textOf(receipt, secrets, event) ?? null }
    }),
  }))
}

/** Adds what a person has to say. @throws {Refusal} `incidents.incident-closed`. */
export async function addNote(act: Act, incidentId: string, text: string): Promise<void> {
  await demandOpen(act, incidentId)
  await tellTimeline(act, incidentId, { kind: 'note', sentence: 'A note.', text })
  act.tell({ incidentId })
}

/**
 * Closes an incident, with its reason. Its findings close with it.
 *
 * @throws {Refusal} `incidents.notices-unsent` while a controller waits for its notice.
 */
export async function closeIncident(
  act: Act,
  incidentId: string,
  reason: string,
): Promise<Incident> {
  const { synthetic } = await demandOpen(act, incidentId)
  // Nobody waits for the notices of an exercise: they are never sent.
  const waiting = synthetic ? [] : unsentOf(await noticesOf(act.sql, incidentId))
  if (waiting.length > 0) throw noticesUnsent(waiting.map(({ body }) => body.reference))
  for (const findingId of await findingsTied(act.sql, incidentId))
    await moveFinding(act, findingId, 'closed')
  await updateIncident(act.sql, incidentId, { state: 'closed', closedAt: act.now, due: false })
  await tellTimeline(act, incidentId, { kind: 'closed', sentence: 'Closed.', text: reason })
  act.tell({ incidentId, reason })
  return (await incidentById(act.sql, incidentId))!
}

/**
 * What can truly be stated to a controller that an incident did not reach.
 *
 * @throws {Refusal} `incidents.not-counted`; `incidents.scope-unknown` where the trail could not be
 *   verified; `incidents.controller-affected`; `incidents.unknown-controller`.
 */
export async function clearable(
  act: Act,
  incidentId: string,
  controllerId: string,
  teller: Teller,
): Promise<{ readonly body: AllClearBody; readonly scopeId: string }> {
  const incident = await incidentById(act.sql, incidentId)
  if (incident === undefined) throw unknownIncident()
  const scope = await newestScope(act.sql, incidentId)
  if (scope === undefined) throw notCounted()
  const controller = await controllerFacts(act.sql, controllerId)
  if (controller === undefined) throw unknownController()
  const { result, digest, version } = scope
  if (result.controllers.some((one) => one.controllerId === controllerId))
    throw controllerAffected()
  if (result.unknown) throw scopeUnknown(result.gap)
  return {
    scopeId: scope.scopeId,
    body: {
      format: 'holdfast-all-clear/1',
      reference: callName(incident),
      incidentId,
      synthetic: controller.synthetic,
      processor: { name: teller.processorName, contactPoint: teller.contactPoint },
      controller: { id: controllerId, name: controller.name },
      statedAt: act.now.toISOString(),
      window: result.window,
      basis: {
        entries: result.entries,
        scopeVersion: version,
        scopeDigest: digest.toString('hex'),
      },
    },
  }
}

/** Keeps a statement as it was made. */
export async function keepAllClear(
  act: Act,
  statement: Pick<AllClear, 'body' | 'scopeId' | 'pdf'>,
): Promise<AllClear> {
  const { body, scopeId, pdf } = statement
  const { incidentId, controller } = body
  const kept = {
    allClearId: newId(),
    incidentId,
    controllerId: controller.id,
    scopeId,
    at: act.now,
    body,
    pdf,
  }
  await insertAllClear(act.sql, kept)
  await tellTimeline(act, incidentId, {
    kind: 'all-clear',
    sentence: `Controller ${controller.id} is told that it is not affected.`,
    facts: { allClearId: kept.allClearId, scopeVersion: body.basis.scopeVersion },
  })
  return kept
}

/**
 * Why a clock was missed (GDPR Art. 33(1): reasons for a delay are given). The clock itself stays.
 *
 * @throws {Refusal} `incidents.unknown-incident`.
 */
export async function explainDelay(
  act: Act,
  { incidentId, clockId, reason }: { incidentId: string; clockId: string; reason: string },
): Promise<void> {
  const clock = (await clocksOf(act.sql, incidentId)).find((one) => one.clockId === clockId)
  if (clock === undefined) throw unknownIncident()
  const eventId = newId()
  const { kind: actorKind, id: actorId } = act.actor
  await insertClockEvent(act.sql, {
    eventId,
    clockId,
    at: act.now,
    kind: 'late-reason',
    actorKind,
    actorId,
    sealed: sealPersonal(act, 'house', ['incidents.clock_event', 'reason', eventId], reason),
  })
  const sentence = `The reason for the delay of a ${clock.kind} clock is given.`
  await tellTimeline(act, incidentId, { kind: 'delay-explained', sentence, text: reason })
}

export const readPolicies = ({ sql }: Act) => policies(sql)

/** Whether the house cuts off suspects of findings of this severity by itself. */
export async function choosePolicy(
  act: Act,
  severity: 'certain' | 'high',
  autoContain: boolean,
): Promise<void> {
  await setPolicy(act.sql, severity, autoContain)
  act.tell({ severity, autoContain })
}

/** Keeps the figures an exercise left. */
export async function recordDrill(act: Act, drill: Omit<Drill, 'drillId' | 'at'>): Promise<Drill> {
  const kept = { ...drill, drillId: newId(), at: act.now }
  await insertDrill(act.sql, kept)
  act.tell({ drillId: kept.drillId, kind: drill.kind, equal: drill.equal })
  return kept
}
