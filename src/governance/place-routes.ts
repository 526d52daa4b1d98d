import { route, type Route } from '#kernel'
import { attestSite, enterEndpoint, enterSite, reportPosture } from './place-acts.ts'
import { endpoints, sites } from './place-store.ts'
import { pageOf } from './register.ts'
import { listItems } from './register-acts.ts'
import { assignTraining, completeTraining } from './staff-acts.ts'
import { trainings } from './staff-store.ts'
import {
  Completion,
  Done,
  Endpoints,
  IdParams,
  NewAttestation,
  NewEndpoint,
  NewPosture,
  NewSite,
  NewTraining,
  Paging,
  Ref,
  Sites,
  Trainings,
} from './wire.ts'

/** People, their devices and the places they work in. */
export const placeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/trainings',
    action: 'governance.training.list',
    summary: 'Awareness training, by person',
    effect: 'read',
    query: Paging,
    response: Trainings,
    handle: (act, { query }) => listItems(act, trainings, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/trainings',
    action: 'governance.training.assign',
    summary: 'Ask a person to take a course by a day',
    effect: 'write',
    body: NewTraining,
    response: Ref,
    handle: (act, { body }) => assignTraining(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/trainings/:id/completion',
    action: 'governance.training.complete',
    summary: 'Record that a course was taken, and when the refresher is due',
    effect: 'write',
    params: IdParams,
    body: Completion,
    response: Done,
    async handle(act, { params, body }) {
      await completeTraining(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/endpoints',
    action: 'governance.endpoint.list',
    summary: 'Devices that touch the data, with what they last reported',
    effect: 'read',
    query: Paging,
    response: Endpoints,
    handle: (act, { query }) => listItems(act, endpoints, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/endpoints',
    action: 'governance.endpoint.enter',
    summary: 'Enter a device by its inventory number',
    effect: 'write',
    body: NewEndpoint,
    response: Ref,
    handle: (act, { body }) => enterEndpoint(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/endpoints/:id/posture',
    action: 'governance.endpoint.report',
    summary: 'Report the protection of a device; what is left out counts as unknown',
    effect: 'write',
    params: IdParams,
    body: NewPosture,
    response: Done,
    async handle(act, { params, body }) {
      await reportPosture(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/sites',
    action: 'governance.site.list',
    summary: 'Sites, with the newest attestation of each',
    effect: 'read',
    query: Paging,
    response: Sites,
    handle: (act, { query }) => listItems(act, sites, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/sites',
    action: 'governance.site.enter',
    summary: 'Enter a site where data is processed',
    effect: 'write',
    body: NewSite,
    response: Ref,
    handle: (act, { body }) => enterSite(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/sites/:id/attestations',
    action: 'governance.site.attest',
    summary: 'Sign as a person how a site is guarded; expires within a year',
    effect: 'write',
    params: IdParams,
    body: NewAttestation,
    response: Done,
    async handle(act, { params, body }) {
      await attestSite(act, params.id, body)
      return {}
    },
  }),
]
