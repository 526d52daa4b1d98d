import { type Act, Sealed } from '#kernel'
import { dayMs } from '#ground'
import { openPersonal } from '#keys'
import { standingLocks } from '../locks/store.ts'
import { lockReasonPlace } from '../place.ts'
import { unknownAction, unknownActor } from '../refusals.ts'
import { actionBook } from '../rights/action-book.ts'
import {
  allRoles,
  countingGrants,
  grantsAfter,
  type GrantRow,
  whoMay,
} from '../rights/grant-store.ts'
import { actionsOf } from '../rights/rights.ts'
import { credentialsOf } from '../workloads/credential-store.ts'
import { kindOf, personsAfter, workloadOf, workloadsAfter } from './actor-store.ts'
import { openPerson, withNames } from './acts.ts'

/** Lists come in pages of so many. */
export const pageSize = 200

const firstId = '00000000-0000-0000-0000-000000000000'

/** A page of rows, and the id to go on after, when there may be more. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

function page<T extends { readonly id: string }>(items: readonly T[]): Page<T> {
  const last = items.length === pageSize ? items.at(-1) : undefined
  return last === undefined ? { items } : { items, next: last.id }
}

/** Persons with their names, in the order they came. */
export async function listPersons(act: Act, after: string = firstId) {
  const { secrets } = act
  const { items, ...rest } = page(await personsAfter(act.sql, after, pageSize))
  return new Sealed((receipt) => ({
    items: items.map((person) => ({ ...person, ...openPerson(receipt, secrets, person) })),
    ...rest,
  }))
}

export const listWorkloads = async (act: Act, after: string = firstId) =>
  page(await workloadsAfter(act.sql, after, pageSize))

/** A workload's credentials, revoked and expired ones too. @throws {Refusal} `identity.unknown-actor`. */
export async function listCredentials(act: Act, workloadId: string) {
  if ((await workloadOf(act.sql, workloadId)) === undefined) throw unknownActor()
  return credentialsOf(act.sql, workloadId)
}

export const listRoles = (act: Act) => allRoles(act.sql)

/** Grants in force; with `unusedDays`, only those nobody used for so long: candidates for removal. */
export async function listGrants(
  act: Act,
  { after = firstId, unusedDays }: { after?: string | undefined; unusedDays?: number | undefined },
) {
  const unusedSince =
    unusedDays === undefined ? null : new Date(act.now.getTime() - unusedDays * dayMs)
  const query = { after, unusedSince, now: act.now, limit: pageSize }
  const { items, ...rest } = page(await grantsAfter(act.sql, query))
  return named(act, items, (grants) => ({ items: grants, ...rest }))
}

export interface WhoAsk {
  readonly action: string
  readonly controllerId?: string | undefined
  /** Undefined asks for whoever could for some purpose, or some category. */
  readonly purpose?: string | undefined
  readonly category?: string | undefined
}

/**
 * Who could do an action right now, and by which grants: exactly those whom `may` would let.
 *
 * @throws {Refusal} `identity.unknown-action`.
 */
export async function listWhoMay(act: Act, { action, controllerId, purpose, category }: WhoAsk) {
  if (actionBook.among([action]).length === 0) throw unknownAction(action)
  const found = await whoMay(act.sql, action, controllerId ?? null, act.now)
  const within = (bounds: readonly string[] | null, name: string | undefined) =>
    name === undefined || bounds === null || bounds.includes(name)
  const grants = found.filter(
    (grant) =>
      actionsOf(grant, grant, actionBook.among([action])).length > 0 &&
      within(grant.purposes, purpose) &&
      within(grant.categories, category),
  )
  return named(act, grants, (items) => ({ items }))
}

/**
 * What an actor may do: every grant in force, and every action with the grants that allow it.
 *
 * @throws {Refusal} `identity.unknown-actor`.
 */
export async function listAccess(act: Act, actorId: string) {
  const kind = await kindOf(act.sql, actorId)
  if (kind === undefined) throw unknownActor()
  const grants = await countingGrants(act.sql, actorId, act.now)
  const known = actionBook.all()
  const byGrant = grants.map(
    (grant) => [grant.id, new Set(actionsOf({ kind }, grant, known))] as const,
  )
  const actions = known.flatMap(({ action, summary }) => {
    const by = byGrant.filter(([, allowed]) => allowed.has(action)).map(([id]) => id)
    return by.length === 0 ? [] : [{ action, summary, grantIds: by }]
  })
  return named(act, grants, (items) => ({ items, actions }))
}

export const listActions = () => actionBook.all()

type NamedGrant = GrantRow & { readonly actorName?: string }

function named<T>(
  act: Act,
  grants: readonly GrantRow[],
  build: (grants: NamedGrant[]) => T,
): Promise<Sealed<T>> {
  const ids = grants.filter(({ kind }) => kind === 'person').map(({ actorId }) => actorId)
  return withNames(act, ids, (nameOf) =>
    build(
      grants.map((grant) => {
        const actorName = nameOf(grant.actorId)
        return actorName === undefined ? grant : { ...grant, actorName }
      }),
    ),
  )
}

/** Locks that stand, with their reasons. */
export async function listLocks(act: Act) {
  const { secrets } = act
  const locks = await standingLocks(act.sql)
  return new Sealed((receipt) => ({
    items: locks.map((lock) => ({
      ...lock,
      reason: openPersonal(receipt, secrets, 'house', lockReasonPlace(lock.id), lock.reason),
    })),
  }))
}
