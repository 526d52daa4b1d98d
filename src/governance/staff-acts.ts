import { newId } from '#ground'
import type { Act } from '#kernel'
import { demandAhead, demandOrder, demandPast } from './demand.ts'
import { unknownItem } from './refusals.ts'
import {
  type Completion,
  insertTraining,
  type NewTraining,
  updateCompletion,
} from './staff-store.ts'

/** Asks a person to take a course by a day. */
export async function assignTraining(act: Act, training: NewTraining): Promise<{ id: string }> {
  demandAhead('due', training.due, act.now, 400)
  const id = newId()
  await insertTraining(act.sql, { ...training, id, now: act.now })
  act.tell({ trainingId: id, course: training.course, due: training.due })
  return { id }
}

/** A refresher is due at the latest two years after the course. */
const longestValidDays = 731

export async function completeTraining(act: Act, id: string, c: Completion): Promise<void> {
  demandPast('completedOn', c.completedOn, act.now)
  demandAhead('validUntil', c.validUntil, act.now, longestValidDays)
  demandOrder('completedOn', c.completedOn, 'validUntil', c.validUntil)
  if ((await updateCompletion(act.sql, id, c)) === 0) throw unknownItem()
  act.tell({ trainingId: id, completedOn: c.completedOn, validUntil: c.validUntil })
}
