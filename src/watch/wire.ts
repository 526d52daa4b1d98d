import { type Static, Type } from 'typebox'

const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(of: T) =>
  Type.Union([of, Type.Null()])

export const ControllerParams = Type.Object({ controllerId: Uuid })
export const FindingParams = Type.Object({ findingId: Uuid })

export const PlantCanaries = Type.Object({
  count: Type.Integer({ minimum: 1, maximum: 100, description: 'how many subjects to make up' }),
})

export const CanaryCount = Type.Object({
  count: Type.Integer(),
  lastPlantedAt: Nullable(Instant),
})

export const FindingQuery = Type.Object({
  state: Type.Optional(Type.Enum(['open', 'dismissed', 'incident', 'closed'])),
  before: Type.Optional(Uuid),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})

export const DismissFinding = Type.Object({
  reason: Type.String({ minLength: 3, maxLength: 500, description: 'why it is nothing; no names' }),
})

export const FindingDto = Type.Object({
  findingId: Uuid,
  at: Instant,
  rule: Type.String(),
  severity: Type.Enum(['certain', 'high', 'medium']),
  state: Type.Enum(['open', 'dismissed', 'incident', 'closed']),
  sentence: Type.String({ description: 'ids stand in it as they are; look labels up by them' }),
  controllerId: Nullable(Uuid),
  actorKind: Type.String(),
  actorId: Type.String(),
  credentialId: Nullable(Uuid),
  facts: Type.Record(Type.String(), Type.Unknown()),
  firstAt: Instant,
  lastAt: Instant,
  firstPosition: Type.Integer(),
  lastPosition: Type.Integer(),
  settledAt: Nullable(Instant),
})
export type FindingDto = Static<typeof FindingDto>

export const FindingList = Type.Object({
  items: Type.Array(FindingDto),
  next: Type.Optional(Uuid),
})

export const TracedFindingDto = Type.Object({
  ...FindingDto.properties,
  reason: Nullable(Type.String({ description: 'why it was dismissed' })),
  sessions: Type.Array(
    Type.Object({
      credentialId: Nullable(Uuid),
      sessionId: Nullable(Uuid),
      source: Type.String({ description: 'keyed hash of the address, shortened' }),
      firstAt: Instant,
      lastAt: Instant,
      entries: Type.Integer(),
    }),
  ),
})
export type TracedFindingDto = Static<typeof TracedFindingDto>
