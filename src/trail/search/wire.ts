import { Type } from 'typebox'
import { exportFormats } from './export.ts'
import { LogName, Outcome, Uuid } from '../wire.ts'

const numberIn = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }))

/** What of the trail is wanted. All of it must match. */
export const FilterShape = Type.Object({
  log: Type.Optional(LogName),
  actorId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  kinds: Type.Optional(
    Type.String({
      description: 'kinds of actor, by commas: person, workload, house, operator, anonymous',
      pattern:
        '^(person|workload|house|operator|anonymous)(,(person|workload|house|operator|anonymous)){0,4}$',
    }),
  ),
  action: Type.Optional(
    Type.String({
      description: 'an action’s name, or a prefix of it ending in .*',
      pattern: '^[a-z0-9.-]{1,100}(\\.\\*)?$',
    }),
  ),
  outcome: Type.Optional(Outcome),
  purpose: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  sessionId: Type.Optional(Uuid),
  credentialId: Type.Optional(Uuid),
  subject: numberIn('a subject’s number in its log'),
  from: Type.Optional(Type.String({ description: 'first instant, RFC 3339', maxLength: 40 })),
  until: Type.Optional(Type.String({ description: 'instant after the last', maxLength: 40 })),
  fromIndex: numberIn('first place in the log'),
  toIndex: numberIn('last place in the log'),
})

export const EntryQuery = Type.Object({
  ...FilterShape.properties,
  after: Type.Optional(Type.String({ description: 'next of the page before', maxLength: 20 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
})

export const ExportQuery = Type.Object({
  ...FilterShape.properties,
  format: Type.Optional(Type.Enum([...exportFormats])),
})

/** An export is a stream; its media type says which. */
export const Exported = Type.Unknown()

export const TailQuery = Type.Object({
  ...FilterShape.properties,
  after: Type.Optional(Type.String({ description: 'the last position seen', maxLength: 20 })),
})

/** Server-sent events: `began`, then `entry` for each, `end` with the reason. */
export const Tailed = Type.Unknown()
