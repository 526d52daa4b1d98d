import { newId } from '#ground'
import type { Act } from '#kernel'
import type { Controller } from '#vault'
import type { Incident } from './incident.ts'
import { bodyOf, sameSubstance, type Teller } from './notice-draft.ts'
import { insertDraft, noticesOf, setSuperseded } from './notice-store.ts'
import { type KeptScope, stepsOf } from './response-store.ts'
import { tellTimeline } from './timeline-acts.ts'

/**
 * Drafts a notice for each controller the count reaches. Where the numbers are those of the newest
 * notice, that stands; a draft of other numbers is superseded, one already approved gets an update.
 *
 * @returns how many drafts were made.
 */
export async function draftNotices(
  act: Act,
  incident: Incident,
  scope: KeptScope,
  controllers: readonly Controller[],
  teller: Teller,
): Promise<number> {
  const { incidentId } = incident
  const standing = await noticesOf(act.sql, incidentId)
  const steps = await stepsOf(act.sql, incidentId)
  let made = 0
  for (const controller of controllers) {
    const last = standing.findLast(({ controllerId }) => controllerId === controller.controllerId)
    const body = bodyOf({ incident, scope, controller, teller, steps, last })
    if (last !== undefined && sameSubstance(last.body, body)) continue
    if (last?.state === 'draft') await setSuperseded(act.sql, last.noticeId)
    await insertDraft(act.sql, {
      noticeId: newId(),
      incidentId,
      controllerId: controller.controllerId,
      scopeId: scope.scopeId,
      version: body.version,
      phase: body.phase,
      worded: last?.worded === true,
      body,
      createdAt: act.now,
    })
    made += 1
  }
  if (made > 0) {
    const sentence = `${made} notices are drafted, one for each controller concerned.`
    await tellTimeline(act, incidentId, { kind: 'drafted', sentence, facts: { drafts: made } })
  }
  return made
}
