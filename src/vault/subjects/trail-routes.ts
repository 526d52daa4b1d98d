import { route } from '#kernel'
import { EntryList, toPage } from '#trail'
import * as wire from '../wire.ts'
import { subjectTrail } from './trail-acts.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })

/** Who looked at somebody's data, when and why: the data subject's own question (GDPR Art. 15). */
export const trailRoutes = [
  route({
    method: 'GET',
    url: '/v1/controllers/:controllerId/subjects/:subjectId/entries',
    action: 'vault.subject.trail',
    summary: 'Everything ever done with one subject’s data, newest first',
    effect: 'read',
    params: wire.SubjectParams,
    query: wire.SubjectTrailQuery,
    response: EntryList,
    scope: ofController,
    async handle(act, { params: { subjectId }, query: { after, limit } }) {
      return toPage(await subjectTrail(act, { subjectId }, after, limit))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/controllers/:controllerId/subjects/entries',
    action: 'vault.subject.trail',
    summary:
      'Everything ever done with one subject’s data, by its key, which no address line should hold',
    effect: 'read',
    purpose: 'required',
    params: wire.ControllerParams,
    body: wire.SubjectTrailAsked,
    response: EntryList,
    scope: ofController,
    async handle(act, { body: { subjectKey, after, limit } }) {
      return toPage(await subjectTrail(act, { subjectKey }, after, limit))
    },
  }),
]
