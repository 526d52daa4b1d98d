import { newId } from '#ground'
import type { Act } from '#kernel'
import { digestOf } from './canonical.ts'
import { hideIncident, incidentOfReceipt, openIncidentOfAlert } from './incident-store.ts'
import { approvable } from './notice-acts.ts'
import type { NoticeBody } from './notice.ts'
import { insertDraft } from './notice-store.ts'
import { alertKey, fileReport, takeAlert } from './open-acts.ts'
import { insertScope } from './response-store.ts'
import { countScope } from './scope.ts'

/** Opens an incident as a person's report does. @returns its id. */
export async function openByReport(act: Act): Promise<string> {
  const text = 'A check tries this door.'
  return (await fileReport(act, { text, synthetic: true })).incident.incidentId
}

/** Opens an incident as another tool's alert does. @returns the alert's key. */
export const openByAlert = (act: Act): Promise<string> =>
  takeAlert(act, { action: 'trigger', severity: 'info', text: 'A check tries this door.' })

/** Ends the alert's incident, which must be there. @returns whether it was. */
export async function endAlert(act: Act, dedupKey: string): Promise<boolean> {
  const incident = await openIncidentOfAlert(act.sql, alertKey(act, dedupKey))
  if (incident === undefined) return false
  await hideIncident(act.sql, incident.incidentId, act.now)
  return true
}

/** Ends an incident a check has opened. */
export const endProbe = (act: Act, incidentId: string): Promise<void> =>
  hideIncident(act.sql, incidentId, act.now)

/** Ends the incident of a receipt, which must be there. @returns whether it was. */
export async function endReceipt(act: Act, receipt: string): Promise<boolean> {
  const incidentId = await incidentOfReceipt(act.sql, receipt)
  if (incidentId === undefined) return false
  await hideIncident(act.sql, incidentId, act.now)
  return true
}

/**
 * Drafts a notice that lacks its consequences and asks for its approval. It must be refused; then
 * the whole act rolls back.
 *
 * @throws {Refusal} `incidents.notice-incomplete`, or whatever else the approval says.
 */
export async function approveIncomplete(act: Act): Promise<void> {
  // A controller nobody has: a notice's row needs none, and a ring would outlast the rollback.
  const controllerId = newId()
  const incidentId = await openByReport(act)
  const result = countScope([], { from: act.now, to: act.now }, [])
  const scopeId = newId()
  await insertScope(act.sql, {
    scopeId,
    incidentId,
    version: 1,
    at: act.now,
    headPosition: 0,
    result,
    diff: [],
    digest: digestOf(result),
    seconds: 0,
  })
  const noticeId = newId()
  const body = incompleteBody(incidentId, controllerId, act.now)
  const draft = { noticeId, incidentId, controllerId, scopeId, version: 1, worded: false }
  await insertDraft(act.sql, { ...draft, phase: 'initial', body, createdAt: act.now })
  await approvable(act, noticeId, { asPhase: false })
}

function incompleteBody(incidentId: string, controllerId: string, now: Date): NoticeBody {
  const one = { certain: 1, possible: 1 }
  const at = now.toISOString()
  return {
    format: 'holdfast-notice/1',
    reference: 'INC-0/1',
    incidentId,
    version: 1,
    phase: 'initial',
    supersedes: null,
    synthetic: true,
    processor: { name: 'Processor', contactPoint: 'Contact' },
    controller: { id: controllerId, name: 'Holdfast canary of a notice' },
    nature: 'A check tries this door.',
    subjects: { ...one, kinds: ['canaries'] },
    records: {
      ...one,
      categories: [{ name: 'canary', special: false, subjects: one, records: one }],
    },
    consequences: '',
    measures: { taken: ['None needed.'], proposed: [] },
    access: { read: 1, exported: 0, written: 0, erased: 0 },
    times: { firstAccess: at, lastAccess: at, detected: at, contained: at, counted: at },
    basis: { entries: 1, scopeVersion: 1, scopeDigest: '', verified: true, gap: null },
  }
}
