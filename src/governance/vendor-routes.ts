import { route, type Route } from '#kernel'
import { enterContract, listContracts } from './contract-acts.ts'
import { pageOf } from './register.ts'
import {
  activateVendor,
  announceVendor,
  assessVendor,
  listObjections,
  listVendors,
  objectToVendor,
  proposeVendor,
  resolveObjection,
} from './vendor-acts.ts'
import {
  Announced,
  Announcement,
  Assessment,
  Contracts,
  ControllerParams,
  Done,
  IdParams,
  NewContract,
  NewObjection,
  NewVendor,
  ObjectionParams,
  Objections,
  Paging,
  Ref,
  Resolution,
  Vendors,
} from './wire.ts'

export const vendorRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/vendors',
    action: 'governance.vendor.list',
    summary: 'Vendors and sub-processors, with what each still lacks',
    effect: 'read',
    query: Paging,
    response: Vendors,
    handle: (act, { query }) => listVendors(act, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/vendors',
    action: 'governance.vendor.propose',
    summary: 'Propose a vendor',
    effect: 'write',
    body: NewVendor,
    response: Ref,
    handle: (act, { body }) => proposeVendor(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/vendors/:id/assessment',
    action: 'governance.vendor.assess',
    summary: 'Record the result of an assessment',
    effect: 'write',
    params: IdParams,
    body: Assessment,
    response: Done,
    async handle(act, { params, body }) {
      await assessVendor(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'POST',
    url: '/v1/vendors/:id/notice',
    action: 'governance.vendor.announce',
    summary: 'Open the window in which controllers may object',
    effect: 'write',
    params: IdParams,
    body: Announcement,
    response: Announced,
    handle: (act, { params, body }) => announceVendor(act, params.id, body.objectionDays),
  }),
  route({
    method: 'POST',
    url: '/v1/vendors/:id/activation',
    action: 'governance.vendor.activate',
    summary: 'Let a vendor go to work; refused while anything is missing',
    effect: 'write',
    params: IdParams,
    response: Done,
    async handle(act, { params }) {
      await activateVendor(act, params.id)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/vendors/:id/objections',
    action: 'governance.objection.list',
    summary: 'Objections of controllers to a vendor',
    effect: 'read',
    params: IdParams,
    response: Objections,
    async handle(act, { params }) {
      return { items: await listObjections(act, params.id) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/controllers/:controllerId/objections',
    action: 'governance.objection.raise',
    summary: 'Object to a vendor on behalf of a controller',
    effect: 'write',
    params: ControllerParams,
    body: NewObjection,
    response: Ref,
    scope: ({ controllerId }) => ({ controllerId }),
    handle: (act, { body }) => objectToVendor(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/vendors/:id/objections/:objectionId/resolution',
    action: 'governance.objection.resolve',
    summary: 'Record how an objection was settled',
    effect: 'write',
    params: ObjectionParams,
    body: Resolution,
    response: Done,
    async handle(act, { params: { id, objectionId }, body }) {
      await resolveObjection(act, id, objectionId, body.resolution)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/contracts',
    action: 'governance.contract.list',
    summary: 'Data-protection contracts with vendors and controllers',
    effect: 'read',
    query: Paging,
    response: Contracts,
    handle: (act, { query }) => listContracts(act, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/contracts',
    action: 'governance.contract.enter',
    summary: 'Enter the facts of a signed contract',
    effect: 'write',
    body: NewContract,
    response: Ref,
    handle: (act, { body }) => enterContract(act, body),
  }),
]
