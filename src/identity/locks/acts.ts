import type { Act } from '#kernel'
import { newId } from '#ground'
import { sealPersonal, useSecret } from '#keys'
import type { ActorRef } from '../accounts/actor-store.ts'
import { demandActor } from '../accounts/acts.ts'
import { addressIn, isNetwork } from '../network.ts'
import { lockReasonPlace, sessionSourcePlace } from '../place.ts'
import {
  networkNotValid,
  notLocked,
  ownLock,
  ownNetwork,
  ownRights,
  unknownLockTarget,
} from '../refusals.ts'
import { roleBy } from '../rights/grant-store.ts'
import { endAllOf, endSessionOf, sessionOf } from '../sessions/store.ts'
import { revokeAllOf } from '../workloads/credential-store.ts'
import { revokeProofsOf } from '../workloads/proof-store.ts'
import { isId, type LockTarget } from './lock.ts'
import { insertLock, liftLock, liveSessions, lockerOf, networkAs, widenLock } from './store.ts'

/** What a lock cut: ids of sessions and credentials that were good until then. */
export interface Cut {
  readonly sessions: readonly string[]
  readonly credentials: readonly string[]
}

/** Stops a person or workload at once; {@link lockTarget} says how. */
export const lockActor = (act: Act, ref: ActorRef, reason: string): Promise<Cut> =>
  lockTarget(act, ref, reason)

/**
 * Stops somebody or something at once, and until another person lifts it:
 *
 * - a person or workload: every session ends, every credential is revoked, no new one helps;
 * - a session: it ends, and its token opens nothing;
 * - a role: grants of it count for nothing, and its holders' sessions end;
 * - a network: nobody comes in from it, and sessions opened from it end;
 * - a controller: nothing is read or written for it.
 *
 * Requests under way are broken off within the second by every process (`identity.cut-under-way`).
 * A second lock cuts what has come since and adds it to the first. Even the last administrator can
 * be locked; the operator on the host lifts it.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.unknown-lock-target`,
 *   `identity.network-not-valid`, `identity.own-network`.
 */
export async function lockTarget(act: Act, asked: LockTarget, reason: string): Promise<Cut> {
  const target = await demandTarget(act, asked)
  const cut = await cutBy(act, target)
  const id = newId()
  const lock = {
    id,
    kind: target.kind,
    target: target.id,
    reason: sealPersonal(act, 'house', lockReasonPlace(id), reason),
    lockedBy: act.actor.id,
    lockedAt: act.now,
    ...cut,
  }
  if ((await insertLock(act.sql, lock)) === 0)
    await widenLock(act.sql, target.kind, target.id, cut.sessions, cut.credentials)
  act.tell({ [`${target.kind}Id`]: target.id, reason, ...cut })
  return cut
}

async function demandTarget(act: Act, { kind, id }: LockTarget): Promise<LockTarget> {
  switch (kind) {
    case 'person':
    case 'workload':
      if (!isId(id)) throw unknownLockTarget(kind)
      await demandActor(act, { kind, id })
      return { kind, id }
    case 'session':
      if (!isId(id) || (await sessionOf(act.sql, id)) === undefined) throw unknownLockTarget(kind)
      return { kind, id }
    case 'role':
      if ((await roleBy(act.sql, id)) === undefined) throw unknownLockTarget(kind)
      return { kind, id }
    case 'controller':
      if (!isId(id)) throw unknownLockTarget(kind)
      return { kind, id }
    case 'network':
      return { kind, id: await demandNetwork(act, id) }
    default:
      throw unknownLockTarget(kind satisfies never)
  }
}

/** As PostgreSQL writes it. Whoever locks the network they call from would lock themselves out. */
async function demandNetwork(act: Act, text: string): Promise<string> {
  if (!isNetwork(text)) throw networkNotValid(text)
  const { network, holds } = await networkAs(act.sql, text, addressIn(act.source.address))
  if (holds) throw ownNetwork()
  return network
}

async function cutBy(act: Act, { kind, id }: LockTarget): Promise<Cut> {
  const { sql, now } = act
  switch (kind) {
    case 'person':
      return { sessions: await endAllOf(sql, id, now, 'locked'), credentials: [] }
    case 'workload':
      return {
        sessions: [],
        credentials: [
          ...(await revokeAllOf(sql, id, now)),
          ...(await revokeProofsOf(sql, id, now)),
        ],
      }
    case 'session':
      return endSessions(act, [(await sessionOf(sql, id))!])
    case 'role':
      return endSessions(act, await liveSessions(sql, id, now))
    case 'network':
      return endSessions(act, await sessionsFrom(act, id))
    default:
      return { sessions: [], credentials: [] }
  }
}

/** Live sessions that were opened from a network. */
async function sessionsFrom(act: Act, network: string) {
  const inside: { id: string; personId: string }[] = []
  for (const session of await liveSessions(act.sql, null, act.now)) {
    const address = addressIn(openedFrom(act, session))
    if ((await networkAs(act.sql, network, address)).holds) inside.push(session)
  }
  return inside
}

/** Where a session was opened from; for the comparison alone, it goes to nobody. */
function openedFrom(act: Act, { id, source }: { id: string; source: Buffer }): string | undefined {
  const text = useSecret(act, 'house', sessionSourcePlace(id), source).toString()
  const { address } = JSON.parse(text) as { address?: unknown }
  return typeof address === 'string' ? address : undefined
}

async function endSessions(
  { sql, now, actor }: Act,
  sessions: readonly { readonly id: string; readonly personId: string }[],
): Promise<Cut> {
  const ended: string[] = []
  for (const { id, personId } of sessions) {
    // Whoever locks a role they hold themselves stays, to see what it did.
    if (id === actor.sessionId) continue
    if ((await endSessionOf(sql, personId, id, now, 'locked')) === 1) ended.push(id)
  }
  return { sessions: ended, credentials: [] }
}

/** Lifts the lock of a person or workload; {@link unlockTarget} says how. */
export const unlockActor = (act: Act, ref: ActorRef): Promise<void> => unlockTarget(act, ref)

/**
 * Lifts a lock. Sessions stay ended and credentials revoked: the person signs in again, the workload
 * gets a new credential. Neither the locked nor a person who locked lifts it.
 *
 * @throws {Refusal} `identity.own-rights`, `identity.own-lock`, `identity.not-locked`.
 */
export async function unlockTarget(act: Act, { kind, id }: LockTarget): Promise<void> {
  const { actor, sql, now } = act
  if (actor.id === id || actor.sessionId === id) throw ownRights()
  const target = kind === 'network' && isNetwork(id) ? (await networkAs(sql, id, null)).network : id
  const locker = await lockerOf(sql, kind, target)
  if (locker === undefined) throw notLocked()
  if (actor.kind === 'person' && locker === actor.id) throw ownLock()
  await liftLock(sql, kind, target, actor.id, now)
  act.tell({ [`${kind}Id`]: target })
}
