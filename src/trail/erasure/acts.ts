import { enqueue } from '#ground'
import { type Act, controllerOf } from '#kernel'
import {
  isHeld,
  nextOwingLog,
  oweErasures,
  payloadsOfActor,
  payloadsOfSubjects,
  takeOwed,
} from './store.ts'
import { hasRing } from '../entries/leaf.ts'
import { logHeld, ownTraces, reasonMissing } from '../refusals.ts'

/** Acts that were under way when a subject was erased have ended by then. */
const stragglersMs = 150_000

/** Subjects to one act of the sweep, and payloads to one erasure of an actor's. */
const sweptSubjects = 500
const erasedAtOnce = 5000

/**
 * Erases, with this act, the payloads of all entries that concern these subjects of the act's
 * controller and nobody else. The act's own entry names them: leaves, trees and proofs stand.
 *
 * An entry of several subjects keeps its payload until its month goes: it tells of the others as
 * well, and what we write of such an act names none of them. Under a hold nothing goes; it goes when the hold is lifted.
 */
export async function erasePayloadsOf(
  act: Act,
  subjects: readonly number[],
): Promise<{ payloads: number; waits: boolean }> {
  if (subjects.length === 0) return { payloads: 0, waits: false }
  const log = controllerOf(act)
  await oweErasures(act.sql, log, subjects, act.now)
  if (await isHeld(act.sql, log)) {
    act.tell({ payloadsWaitForHold: true })
    return { payloads: 0, waits: true }
  }
  const payloads = await payloadsOfSubjects(act.sql, log, subjects)
  declareErased(act, payloads)
  return { payloads: payloads.length, waits: false }
}

/** A log that owes erasures long enough, if there is one. */
export function dueOwingLog({ sql, now }: Pick<Act, 'sql' | 'now'>): Promise<string | undefined> {
  return nextOwingLog(sql, owedBefore(now))
}

/**
 * Erases what is left of subjects erased before: payloads of acts that were under way then, or that a
 * hold kept.
 *
 * @returns how many payloads went.
 */
export async function eraseOwed(act: Act): Promise<number> {
  const log = controllerOf(act)
  if (await isHeld(act.sql, log)) throw logHeld()
  const subjects = await takeOwed(act.sql, log, owedBefore(act.now), sweptSubjects)
  // With its ring the log has ended: its payloads are shredded, and nothing more is stated in it.
  if (!hasRing(act.secrets, log)) return 0
  const payloads = await payloadsOfSubjects(act.sql, log, subjects)
  declareErased(act, payloads)
  act.tell({ subjectsSwept: subjects.length })
  return payloads.length
}

const owedBefore = (now: Date) => new Date(now.getTime() - stragglersMs)

/** The job that erases an actor's payloads, log after log. */
export const eraseActorAction = 'trail.erase-actor'

/**
 * Has the payloads of an actor's entries up to now erased. The reason stands sealed in the entry of
 * this act alone, not in the queue.
 *
 * @throws {Refusal} `trail.reason-required`, `trail.own-traces`.
 */
export async function askToEraseActor(act: Act, actorId: string, reason: string): Promise<void> {
  if (actorId === act.actor.id) throw ownTraces()
  if (reason.trim() === '') throw reasonMissing()
  await enqueue(act.sql, eraseActorAction, { actorId, before: act.now.toISOString() })
  act.tell({ actorId, why: reason })
}

/** Logs in which an actor's entries still have payloads; those under a hold are left out. */
export async function logsOfActor(act: Act, actorId: string, before: Date): Promise<string[]> {
  const found = await payloadsOfActor(act.sql, actorId, before, erasedAtOnce)
  return [...new Set(found.map(({ log }) => log))].filter((log) => hasRing(act.secrets, log))
}

/**
 * Erases payloads of an actor's entries in the act's log: name, addresses and reasons of somebody
 * who has left. Who did what stays provable under the pseudonym.
 *
 * @returns how many went; call again while it is not 0.
 * @throws {Refusal} `trail.log-held`.
 */
export async function eraseActor(act: Act, actorId: string, before: Date): Promise<number> {
  const log = act.scope === 'house' ? 'house' : act.scope.controllerId
  if (await isHeld(act.sql, log)) throw logHeld()
  const found = await payloadsOfActor(act.sql, actorId, before, erasedAtOnce, log)
  const ids = found.map(({ id }) => id)
  declareErased(act, ids)
  act.tell({ erasedActor: actorId, before: before.toISOString() })
  return ids.length
}

function declareErased(act: Act, payloads: readonly string[]): void {
  if (payloads.length === 0) return
  act.declare({ erases: { entries: payloads } })
  act.tell({ payloadsErased: payloads.length })
}
