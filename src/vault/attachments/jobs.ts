import type { HouseCross, Job, World } from '#kernel'
import { attachmentWaste, eraseDueAttachments, forgetWaste } from './acts.ts'
import { placeOf } from './attachment.ts'
import { removeObjects } from './flow.ts'
import { controllersWithDueFiles } from './store.ts'

async function eraseDueFiles(cross: HouseCross): Promise<void> {
  const action = 'vault.erase-due-attachments'
  const due = await cross({ action, effect: 'read' }, (act) =>
    controllersWithDueFiles(act.sql, act.now),
  )
  for (const controllerId of due) {
    const scope = { controllerId }
    while (await cross({ action, scope }, (act) => eraseDueAttachments(act))) continue
  }
}

/** The bytes go first: killed in between, the row is found again and there is nothing left to remove. */
async function sweepFiles(cross: HouseCross, { objects }: World): Promise<void> {
  const action = 'vault.sweep-attachments'
  const waste = await cross({ action, effect: 'read' }, attachmentWaste)
  for (const { controllerId, attachmentId } of waste) {
    await removeObjects(objects, placeOf(controllerId, attachmentId))
    const scope = { controllerId }
    await cross({ action, scope }, (act) => forgetWaste(act, attachmentId))
  }
}

export const attachmentJobs: readonly Job[] = [
  {
    action: 'vault.erase-due-attachments',
    summary: 'Erases files whose time has come, and subjects of whom nothing else is left.',
    cron: '12 * * * *',
    run: eraseDueFiles,
  },
  {
    action: 'vault.sweep-attachments',
    summary: 'Removes the bytes of files that were erased or never came whole.',
    cron: '*/10 * * * *',
    run: (cross, _payload, world) => sweepFiles(cross, world),
  },
]
