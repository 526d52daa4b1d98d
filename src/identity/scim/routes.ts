import { type Call, type Dialect, flow, type Route, type Settings } from '#kernel'
import { scimNotImplemented, scimRefused, scimUnknown } from '../refusals.ts'
import { shown } from '../shown.ts'
import { scimDialect } from './dialect.ts'
import { changeGroup, createGroup, readGroup, removeGroup, replaceGroup } from './group-acts.ts'
import { groupShownAs, type ListQuery, listResources, shownAs } from './list-acts.ts'
import type { Resource } from './resource.ts'
import {
  groupKind,
  listMessage,
  type ResourceKind,
  resourceTypes,
  schemas,
  searchMessage,
  serviceProviderConfig,
  userKind,
} from './schema.ts'
import { changeUser, createUser, readUser, removeUser, replaceUser } from './user-acts.ts'
import { namesVersion } from './user.ts'
import { ScimBody, ScimParams, ScimQuery, ScimSearch, ScimShown } from './wire.ts'

const baseOf = ({ publicUrl }: Settings) => `${publicUrl}/scim/v2`
const dialect: Dialect = scimDialect
const wantedBy = (call: Call) => ({ ifMatch: call.header('if-match') })

/** The answer that shows one resource: with its version, or only that it is the one the caller has. */
function answered(
  call: Call,
  resource: Resource,
  { version, location }: { readonly version: string; readonly location: string },
  status: 200 | 201 = 200,
): Resource {
  const known = call.header('if-none-match')
  const isKnown = status === 200 && known !== undefined && namesVersion(known, version)
  const where = status === 201 ? { location } : {}
  call.answer(isKnown ? 304 : status, { etag: version, ...where })
  return resource
}

const listOf = (items: readonly Resource[]) => ({
  schemas: [listMessage],
  totalResults: items.length,
  startIndex: 1,
  itemsPerPage: items.length,
  Resources: [...items],
})

function demandSearch({
  schemas: said,
  ...query
}: { readonly schemas: readonly string[] } & ListQuery) {
  if (!said.includes(searchMessage))
    throw scimRefused('invalidSyntax', `"schemas" does not hold ${searchMessage}.`)
  return query
}

/** What the service is and keeps (RFC 7644 §4). It shows nothing of anybody. */
const described = (
  url: string,
  summary: string,
  of: (base: string) => readonly Resource[],
): Route =>
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: `/scim/v2/${url}`,
    action: 'identity.scim-service.list',
    summary,
    response: ScimBody,
    handle: (cross, _parts, { settings }) =>
      cross(async () => listOf(of(baseOf(settings))), 'read'),
  })

const describedOne = (
  url: string,
  summary: string,
  of: (base: string) => readonly (Resource & { readonly id: string })[],
): Route =>
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: `/scim/v2/${url}/:id`,
    action: 'identity.scim-service.read',
    summary,
    params: ScimParams,
    response: ScimBody,
    handle: (cross, { params }, { settings }) =>
      cross(async () => {
        const found = of(baseOf(settings)).find(({ id }) => id === params.id)
        if (found === undefined) throw scimUnknown('description')
        return found
      }, 'read'),
  })

const list = (kind: ResourceKind, thing: string): Route =>
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: `/scim/v2${kind.endpoint}`,
    action: `identity.scim-${thing}.list`,
    summary: `Lists the ${thing}s a directory sees (SCIM).`,
    query: ScimQuery,
    response: ScimBody,
    handle: (cross, { query }, { settings }) =>
      cross((act) => listResources(act, [kind], query, baseOf(settings)), 'read'),
  })

const search = (url: string, thing: string, kinds: readonly ResourceKind[]): Route =>
  flow({
    flow: true,
    dialect,
    method: 'POST',
    url: `/scim/v2${url}/.search`,
    action: `identity.scim-${thing}.list`,
    summary: `Lists the ${thing}s a directory sees, asked in the body (SCIM).`,
    body: ScimSearch,
    response: ScimBody,
    handle: (cross, { body }, { settings }) =>
      cross((act) => listResources(act, kinds, demandSearch(body), baseOf(settings)), 'read'),
  })

const remove = (
  kind: ResourceKind,
  thing: string,
  summary: string,
  deed: typeof removeUser,
): Route =>
  flow({
    flow: true,
    dialect,
    method: 'DELETE',
    url: `/scim/v2${kind.endpoint}/:id`,
    action: `identity.scim-${thing}.remove`,
    summary,
    params: ScimParams,
    response: ScimBody,
    async handle(cross, { params, call }) {
      await cross((act) => deed(act, params.id, wantedBy(call)))
      call.answer(204)
      return {}
    },
  })

/**
 * An address of the standard that leads to nothing here: it says so, which is not the same as that there is
 * no such resource.
 */
const notImplemented = (method: Route['method'], url: string, what: string): Route =>
  flow({
    flow: true,
    dialect,
    method,
    url: `/scim/v2/${url}`,
    action: 'identity.scim-service.read',
    summary: `Refused: ${what} is not implemented (SCIM).`,
    response: ScimBody,
    handle: (cross) =>
      cross(async () => {
        throw scimNotImplemented(what)
      }, 'read'),
  })

/** SCIM 2.0 (RFC 7643, RFC 7644): a provider's directory keeps its people and groups here. */
export const scimRoutes: readonly Route[] = [
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: '/scim/v2/ServiceProviderConfig',
    action: 'identity.scim-service.read',
    summary: 'Tells what this SCIM service can do.',
    response: ScimBody,
    handle: (cross, _parts, { settings }) =>
      cross(async () => serviceProviderConfig(baseOf(settings)), 'read'),
  }),
  described('ResourceTypes', 'Lists the kinds of resources of this SCIM service.', resourceTypes),
  describedOne('ResourceTypes', 'Shows one kind of resource of this SCIM service.', resourceTypes),
  described('Schemas', 'Lists what this SCIM service keeps of each kind.', schemas),
  describedOne('Schemas', 'Shows what this SCIM service keeps of one kind.', schemas),
  search('', 'resource', [userKind, groupKind]),
  // Whoever asks is a directory, and no user (RFC 7644 §3.11).
  ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
    notImplemented(method, 'Me', '/Me'),
  ),
  notImplemented('POST', 'Bulk', 'bulk'),

  list(userKind, 'user'),
  search('/Users', 'user', [userKind]),
  flow({
    flow: true,
    dialect,
    method: 'POST',
    url: '/scim/v2/Users',
    action: 'identity.scim-user.create',
    summary: 'Brings a person, without password and without rights (SCIM).',
    query: ScimShown,
    body: ScimBody,
    response: ScimBody,
    async handle(cross, { body, query, call }, { settings }) {
      const base = baseOf(settings)
      return cross(async (act) =>
        shown(await createUser(act, body), (user) =>
          answered(call, shownAs(user, base, query), at(base, 'Users', user), 201),
        ),
      )
    },
  }),
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: '/scim/v2/Users/:id',
    action: 'identity.scim-user.read',
    summary: 'Shows one person a directory sees (SCIM).',
    params: ScimParams,
    query: ScimShown,
    response: ScimBody,
    async handle(cross, { params, query, call }, { settings }) {
      const base = baseOf(settings)
      return cross(
        async (act) =>
          shown(await readUser(act, params.id), (user) =>
            answered(call, shownAs(user, base, query), at(base, 'Users', user)),
          ),
        'read',
      )
    },
  }),
  ...(
    [
      ['PUT', 'replace', 'Writes a person anew (SCIM).', replaceUser],
      [
        'PATCH',
        'change',
        'Changes a person; "active": false ends every session (SCIM).',
        changeUser,
      ],
    ] as const
  ).map(([method, verb, summary, deed]) =>
    flow({
      flow: true,
      dialect,
      method,
      url: '/scim/v2/Users/:id',
      action: `identity.scim-user.${verb}`,
      summary,
      params: ScimParams,
      query: ScimShown,
      body: ScimBody,
      response: ScimBody,
      async handle(cross, { params, query, body, call }, { settings }) {
        const base = baseOf(settings)
        return cross(async (act) =>
          shown(await deed(act, params.id, body, wantedBy(call)), (user) =>
            answered(call, shownAs(user, base, query), at(base, 'Users', user)),
          ),
        )
      },
    }),
  ),
  remove(
    userKind,
    'user',
    'Takes a person out of the directory and ends every session (SCIM).',
    removeUser,
  ),

  list(groupKind, 'group'),
  search('/Groups', 'group', [groupKind]),
  flow({
    flow: true,
    dialect,
    method: 'POST',
    url: '/scim/v2/Groups',
    action: 'identity.scim-group.create',
    summary: 'Makes a group; its members hold the roles people mapped to it (SCIM).',
    query: ScimShown,
    body: ScimBody,
    response: ScimBody,
    async handle(cross, { body, query, call }, { settings }) {
      const base = baseOf(settings)
      const group = await cross((act) => createGroup(act, body))
      return answered(call, groupShownAs(group, base, query), at(base, 'Groups', group), 201)
    },
  }),
  flow({
    flow: true,
    dialect,
    method: 'GET',
    url: '/scim/v2/Groups/:id',
    action: 'identity.scim-group.read',
    summary: 'Shows one group of a directory (SCIM).',
    params: ScimParams,
    query: ScimShown,
    response: ScimBody,
    async handle(cross, { params, query, call }, { settings }) {
      const base = baseOf(settings)
      const group = await cross((act) => readGroup(act, params.id), 'read')
      return answered(call, groupShownAs(group, base, query), at(base, 'Groups', group))
    },
  }),
  ...(
    [
      ['PUT', 'replace', 'Writes a group anew (SCIM).', replaceGroup],
      [
        'PATCH',
        'change',
        'Changes a group: who comes gains its roles, who goes loses them (SCIM).',
        changeGroup,
      ],
    ] as const
  ).map(([method, verb, summary, deed]) =>
    flow({
      flow: true,
      dialect,
      method,
      url: '/scim/v2/Groups/:id',
      action: `identity.scim-group.${verb}`,
      summary,
      params: ScimParams,
      query: ScimShown,
      body: ScimBody,
      response: ScimBody,
      async handle(cross, { params, query, body, call }, { settings }) {
        const base = baseOf(settings)
        const group = await cross((act) => deed(act, params.id, body, wantedBy(call)))
        return answered(call, groupShownAs(group, base, query), at(base, 'Groups', group))
      },
    }),
  ),
  remove(
    groupKind,
    'group',
    'Ends a group; its members lose what it gave them (SCIM).',
    removeGroup,
  ),
]

const at = (
  base: string,
  endpoint: string,
  { id, version }: { readonly id: string; readonly version: string },
) => ({ version, location: `${base}/${endpoint}/${id}` })
