import { type Act, Refusal } from '#kernel'
import { dayMs, newId } from '#ground'
import { unknownRole, unknownSchedule } from '../refusals.ts'
import { roleBy } from '../rights/grant-store.ts'
import { startReview } from './acts.ts'
import { endSchedule, insertSchedule, setNext, standingSchedules } from './schedule-store.ts'

export interface Scheduling {
  readonly title: string
  readonly roles?: readonly string[] | undefined
  readonly controllers?: readonly string[] | undefined
  readonly everyDays: number
  /** Answers are due so many days after each start. */
  readonly dueDays: number
  readonly firstAt: Date
}

/** Has an access review started again and again. @throws {Refusal} `identity.unknown-role`. */
export async function scheduleReviews(
  act: Act,
  { roles, controllers, firstAt, ...rest }: Scheduling,
): Promise<{ scheduleId: string }> {
  for (const role of roles ?? [])
    if ((await roleBy(act.sql, role)) === undefined) throw unknownRole(role)
  const id = newId()
  await insertSchedule(act.sql, {
    ...rest,
    id,
    roles: roles ?? null,
    controllers: controllers ?? null,
    nextAt: firstAt,
    createdBy: act.actor.id,
    createdAt: act.now,
  })
  act.tell({ scheduleId: id, ...rest, roles, controllers })
  return { scheduleId: id }
}

export const listSchedules = (act: Act) => standingSchedules(act.sql, null)

/** @throws {Refusal} `identity.unknown-review-schedule`. */
export async function stopSchedule(act: Act, scheduleId: string): Promise<void> {
  if ((await endSchedule(act.sql, scheduleId, act.now)) === 0) throw unknownSchedule()
  act.tell({ scheduleId })
}

/** Starts what is due. A review that would be empty is passed over, and the next one waits its turn. */
export async function startDueReviews(act: Act): Promise<void> {
  const started: string[] = []
  for (const schedule of await standingSchedules(act.sql, act.now)) {
    const { id, title, roles, controllers, everyDays, dueDays, nextAt } = schedule
    const dueAt = new Date(act.now.getTime() + dueDays * dayMs)
    const day = act.now.toISOString().slice(0, 10)
    try {
      const about = { roles: roles ?? undefined, controllers: controllers ?? undefined }
      const made = await startReview(act, {
        ...about,
        title: `${title} ${day}`,
        dueAt,
        scheduleId: id,
      })
      started.push(made.reviewId)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'identity.nothing-to-review')) throw error
    }
    // Runs missed while the house was down are one run, and not several at once.
    const missed = Math.floor((act.now.getTime() - nextAt.getTime()) / (everyDays * dayMs))
    await setNext(act.sql, id, new Date(nextAt.getTime() + (missed + 1) * everyDays * dayMs))
  }
  act.tell({ started })
}
