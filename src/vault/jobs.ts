import type { Act, Cross, HouseCross, Job } from '#kernel'
import { attachmentJobs } from './attachments/jobs.ts'
import { contractOf } from './controllers/acts.ts'
import { leavingControllers, listControllers } from './controllers/store.ts'
import { eraseDue } from './erasure/acts.ts'
import { leaveNow } from './leaving/acts.ts'
import { anonymiseOver } from './retention/anonymise-flow.ts'
import { dueControllers } from './retention/store.ts'
import { tidyIndex } from './subjects/rekey-acts.ts'

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
    const at: Cross = (deed, effect = 'write') => cross({ action, scope, effect }, deed)
    // What may remain is counted before it is erased. Where that fails, storage ends in time all the same.
    const remaining = await at(categoriesThatRemain, 'read')
    const failed: unknown[] = []
    for (const category of remaining)
      await anonymiseAll(at, category).catch((error: unknown) => failed.push(error))
    while ((await at((act) => eraseDue(act))).more) continue
    if (failed.length > 0) throw new AggregateError(failed, 'anonymising failed')
  })
}

async function anonymiseAll(cross: Cross, category: string): Promise<void> {
  while ((await anonymiseOver(cross, category, { drop: true })).more) continue
}

/** Names of the categories of which something anonymous remains. */
async function categoriesThatRemain(act: Act): Promise<string[]> {
  const { categories } = await contractOf(act)
  return categories.filter(({ anonymise }) => anonymise !== null).map(({ name }) => name)
}

/**
 * Begins again what a restored backup has brought back: indexes under another version than the one
 * that works. And destroys index keys that are retired long enough, once nothing was made under them.
 */
async function tidyIndexes(cross: HouseCross): Promise<void> {
  const action = 'vault.tidy-indexes'
  const all = await cross({ action, effect: 'read' }, (act) => listControllers(act.sql, true))
  const living = all.filter(({ state }) => state === 'active').map((c) => c.controllerId)
  await forEach(living, async (controllerId) => {
    await cross({ action, scope: { controllerId } }, tidyIndex)
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
  ...attachmentJobs,
  {
    action: 'vault.erase-due',
    summary: 'Erases records whose time has come, and subjects with their last record.',
    cron: '7 * * * *',
    run: eraseAllDue,
  },
  {
    action: 'vault.tidy-indexes',
    summary: 'Begins lost rotations of index keys again, and destroys index keys nothing needs.',
    cron: '33 3 * * *',
    run: tidyIndexes,
  },
  {
    action: 'vault.finish-leaving',
    summary: 'Finishes the leaving of controllers that was broken off.',
    cron: '37 * * * *',
    run: finishAllLeaving,
  },
]
