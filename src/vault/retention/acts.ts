import { dayMs } from '#ground'
import type { Act } from '#kernel'
import { contractOf } from '../controllers/acts.ts'
import { categoryOfBit } from '../controllers/contract.ts'
import { grantedOf } from '../records/access.ts'
import type { DueFacts } from './retention.ts'
import { dueByCategory } from './store.ts'

/** What would be erased now, and what until `withinDays` from now. Changes nothing. */
export async function previewRetention(
  act: Act,
  withinDays: number,
): Promise<{ due: DueFacts[]; soon: DueFacts[] }> {
  const controller = await contractOf(act)
  const seen = new Set(grantedOf(act, controller).map(({ bit }) => bit))
  const facts = async (at: Date): Promise<DueFacts[]> => {
    const rows = await dueByCategory(act.sql, controller.controllerId, at)
    const granted = rows.filter(({ category }) => seen.has(category))
    return granted.map(({ category, ...counts }) => {
      const { name, retainDays } = categoryOfBit(controller, category)
      return { category: name, retainDays, ...counts }
    })
  }
  return {
    due: await facts(act.now),
    soon: await facts(new Date(act.now.getTime() + withinDays * dayMs)),
  }
}
