import type { HouseCross, Job } from '#kernel'
import { leavingControllers } from './controller-store.ts'
import { eraseDue } from './erase-acts.ts'
import { leaveNow } from './leave-acts.ts'
import { dueControllers } from './retention-store.ts'

/** Works through controllers one by one; one that fails does not hold up the others. */
async function forEach(ids: readonly string[], deed: (controllerId: string) => Promise<void>) {
  const errors: unknown[] = []
  for (const id of ids) await deed(id).catch((error: unknown) => errors.push(error))
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} of ${ids.length} controllers failed`)
}

async function eraseAllDue(cross: HouseCross): Promise<void> {
  const action = 'vault.erase-due'
  const due = await cross({ action, effect: 'read' }, (act) => dueControllers(act.sql, act.now))
  await forEach(due, async (controllerId) => {
    const scope = { controllerId }
    while ((await cross({ action, scope }, (act) => eraseDue(act))).more) continue
  })
}

async function finishAllLeaving(cross: HouseCross): Promise<void> {
  const action = 'vault.finish-leaving'
  const ids = await cross({ action, effect: 'read' }, (act) => leavingControllers(act.sql))
  await forEach(ids, async (controllerId) => {
    await leaveNow((deed) => cross({ action, scope: { controllerId } }, deed))
  })
}

export const jobs: readonly Job[] = [
  {
    action: 'vault.erase-due',
    summary: 'Erases records whose time has come, and subjects with their last record.',
    cron: '7 * * * *',
    run: eraseAllDue,
  },
  {
    action: 'vault.finish-leaving',
    summary: 'Finishes the leaving of controllers that was broken off.',
    cron: '37 * * * *',
    run: finishAllLeaving,
  },
]
