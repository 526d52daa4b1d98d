import { type Route, route } from '#kernel'
import { EntryList, toPage } from '#trail'
import { incidentTrail } from './trail-acts.ts'
import * as wire from './wire.ts'

export const trailRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/incidents/:incidentId/entries',
    action: 'incidents.incident.trail',
    summary: 'The entries of an incident’s suspects in its window, newest first.',
    params: wire.IncidentParams,
    query: wire.IncidentTrailQuery,
    response: EntryList,
    effect: 'read',
    async handle(act, { params: { incidentId }, query: { certain = false, after, limit } }) {
      return toPage(await incidentTrail(act, incidentId, { certain }, after, limit))
    },
  }),
]
