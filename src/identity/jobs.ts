import type { Job } from '#kernel'
import { disableDormant } from './dormancy-acts.ts'
import { revokeUnanswered } from './review-acts.ts'
import { noteUse } from './use-acts.ts'

export const jobs: readonly Job[] = [
  {
    action: 'identity.disable-dormant',
    summary: 'Disables accounts nobody used, and ends their sessions.',
    cron: '20 3 * * *',
    async run(cross) {
      await cross({ action: 'identity.disable-dormant' }, disableDormant)
    },
  },
  {
    action: 'identity.revoke-unanswered',
    summary: 'Revokes grants whose review nobody answered in time.',
    cron: '5 * * * *',
    async run(cross) {
      await cross({ action: 'identity.revoke-unanswered' }, revokeUnanswered)
    },
  },
  {
    action: 'identity.note-use',
    summary: 'Notes from the trail when each grant was last used.',
    cron: '35 * * * *',
    async run(cross) {
      // A batch an act, so that a long trail is read in short transactions.
      while (await cross({ action: 'identity.note-use' }, noteUse));
    },
  },
]
