import { type Route, route } from '#kernel'
import { toIncident } from './incident-routes.ts'
import { fileReport, takeAlert } from './open-acts.ts'
import { alertMalformed } from './refusals.ts'
import * as wire from './wire.ts'

export const intakeRoutes: readonly Route[] = [
  route({
    method: 'POST',
    url: '/v1/incidents',
    action: 'incidents.incident.open',
    summary: 'Opens an incident from what a person reports.',
    body: wire.OpenIncident,
    response: wire.IncidentDto,
    effect: 'write',
    handle: async (act, { body }) => toIncident((await fileReport(act, body)).incident),
  }),
  route({
    method: 'POST',
    url: '/public/reports',
    action: 'incidents.report.file',
    summary: 'Anybody may report an incident. The answer is a receipt.',
    assurance: 0,
    body: wire.PublicReport,
    response: wire.ReportReceipt,
    effect: 'write',
    bodyLimit: 65_536,
    async handle(act, { body }) {
      const { receipt } = await fileReport(act, body)
      return { receipt, receivedAt: act.now.toISOString() }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/alerts',
    action: 'incidents.alert.take',
    summary: "Takes an alert of another tool, in the shape of PagerDuty's Events API v2.",
    body: wire.AlertEvent,
    response: wire.AlertAnswer,
    effect: 'write',
    async handle(act, { body }) {
      const { event_action: action, dedup_key, payload } = body
      if (action === 'trigger' && payload === undefined) throw alertMalformed()
      // The key belongs to the other tool's account with us, and is not ours to keep.
      const { routing_key: _, ...kept } = body
      const key = await takeAlert(act, {
        action,
        ...(dedup_key === undefined ? {} : { dedupKey: dedup_key }),
        ...(payload === undefined
          ? {}
          : { severity: payload.severity, text: JSON.stringify(kept) }),
      })
      return { status: 'success' as const, message: 'Event processed', dedup_key: key }
    },
  }),
]
