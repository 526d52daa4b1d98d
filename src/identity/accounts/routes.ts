import { type Route, route } from '#kernel'
import { iso } from '../iso.ts'
import { lockTarget, unlockTarget } from '../locks/acts.ts'
import { shown } from '../shown.ts'
import * as wire from '../wire.ts'
import {
  createWorkload,
  disableActor,
  enableActor,
  issueCredential,
  revokeCredential,
} from './acts.ts'
import { listCredentials, listLocks, listPersons, listWorkloads } from './listing-acts.ts'

/** Accounts: persons, workloads, their credentials, and locks on them. */
export const adminRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/persons',
    action: 'identity.person.list',
    summary: 'Lists persons: who they are, what factors they have, when they were last here.',
    effect: 'read',
    query: wire.After,
    response: wire.Persons,
    async handle(act, { query }) {
      const list = await listPersons(act, query.after)
      return shown(list, ({ items, ...rest }) => ({
        ...rest,
        items: items.map((person) => ({
          personId: person.id,
          name: person.name,
          email: person.email,
          factors: [...person.factors],
          ...account(person),
        })),
      }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/persons/:personId/disable',
    action: 'identity.person.disable',
    summary: 'Disables a person and ends their sessions.',
    effect: 'write',
    params: wire.PersonParams,
    response: wire.EndedSessions,
    async handle(act, { params }) {
      const ref = { kind: 'person', id: params.personId } as const
      return { sessions: await disableActor(act, ref, 'by hand') }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/persons/:personId/enable',
    action: 'identity.person.enable',
    summary: 'Enables a disabled person.',
    effect: 'write',
    params: wire.PersonParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await enableActor(act, { kind: 'person', id: params.personId })
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/workloads',
    action: 'identity.workload.list',
    summary: 'Lists workloads.',
    effect: 'read',
    query: wire.After,
    response: wire.Workloads,
    async handle(act, { query }) {
      const { items, ...rest } = await listWorkloads(act, query.after)
      return {
        ...rest,
        items: items.map((workload) => ({
          workloadId: workload.id,
          name: workload.name,
          environment: workload.environment,
          networks: workload.networks && [...workload.networks],
          purposes: workload.purposes && [...workload.purposes],
          ...account(workload),
        })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/workloads',
    action: 'identity.workload.create',
    summary: 'Makes a workload, without rights.',
    effect: 'write',
    body: wire.NewWorkload,
    response: wire.WorkloadRef,
    handle: (act, { body }) => createWorkload(act, body),
  }),

  route({
    method: 'POST',
    url: '/v1/workloads/:workloadId/disable',
    action: 'identity.workload.disable',
    summary: 'Disables a workload: its credentials are refused.',
    effect: 'write',
    params: wire.WorkloadParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await disableActor(act, { kind: 'workload', id: params.workloadId }, 'by hand')
      return {}
    },
  }),

  route({
    method: 'POST',
    url: '/v1/workloads/:workloadId/enable',
    action: 'identity.workload.enable',
    summary: 'Enables a disabled workload.',
    effect: 'write',
    params: wire.WorkloadParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await enableActor(act, { kind: 'workload', id: params.workloadId })
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/workloads/:workloadId/credentials',
    action: 'identity.credential.list',
    summary: 'Lists the credentials of a workload.',
    effect: 'read',
    params: wire.WorkloadParams,
    response: wire.Credentials,
    async handle(act, { params }) {
      const rows = await listCredentials(act, params.workloadId)
      return {
        items: rows.map((row) => ({
          credentialId: row.id,
          label: row.label,
          createdAt: row.createdAt.toISOString(),
          expiresAt: row.expiresAt.toISOString(),
          revokedAt: iso(row.revokedAt),
          lastUsedAt: iso(row.lastUsedAt),
        })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/workloads/:workloadId/credentials',
    action: 'identity.credential.issue',
    summary: 'Issues a credential. Its token is in this answer and nowhere else.',
    effect: 'write',
    params: wire.WorkloadParams,
    body: wire.NewCredential,
    response: wire.IssuedCredential,
    handle: (act, { params, body: { label, expiresAt } }) =>
      issueCredential(act, params.workloadId, { label, expiresAt: new Date(expiresAt) }),
  }),

  route({
    method: 'DELETE',
    url: '/v1/credentials/:credentialId',
    action: 'identity.credential.revoke',
    summary: 'Revokes a credential: its next request is refused.',
    effect: 'write',
    params: wire.CredentialParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await revokeCredential(act, params.credentialId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/locks',
    action: 'identity.lock.list',
    summary: 'Lists locks that stand, with what they cut.',
    effect: 'read',
    response: wire.Locks,
    async handle(act) {
      const list = await listLocks(act)
      return shown(list, ({ items }) => ({
        items: items.map(
          ({ kind, target, reason, lockedBy, lockedAt, sessions, credentials, requests }) => ({
            kind,
            id: target,
            reason,
            lockedBy,
            lockedAt: lockedAt.toISOString(),
            sessions: [...sessions],
            credentials: [...credentials],
            requests: [...requests],
          }),
        ),
      }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/locks',
    action: 'identity.lock.set',
    summary:
      'Stops a person, workload, session, role, network or controller at once, and lets nothing new in.',
    effect: 'write',
    body: wire.NewLock,
    response: wire.CutOff,
    async handle(act, { body: { kind, id, reason } }) {
      const { sessions, credentials } = await lockTarget(act, { kind, id }, reason)
      return { sessions: [...sessions], credentials: [...credentials] }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/locks/:kind/:id',
    action: 'identity.lock.lift',
    summary: "Lifts somebody else's lock.",
    effect: 'write',
    params: wire.LockParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await unlockTarget(act, params)
      return {}
    },
  }),
]

interface Account {
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly disabledAt: Date | null
  readonly disabledBecause: string | null
  readonly locked: boolean
}

const account = ({ createdAt, lastUsedAt, disabledAt, disabledBecause, locked }: Account) => ({
  createdAt: createdAt.toISOString(),
  lastUsedAt: iso(lastUsedAt),
  disabledAt: iso(disabledAt),
  disabledBecause,
  locked,
})
