import { type Route, route } from '#kernel'
import { listAccess, listGrants, listRoles, listWhoMay } from '../accounts/listing-acts.ts'
import { iso } from '../iso.ts'
import { shown } from '../shown.ts'
import * as wire from '../wire.ts'
import { changeRole, createRole, grantRole, revokeGrant } from './grant-acts.ts'
import type { GrantRow } from './grant-store.ts'
import type { AccessRole } from './role.ts'

/** Rights: roles, grants, and who may what. */
export const accessRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/roles',
    action: 'identity.role.list',
    summary: 'Lists roles.',
    effect: 'read',
    response: wire.Roles,
    async handle(act) {
      return { items: (await listRoles(act)).map(roleShown) }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/roles',
    action: 'identity.role.create',
    summary: 'Makes a role.',
    effect: 'write',
    body: wire.NewRole,
    response: wire.Role,
    async handle(act, { body }) {
      return roleShown(await createRole(act, body))
    },
  }),

  route({
    method: 'PUT',
    url: '/v1/roles/:name',
    action: 'identity.role.change',
    summary: 'Changes what a role allows, for all who hold it.',
    effect: 'write',
    params: wire.RoleParams,
    body: wire.ChangedRole,
    response: wire.Role,
    async handle(act, { params, body }) {
      return roleShown(await changeRole(act, { ...body, name: params.name }))
    },
  }),

  route({
    method: 'GET',
    url: '/v1/grants',
    action: 'identity.grant.list',
    summary: 'Lists grants in force, or those nobody used for so many days.',
    effect: 'read',
    query: wire.GrantQuery,
    response: wire.Grants,
    async handle(act, { query }) {
      const list = await listGrants(act, query)
      return shown(list, ({ items, ...rest }) => ({ ...rest, items: items.map(grantShown) }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/grants',
    action: 'identity.grant.create',
    summary: 'Puts a role into the hands of a person or workload.',
    effect: 'write',
    body: wire.NewGrant,
    response: wire.GrantRef,
    handle: (act, { body: { expiresAt, ...rest } }) =>
      grantRole(act, { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
  }),

  route({
    method: 'DELETE',
    url: '/v1/grants/:grantId',
    action: 'identity.grant.revoke',
    summary: 'Takes a grant back.',
    effect: 'write',
    params: wire.GrantParams,
    response: wire.Nothing,
    async handle(act, { params }) {
      await revokeGrant(act, params.grantId, 'by hand')
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/access/who',
    action: 'identity.access.who',
    summary: 'Says who could do an action, in the house or for a controller.',
    effect: 'read',
    query: wire.WhoQuery,
    response: wire.Grants,
    async handle(act, { query }) {
      const list = await listWhoMay(act, query)
      return shown(list, ({ items }) => ({ items: items.map(grantShown) }))
    },
  }),

  route({
    method: 'GET',
    url: '/v1/actors/:actorId/access',
    action: 'identity.access.read',
    summary: 'Says what a person or workload may do.',
    effect: 'read',
    params: wire.ActorParams,
    response: wire.Access,
    async handle(act, { params }) {
      const list = await listAccess(act, params.actorId)
      return shown(list, ({ items, actions }) => ({ items: items.map(grantShown), actions }))
    },
  }),
]

const roleShown = ({ actions, ...role }: AccessRole) => ({ ...role, actions: [...actions] })

function grantShown({ id, kind, ...grant }: GrantRow & { readonly actorName?: string }) {
  return {
    ...grant,
    grantId: id,
    actorKind: kind,
    actions: [...grant.actions],
    controllers: grant.controllers && [...grant.controllers],
    categories: grant.categories && [...grant.categories],
    purposes: grant.purposes && [...grant.purposes],
    createdAt: grant.createdAt.toISOString(),
    expiresAt: iso(grant.expiresAt),
    lastUsedAt: iso(grant.lastUsedAt),
  }
}
