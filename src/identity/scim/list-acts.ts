import { type Act, Sealed } from '#kernel'
import { scimRefused } from '../refusals.ts'
import { type Condition, conditionOf } from './condition.ts'
import { demandDirectory } from './directory-acts.ts'
import { readFilter } from './filter.ts'
import { listGroups } from './group-acts.ts'
import { groupResource, type ShownGroup } from './group.ts'
import { project, type Resource, type Shown } from './resource.ts'
import { groupKind, listMessage, mostResults, type ResourceKind, userKind } from './schema.ts'
import { hashesFor, listUsers } from './user-acts.ts'
import { type ShownUser, userResource } from './user.ts'

/** What a list is asked for (RFC 7644 §3.4.2), as query parameters and as a search request say it. */
export interface ListQuery extends Shown {
  readonly filter?: string | undefined
  /** From 1; less is 1. */
  readonly startIndex?: number | undefined
  /** Less than 0 is 0; more than {@link mostResults} is that. */
  readonly count?: number | undefined
  readonly sortBy?: string | undefined
  readonly sortOrder?: string | undefined
}

/**
 * A page of one kind of resource, or of both: users first, in the order they came.
 *
 * @throws {Refusal} `identity.not-a-directory`, `identity.scim-filter`, `identity.scim-value` for an
 *   order: this service says in its configuration that it keeps none.
 */
export async function listResources(
  act: Act,
  kinds: readonly ResourceKind[],
  query: ListQuery,
  base: string,
): Promise<Sealed<object>> {
  const directory = await demandDirectory(act)
  if (query.sortBy !== undefined || query.sortOrder !== undefined)
    throw scimRefused('invalidValue', 'This service does not sort, as its configuration says.')
  const filter = query.filter === undefined ? undefined : readFilter(query.filter)
  const hashes = hashesFor(act, directory.providerId)
  const conditions = new Map<ResourceKind, Condition>(
    kinds.map((kind) => [
      kind,
      filter === undefined ? { always: true } : conditionOf(kind, filter, hashes),
    ]),
  )
  const startIndex = Math.max(1, query.startIndex ?? 1)
  const limit = Math.min(mostResults, Math.max(0, query.count ?? 100))
  const window = { offset: startIndex - 1, limit }
  const [ofUsers, ofGroups] = [conditions.get(userKind), conditions.get(groupKind)]
  const people =
    ofUsers === undefined ? undefined : await listUsers(act, directory, ofUsers, window)
  const before = people?.total ?? 0
  // What a page of users leaves of the window is for groups.
  const from = Math.max(window.offset, before)
  const rest = { offset: from - before, limit: Math.max(0, window.offset + limit - from) }
  const grouped =
    ofGroups === undefined ? undefined : await listGroups(act, directory, ofGroups, rest)
  const totalResults = before + (grouped?.total ?? 0)
  act.tell({ providerId: directory.providerId, totalResults })
  return new Sealed(async (receipt) => {
    const users = people === undefined ? [] : await people.users.open(receipt)
    const resources = [
      ...users.map((user) => shownAs(user, base, query)),
      ...(grouped?.groups ?? []).map((group) => groupShownAs(group, base, query)),
    ]
    return {
      schemas: [listMessage],
      totalResults,
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    }
  })
}

export const shownAs = (user: ShownUser, base: string, shown: Shown): Resource =>
  project(userKind, userResource(base, user), shown)

export const groupShownAs = (group: ShownGroup, base: string, shown: Shown): Resource =>
  project(groupKind, groupResource(base, group), shown)
