import type { Loop } from '#kernel'
import { noticedSoFar } from '#watch'
import { houseIndexLoop } from './house-index-jobs.ts'
import { anyDue, noticedDealtWith } from './incident-store.ts'
import { respond } from './respond-jobs.ts'

export const loops: readonly Loop[] = [
  houseIndexLoop,
  {
    action: 'incidents.respond',
    summary: 'Opens an incident for what the watch finds, contains it, counts it, drafts notices.',
    everyMs: 300,
    due: async (sql) =>
      (await noticedSoFar(sql)) > (await noticedDealtWith(sql)) || (await anyDue(sql)),
    turn: respond,
  },
]
