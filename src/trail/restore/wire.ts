import { Type } from 'typebox'
import { Count } from '../wire.ts'

export const RefilledShape = Type.Object({
  entries: Count,
  checkpoints: Count,
  position: Count,
  places: Type.Array(Type.String()),
})

export const NewSuccession = Type.Object({
  confirm: Type.String({
    maxLength: 400,
    description: 'the name the root log gives up, as trail log list shows it',
  }),
  reason: Type.String({ minLength: 1, maxLength: 1000 }),
})

export const SuccessionShape = Type.Object({
  generation: Count,
  from: Type.String(),
  to: Type.String(),
  lost: Type.Array(
    Type.Object({
      log: Type.String(),
      /** Leaves that are left of it. */
      keptSize: Type.Union([Count, Type.Null()]),
      /** The last checkpoint of it that is known outside. */
      lostNote: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})
