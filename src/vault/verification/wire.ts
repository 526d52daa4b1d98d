import { Type } from 'typebox'
import { ControllerParams } from '../wire.ts'
import { discrepancyKinds } from './record-states.ts'

const Count = Type.Integer({ minimum: 0 })

const shape = {
  record: Type.Integer({ minimum: 0, description: 'number of the record in the trail’s sets' }),
  subject: Type.Integer({ minimum: 0, description: 'number of its subject' }),
  category: Type.String(),
  kind: Type.Enum([...discrepancyKinds], {
    description:
      'older: an earlier version came back; newer: changed without an entry; missing: gone without one; returned: it was erased; unknown: no entry tells of it; moved: its number belongs to another subject or category',
  }),
  told: Type.Integer({
    minimum: 0,
    description: 'version that the entries come to; 0 for no record',
  }),
  found: Type.Integer({ minimum: 0, description: 'version that stands; 0 for no record' }),
}

export const VerifiedRecords = Type.Object({
  sound: Type.Boolean(),
  entries: Count,
  records: Count,
  uncertain: Type.Integer({
    minimum: 0,
    description:
      'of the records, those of which entries of an earlier release leave open in which version they must stand',
  }),
  discrepancies: Type.Array(Type.Object(shape)),
  more: Type.Boolean({ description: 'there are more than are named' }),
  restricted: Type.Integer({ minimum: 0, description: 'subjects restricted because of it' }),
})

export const DiscrepancyParams = Type.Object({
  ...ControllerParams.properties,
  record: Type.Integer({ minimum: 0 }),
})

export const OpenDiscrepancies = Type.Object({
  items: Type.Array(
    Type.Object({
      ...shape,
      subjectId: Type.Union([Type.String(), Type.Null()]),
      foundAt: Type.String({ format: 'date-time' }),
    }),
  ),
})

export const Settled = Type.Object({ record: Count, version: Count })
