import { createHash } from 'node:crypto'
import { minuteMs, newId } from '#ground'
import type { Act } from '#kernel'
import { findingsCalling, moveFinding, noticedSoFar, type TracedFinding } from '#watch'
import { type Culprit, type Incident, type IncidentSeverity, type Origin } from './incident.ts'
import {
  incidentOfFinding,
  insertIncident,
  lockIncident,
  openIncidentAbout,
  openIncidentOfAlert,
  setNoticed,
  tieFinding,
  updateIncident,
  upsertSuspect,
} from './incident-store.ts'
import { insertReport, newestScope } from './response-store.ts'
import { incidentClosed, unknownAlert, unknownIncident } from './refusals.ts'
import { tellTimeline } from './timeline-acts.ts'

/** Takes up what the watch has found since the last time: one incident for each suspect. */
export async function openFromFindings(act: Act): Promise<void> {
  // Read first: what is noticed while this act runs is dealt with by the next.
  const noticed = await noticedSoFar(act.sql)
  for (const finding of await findingsCalling(act)) await takeUp(act, finding)
  await setNoticed(act.sql, noticed)
}

async function takeUp(act: Act, finding: TracedFinding): Promise<void> {
  const { findingId, sentence, severity } = finding
  const { sql } = act
  const tied = await incidentOfFinding(sql, findingId)
  const incident =
    tied === undefined
      ? ((await openIncidentAbout(sql, finding)) ?? (await openFor(act, finding)))
      : await demandOpen(act, tied)
  const { incidentId } = incident
  if ((await tieFinding(sql, findingId, incidentId)) > 0) {
    await moveFinding(act, findingId, 'incident')
    const facts = { findingId, rule: finding.rule, severity, ...finding.facts }
    await tellTimeline(act, incidentId, { kind: 'finding', sentence, facts })
    // Looked at anew at once: what was only likely waits for a person to cut, what is certain does not.
    const isRaised = severity === 'certain' && incident.severity !== 'certain'
    await updateIncident(sql, incidentId, { due: true, ...(isRaised ? { severity } : {}) })
  }
  let [fresh, widened] = [false, false]
  for (const { credentialId, sessionId, sourceKey, firstAt, lastAt } of finding.traces) {
    const { actorKind, actorId } = finding
    const session = { actorKind, actorId, credentialId, sessionId, sourceKey, firstAt, lastAt }
    const change = await upsertSuspect(sql, incidentId, { ...session, certain: true })
    fresh ||= change?.fresh === true
    widened ||= change !== undefined
  }
  if (fresh || (widened && (await needsAnotherLook(act, incident, finding))))
    await updateIncident(sql, incidentId, { due: true })
}

/**
 * More of the same from a known suspect: after a cut it means that the cut must be made again;
 * without one, a count once a minute is enough, and one more comes when it is quiet again.
 */
async function needsAnotherLook(
  { sql, now }: Act,
  { incidentId, containedAt }: Incident,
  { lastAt }: TracedFinding,
): Promise<boolean> {
  if (containedAt !== null) return lastAt > containedAt
  const counted = await newestScope(sql, incidentId)
  return counted === undefined || now.getTime() - counted.at.getTime() > minuteMs
}

const titles: Readonly<Record<string, string>> = {
  canary: 'Canary subjects touched',
  volume: 'Far more data read than usual',
}

const openFor = (act: Act, { rule, severity, actorKind, actorId }: TracedFinding) =>
  openIncident(act, {
    title: `${titles[rule] ?? 'Suspicious access'} by ${actorKind} ${actorId}`,
    severity,
    origin: 'finding',
    due: true,
  })

interface Opening {
  readonly title: string
  readonly severity: IncidentSeverity
  readonly origin: Origin
  readonly synthetic?: boolean
  readonly due?: boolean
  readonly dedupKey?: string
}

async function openIncident(act: Act, opening: Opening): Promise<Incident> {
  const incident = await insertIncident(act.sql, {
    incidentId: newId(),
    openedAt: act.now,
    title: opening.title,
    severity: opening.severity,
    origin: opening.origin,
    synthetic: opening.synthetic ?? false,
    due: opening.due ?? false,
    dedupKey: opening.dedupKey ?? null,
  })
  const { incidentId, number, title, origin } = incident
  act.tell({ incidentId, number, origin })
  await tellTimeline(act, incidentId, { kind: 'opened', sentence: `Opened: ${title}.` })
  return incident
}

/** What a person, a customer or anybody reports. */
export interface ReportInput {
  readonly text: string
  /** How to reach the reporter, if they want to be reached. */
  readonly contact?: string
  readonly suspect?: Culprit
  readonly severity?: IncidentSeverity
  readonly synthetic?: boolean
}

/**
 * Opens an incident from what somebody reports. The text is sealed.
 *
 * @returns the incident and the receipt the reporter keeps.
 */
export async function fileReport(
  act: Act,
  report: ReportInput,
): Promise<{ readonly incident: Incident; readonly receipt: string }> {
  const known = act.actor.kind !== 'anonymous'
  const incident = await openIncident(act, {
    title: known ? `Reported by a ${act.actor.kind}` : 'Reported by somebody outside',
    severity: report.severity ?? 'medium',
    origin: known ? 'person' : 'public',
    synthetic: report.synthetic ?? false,
  })
  const { incidentId } = incident
  const text =
    report.contact === undefined ? report.text : `${report.text}\n\nContact: ${report.contact}`
  await tellTimeline(act, incidentId, { kind: 'report', sentence: 'What was reported.', text })
  if (report.suspect !== undefined) await nameSuspect(act, { incidentId, ...report.suspect })
  const receipt = receiptOf(incidentId)
  await insertReport(act.sql, { receipt, incidentId, at: act.now })
  return { incident, receipt }
}

/** Twelve digits that tell a report apart and give nothing of it away. */
function receiptOf(incidentId: string): string {
  const number = createHash('sha256').update(`receipt ${incidentId}`).digest().readUIntBE(0, 6)
  const digits = String(number % 1e12).padStart(12, '0')
  return `R-${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`
}

/** An alert of another tool, as the Events API v2 of PagerDuty words it. */
export interface Alert {
  readonly action: 'trigger' | 'acknowledge' | 'resolve'
  readonly dedupKey?: string
  readonly severity?: 'critical' | 'error' | 'warning' | 'info'
  readonly text?: string
}

const alertSeverities = { critical: 'high', error: 'high', warning: 'medium', info: 'low' } as const

/**
 * Takes an alert: `trigger` opens an incident, or adds to the one its key has opened; the others add
 * a line to that. Another tool never closes an incident of ours.
 *
 * @returns the key under which the alert is known from now on.
 * @throws {Refusal} `incidents.unknown-alert`.
 */
export async function takeAlert(act: Act, alert: Alert): Promise<string> {
  const { action, text, severity = 'error' } = alert
  const dedupKey = alert.dedupKey ?? newId()
  const key = alertKey(act, dedupKey)
  const standing = await openIncidentOfAlert(act.sql, key)
  if (standing === undefined && action !== 'trigger') throw unknownAlert()
  const { incidentId } =
    standing ??
    (await openIncident(act, {
      title: `Alert from ${act.actor.kind} ${act.actor.id}`,
      severity: alertSeverities[severity],
      origin: 'alert',
      dedupKey: key,
    }))
  await tellTimeline(act, incidentId, {
    kind: `alert-${action}`,
    sentence: `The sender says: ${action}.`,
    facts: { severity },
    ...(text === undefined ? {} : { text }),
  })
  return dedupKey
}

/** Keys of different senders must not meet. */
export const alertKey = ({ actor }: Act, dedupKey: string): string => `${actor.id} ${dedupKey}`

/** A person names whom an incident is about, and whether everything they did is certainly hostile. */
export async function nameSuspect(
  act: Act,
  suspect: Culprit & {
    readonly incidentId: string
    readonly credentialId?: string
    readonly certain?: boolean
  },
): Promise<void> {
  const { incidentId, kind, id, credentialId = null, certain = false } = suspect
  await demandOpen(act, incidentId)
  const whole = { sessionId: null, sourceKey: null, firstAt: null, lastAt: null }
  await upsertSuspect(act.sql, incidentId, {
    ...whole,
    actorKind: kind,
    actorId: id,
    credentialId,
    certain,
  })
  const how = certain ? 'certainly' : 'possibly'
  await tellTimeline(act, incidentId, {
    kind: 'suspect',
    sentence: `${kind} ${id} is named: what it did is ${how} hostile.`,
    facts: { suspectKind: kind, suspectId: id, credentialId, certain },
  })
}

/** @throws {Refusal} `incidents.unknown-incident`, `incidents.incident-closed`. */
export async function demandOpen(act: Act, incidentId: string): Promise<Incident> {
  const incident = await lockIncident(act.sql, incidentId)
  if (incident === undefined) throw unknownIncident()
  if (incident.state === 'closed') throw incidentClosed()
  return incident
}
