import { type Act, type Route, route } from '#kernel'
import { withNames } from '../accounts/acts.ts'
import { dormantDays, listDormant, warnDays } from '../accounts/dormancy-acts.ts'
import { listActions } from '../accounts/listing-acts.ts'
import { iso } from '../iso.ts'
import { policySubject } from '../refusals.ts'
import { Dormant } from '../reviews/wire.ts'
import { shown } from '../shown.ts'
import { NewGrant, NewRole, Nothing } from '../wire.ts'
import { tryGrant, tryRole } from './grant-acts.ts'
import {
  addConflict,
  addPolicyTest,
  listConflicts,
  listPolicyTests,
  removeConflict,
  removePolicyTest,
} from './policy-acts.ts'
import { privilegeReport, removeUnused } from './privilege-acts.ts'
import type { Preview } from './sound-acts.ts'
import * as wire from './wire.ts'

const unusedDays = 90

/** What rights may become: previews, policy tests, conflicting roles, and rights against their use. */
export const policyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/actions',
    action: 'identity.action.list',
    summary: 'Lists every action that can be granted.',
    effect: 'read',
    response: wire.Actions,
    async handle() {
      return { items: listActions() }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/roles/preview',
    action: 'identity.role.preview',
    summary: 'Says who would gain and lose what by a role, before it is saved.',
    effect: 'read',
    body: NewRole,
    response: wire.Preview,
    handle: async (act, { body }) => shownPreview(act, await tryRole(act, body)),
  }),

  route({
    method: 'POST',
    url: '/v1/grants/preview',
    action: 'identity.grant.preview',
    summary: 'Says what somebody would gain by a grant, before it is given.',
    effect: 'read',
    body: NewGrant,
    response: wire.Preview,
    handle: async (act, { body: { expiresAt, ...rest } }) =>
      shownPreview(
        act,
        await tryGrant(act, {
          ...rest,
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        }),
      ),
  }),

  route({
    method: 'GET',
    url: '/v1/policy-tests',
    action: 'identity.policy.list',
    summary: 'Lists policy tests, and whether each holds now.',
    effect: 'read',
    response: wire.PolicyTests,
    async handle(act) {
      const tests = await listPolicyTests(act)
      return {
        items: tests.map(({ id, createdAt, ...test }) => ({
          ...test,
          policyTestId: id,
          createdAt: createdAt.toISOString(),
        })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/policy-tests',
    action: 'identity.policy.add',
    summary: 'Adds a sentence about rights that every later change must leave true.',
    effect: 'write',
    body: wire.NewPolicyTest,
    response: wire.PolicyTestMade,
    async handle(act, { body }) {
      const names = body.subjectKind === 'actor' || body.subjectKind === 'role'
      if (names !== (body.subject !== null) || (body.may && !names)) throw policySubject()
      return addPolicyTest(act, body)
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/policy-tests/:policyTestId',
    action: 'identity.policy.remove',
    summary: 'Takes a policy test away.',
    effect: 'write',
    params: wire.PolicyTestParams,
    response: Nothing,
    async handle(act, { params }) {
      await removePolicyTest(act, params.policyTestId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/role-conflicts',
    action: 'identity.conflict.list',
    summary: 'Lists pairs of roles that nobody may hold at once.',
    effect: 'read',
    response: wire.Conflicts,
    async handle(act) {
      const rows = await listConflicts(act)
      return {
        items: rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: iso(createdAt)! })),
      }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/role-conflicts',
    action: 'identity.conflict.add',
    summary: 'Says of two roles that nobody may hold both.',
    effect: 'write',
    body: wire.NewConflict,
    response: Nothing,
    async handle(act, { body }) {
      await addConflict(act, body)
      return {}
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/role-conflicts/:roleA/:roleB',
    action: 'identity.conflict.remove',
    summary: 'Lets one person hold these two roles again.',
    effect: 'write',
    params: wire.ConflictParams,
    response: Nothing,
    async handle(act, { params }) {
      await removeConflict(act, [params.roleA, params.roleB])
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/access/privilege',
    action: 'identity.privilege.read',
    summary: 'Holds rights against their use: unused grants, over-broad roles, standing privilege.',
    effect: 'read',
    query: wire.PrivilegeQuery,
    response: wire.PrivilegeReport,
    handle: (act, { query }) => privilegeReport(act, query.unusedDays ?? unusedDays),
  }),

  route({
    method: 'GET',
    url: '/v1/access/dormant',
    action: 'identity.dormant.list',
    summary: 'Lists accounts nobody uses, and when they are disabled.',
    effect: 'read',
    query: wire.DormantQuery,
    response: Dormant,
    async handle(act, { query }) {
      const list = await listDormant(act, query.days ?? dormantDays - warnDays)
      return shown(list, (rows) => ({
        items: rows.map(
          ({ id, kind, name, createdAt, lastUsedAt, warnedAt, disabledFrom, exempt }) => ({
            actorId: id,
            actorKind: kind,
            actorName: name,
            createdAt: createdAt.toISOString(),
            lastUsedAt: iso(lastUsedAt),
            warnedAt: iso(warnedAt),
            disabledFrom: iso(disabledFrom),
            exempt,
          }),
        ),
      }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/access/privilege/remove',
    action: 'identity.privilege.remove',
    summary: 'Takes back grants that nobody used for so long.',
    effect: 'write',
    body: wire.Unused,
    response: wire.Removed,
    handle: (act, { body }) => removeUnused(act, body),
  }),
]

function shownPreview(act: Act, { differences, broken, conflicts }: Preview) {
  const people = differences.filter(({ kind }) => kind === 'person').map(({ actorId }) => actorId)
  return withNames(act, people, (nameOf) => ({
    differences: differences.map(({ actorId, kind, gains, losses }) => {
      const actorName = nameOf(actorId)
      return {
        actorId,
        actorKind: kind,
        ...(actorName === undefined ? {} : { actorName }),
        gains: [...gains],
        losses: [...losses],
      }
    }),
    broken: broken.map(({ id, sentence }) => ({ policyTestId: id, sentence })),
    conflicts: conflicts.map(({ roleA, roleB, why }) => ({ roleA, roleB, why })),
  }))
}
