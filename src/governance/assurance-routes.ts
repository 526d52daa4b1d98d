import { route, type Route } from '#kernel'
import { enterPenetrationTest, enterRelease } from './assurance-acts.ts'
import { penetrationTests, releases } from './assurance-store.ts'
import { decideChange, proposeChange, stepChange } from './change-acts.ts'
import { changes } from './change-store.ts'
import { pageOf } from './register.ts'
import { listItems } from './register-acts.ts'
import {
  closeVulnerability,
  enterVulnerability,
  fixVulnerability,
  retestVulnerability,
} from './vulnerability-acts.ts'
import { vulnerabilities } from './vulnerability-store.ts'
import {
  Changes,
  Done,
  Fix,
  IdParams,
  NewChange,
  NewPenetrationTest,
  NewRelease,
  NewRetest,
  NewStep,
  NewVulnerability,
  Paging,
  PenetrationTests,
  Ref,
  Releases,
  Verdict,
  Vulnerabilities,
  VulnerabilityRef,
} from './wire.ts'

/** A SARIF document and a bill of materials in one body. */
const evidenceLimit = 16 * 1024 * 1024

export const assuranceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/vulnerabilities',
    action: 'governance.vulnerability.list',
    summary: 'Vulnerabilities with their deadlines',
    effect: 'read',
    query: Paging,
    response: Vulnerabilities,
    handle: (act, { query }) => listItems(act, vulnerabilities, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/vulnerabilities',
    action: 'governance.vulnerability.enter',
    summary: 'Enter a vulnerability; its severity sets the deadline',
    effect: 'write',
    body: NewVulnerability,
    response: VulnerabilityRef,
    handle: (act, { body }) => enterVulnerability(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/vulnerabilities/:id/fix',
    action: 'governance.vulnerability.fix',
    summary: 'Record when a vulnerability was fixed',
    effect: 'write',
    params: IdParams,
    body: Fix,
    response: Done,
    async handle(act, { params, body }) {
      await fixVulnerability(act, params.id, body.fixedOn)
      return {}
    },
  }),
  route({
    method: 'POST',
    url: '/v1/vulnerabilities/:id/retests',
    action: 'governance.vulnerability.retest',
    summary: 'Record a retest of the fix',
    effect: 'write',
    params: IdParams,
    body: NewRetest,
    response: Done,
    async handle(act, { params, body }) {
      await retestVulnerability(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'POST',
    url: '/v1/vulnerabilities/:id/closure',
    action: 'governance.vulnerability.close',
    summary: 'Close a vulnerability whose fix has passed its retest',
    effect: 'write',
    params: IdParams,
    response: Done,
    async handle(act, { params }) {
      await closeVulnerability(act, params.id)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/penetration-tests',
    action: 'governance.penetration-test.list',
    summary: 'Penetration tests',
    effect: 'read',
    query: Paging,
    response: PenetrationTests,
    handle: (act, { query }) => listItems(act, penetrationTests, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/penetration-tests',
    action: 'governance.penetration-test.enter',
    summary: 'Enter a penetration test and its report',
    effect: 'write',
    body: NewPenetrationTest,
    response: Ref,
    handle: (act, { body }) => enterPenetrationTest(act, body),
  }),
  route({
    method: 'GET',
    url: '/v1/changes',
    action: 'governance.change.list',
    summary: 'Changes and the steps each has taken',
    effect: 'read',
    query: Paging,
    response: Changes,
    handle: (act, { query }) => listItems(act, changes, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/changes',
    action: 'governance.change.propose',
    summary: 'Propose a change with its plan and the way back',
    effect: 'write',
    body: NewChange,
    response: Ref,
    handle: (act, { body }) => proposeChange(act, body),
  }),
  route({
    method: 'POST',
    url: '/v1/changes/:id/approval',
    action: 'governance.change.decide',
    summary: 'Approve or reject a change somebody else proposed',
    effect: 'write',
    params: IdParams,
    body: Verdict,
    response: Done,
    async handle(act, { params, body }) {
      await decideChange(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'POST',
    url: '/v1/changes/:id/steps',
    action: 'governance.change.step',
    summary: 'Take the next step: staged, tested, live, rolled back',
    effect: 'write',
    params: IdParams,
    body: NewStep,
    response: Done,
    async handle(act, { params, body }) {
      await stepChange(act, params.id, body)
      return {}
    },
  }),
  route({
    method: 'GET',
    url: '/v1/releases',
    action: 'governance.release.list',
    summary: 'Releases and their evidence',
    effect: 'read',
    query: Paging,
    response: Releases,
    handle: (act, { query }) => listItems(act, releases, pageOf(query)),
  }),
  route({
    method: 'POST',
    url: '/v1/releases',
    action: 'governance.release.enter',
    summary: 'Hand in review, scan (SARIF) and bill of materials (CycloneDX) of a release',
    effect: 'write',
    bodyLimit: evidenceLimit,
    body: NewRelease,
    response: Ref,
    handle: (act, { body }) => enterRelease(act, body),
  }),
]
