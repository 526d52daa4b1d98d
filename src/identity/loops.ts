import type { Loop } from '#kernel'
import { cutFallen } from './locks/cut-acts.ts'
import { fallenAmong } from './locks/cut-store.ts'
import { underWay } from './locks/under-way.ts'

/** What is done sooner is over before a lock could reach it. */
const youngMs = 150

export const loops: readonly Loop[] = [
  {
    action: 'identity.cut-under-way',
    summary: 'Breaks off requests whose sender was locked, disabled or ended meanwhile.',
    everyMs: 250,
    everywhere: true,
    async due(sql) {
      const passages = grown()
      return passages.length > 0 && (await fallenAmong(sql, passages)).length > 0
    },
    async turn(cross) {
      const passages = grown()
      await cross({ action: 'identity.cut-under-way' }, (act) => cutFallen(act, passages))
    },
  },
]

const grown = () => underWay.grownFor(youngMs)
