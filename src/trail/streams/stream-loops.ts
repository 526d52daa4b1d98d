import type { Loop } from '#kernel'
import { sendAction, sendAll } from './flow.ts'
import { isAnyDue } from './store.ts'

export const streamLoops: readonly Loop[] = [
  {
    action: sendAction,
    summary: 'Sends new entries on to the receivers of the trail’s streams.',
    everyMs: 1000,
    due: (sql) => isAnyDue(sql),
    turn: sendAll,
  },
]
