import type { Act } from '#kernel'
import { newId } from '#ground'
import { sealPersonal } from '#keys'
import { demandActor } from './account-acts.ts'
import type { ActorRef } from './actor-store.ts'
import { revokeAllOf } from './credential-store.ts'
import { insertLock, liftLockOf, widenLock } from './lock-store.ts'
import { lockReasonPlace } from './place.ts'
import { notLocked, ownRights } from './refusals.ts'
import { endAllOf } from './session-store.ts'

/** What a lock cut: ids of sessions and credentials that were good until then. */
export interface Cut {
  readonly sessions: readonly string[]
  readonly credentials: readonly string[]
}

/**
 * Stops somebody at once: every session ends, every credential is revoked, and no new one helps
 * until the lock is lifted. A second lock cuts what has come since and adds it to the first. Even the
 * last administrator can be locked; the operator on the host lifts it.
 *
 * @throws {Refusal} `identity.unknown-actor`.
 */
export async function lockActor(act: Act, ref: ActorRef, reason: string): Promise<Cut> {
  await demandActor(act, ref)
  const sessions = ref.kind === 'person' ? await endAllOf(act.sql, ref.id, act.now, 'locked') : []
  const credentials = ref.kind === 'workload' ? await revokeAllOf(act.sql, ref.id, act.now) : []
  const id = newId()
  const lock = {
    id,
    actorId: ref.id,
    reason: sealPersonal(act, 'house', lockReasonPlace(id), reason),
    lockedBy: act.actor.id,
    lockedAt: act.now,
    sessions,
    credentials,
  }
  if ((await insertLock(act.sql, lock)) === 0)
    await widenLock(act.sql, ref.id, sessions, credentials)
  act.tell({ [`${ref.kind}Id`]: ref.id, reason, sessions, credentials })
  return { sessions, credentials }
}

/**
 * Lifts a lock. Sessions stay ended and credentials revoked: the person signs in again, the workload
 * gets a new credential.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.own-rights`, `identity.not-locked`.
 */
export async function unlockActor(act: Act, ref: ActorRef): Promise<void> {
  if (act.actor.id === ref.id) throw ownRights()
  await demandActor(act, ref)
  if ((await liftLockOf(act.sql, ref.id, act.actor.id, act.now)) === 0) throw notLocked()
  act.tell({ [`${ref.kind}Id`]: ref.id })
}
