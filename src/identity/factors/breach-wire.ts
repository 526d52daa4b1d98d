import { Type } from 'typebox'
import { Instant, orNull } from '../wire.ts'

export const BreachList = Type.Object({
  imported: orNull(
    Type.Object({
      entries: Type.Integer(),
      bytes: Type.Integer({ description: 'of the filter on the disk' }),
      madeAt: Instant,
      falsePositives: Type.Number({
        description: 'share of passwords on no list that are refused all the same',
      }),
    }),
  ),
})
