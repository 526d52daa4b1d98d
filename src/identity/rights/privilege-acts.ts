import type { Act } from '#kernel'
import { dayMs } from '#ground'
import { withNames } from '../accounts/acts.ts'
import { grantInUse, unknownGrant } from '../refusals.ts'
import { actionBook } from './action-book.ts'
import { revokeGrant } from './grant-acts.ts'
import { grantBy } from './grant-store.ts'
import { measuredGrants } from './privilege-store.ts'
import { breadths } from './privilege.ts'

/** Less than this share of a role used, and it is called over-broad. */
const narrowShare = 0.5

/**
 * Rights against their use, as the trail tells it: grants nobody used for so many days, roles of which
 * little is used, and how much privilege stands against how much was asked for in time.
 */
export async function privilegeReport(act: Act, unusedDays: number) {
  const grants = await measuredGrants(act.sql, act.now)
  const since = new Date(act.now.getTime() - unusedDays * dayMs)
  const unused = grants.filter(
    ({ lastUsedAt, createdAt, origin }) =>
      origin === 'standing' && (lastUsedAt ?? createdAt) < since,
  )
  const known = actionBook.all()
  const roles = breadths(grants, known)
  const privileged = grants.filter((grant) => grant.privileged)
  const standing = privileged.filter(({ origin }) => origin === 'standing')
  const people = unused.filter(({ kind }) => kind === 'person').map(({ actorId }) => actorId)
  return withNames(act, people, (nameOf) => ({
    unusedDays,
    grants: grants.length,
    unused: unused.map(({ id, createdAt, lastUsedAt, actorId, kind, role, privileged }) => ({
      grantId: id,
      actorId,
      actorKind: kind,
      ...(nameOf(actorId) === undefined ? {} : { actorName: nameOf(actorId)! }),
      role,
      privileged,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
    roles: roles.map((role) => ({
      ...role,
      usedActions: [...role.usedActions],
      overBroad: role.share < narrowShare,
    })),
    privileged: {
      standing: standing.length,
      inTime: privileged.length - standing.length,
      standingWithoutEnd: standing.filter(({ expiresAt }) => expiresAt === null).length,
    },
  }))
}

/**
 * Takes back grants that nobody used for so long, all or none. One that was used meanwhile keeps all.
 *
 * @throws {Refusal} `identity.unknown-grant`, `identity.grant-in-use`, `identity.own-rights`,
 *   `identity.last-administrator`.
 */
export async function removeUnused(
  act: Act,
  { grantIds, unusedDays }: { readonly grantIds: readonly string[]; readonly unusedDays: number },
): Promise<{ removed: number }> {
  const since = new Date(act.now.getTime() - unusedDays * dayMs)
  for (const grantId of grantIds) {
    const grant = await grantBy(act.sql, grantId)
    if (grant === undefined) throw unknownGrant()
    if ((grant.lastUsedAt ?? grant.createdAt) >= since) throw grantInUse(grantId)
    await revokeGrant(act, grantId, `unused for ${unusedDays} days`)
  }
  act.tell({ removed: grantIds, unusedDays })
  return { removed: grantIds.length }
}
