import type { Act, HouseCross } from '#kernel'
import { createController } from './acts.ts'
import type { Controller } from './contract.ts'
import { hiddenController, lockHidden } from './store.ts'

/** The purpose under which checks act on their own canaries. */
export const canaryPurpose = 'proof'
export const canaryCategory = 'canary'

/** Terms of the controller that checks live in. `retainDays` is what one check varies. */
export const canaryTerms = (retainDays: number) => ({
  name: 'Holdfast canary',
  categories: [
    {
      name: canaryCategory,
      fields: [{ name: 'word', kind: 'text' as const, searchable: true }],
      retainDays,
    },
  ],
  purposes: [{ name: canaryPurpose, categories: [canaryCategory] }],
  breachContacts: [],
  synthetic: true,
  hidden: true,
})

/** The hidden controller that checks live in, made on demand. It holds no person's data. */
export async function canaryController(cross: HouseCross, action: string): Promise<Controller> {
  const standing = await cross({ action, effect: 'read' }, async (act: Act) => ({
    controller: await hiddenController(act.sql),
  }))
  if (standing.controller !== undefined) return standing.controller
  return cross({ action }, async (act) => {
    await lockHidden(act.sql)
    return (await hiddenController(act.sql)) ?? createController(act, canaryTerms(1))
  })
}
