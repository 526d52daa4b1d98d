import { Type } from 'typebox'
import { Id, Instant, orNull } from './wire.ts'

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 })
const GroupRoles = Type.Record(
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { minItems: 1, maxItems: 20 }),
  { description: 'roles by the name of a group at the provider' },
)
const terms = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  issuer: Type.String({ minLength: 1, maxLength: 500, description: 'its issuer, an https URL' }),
  clientId: Type.String({ minLength: 1, maxLength: 500 }),
}

export const NewProvider = Type.Object({
  ...terms,
  clientSecret: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  strongAmr: Type.Optional(Words),
  strongAcr: Type.Optional(Words),
  groupClaim: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  groupRoles: Type.Optional(GroupRoles),
  linksByEmail: Type.Optional(Type.Boolean()),
  makesAccounts: Type.Optional(Type.Boolean()),
})
export const AddedProvider = Type.Object({ providerId: Id })
export const ProviderParams = Type.Object({ providerId: Id })
export const Providers = Type.Object({
  items: Type.Array(
    Type.Object({
      providerId: Id,
      ...terms,
      hasSecret: Type.Boolean(),
      strongAmr: Type.Array(Type.String()),
      strongAcr: Type.Array(Type.String()),
      groupClaim: Type.String(),
      groupRoles: Type.Record(Type.String(), Type.Array(Type.String())),
      linksByEmail: Type.Boolean(),
      makesAccounts: Type.Boolean(),
      directoryId: orNull(Id),
      createdAt: Instant,
    }),
  ),
})
export const MappedGroups = Type.Object({ groupRoles: GroupRoles })
export const NamedDirectory = Type.Object({
  workloadId: Type.Union([Id, Type.Null()], {
    description: 'the workload that keeps its people and groups here (SCIM); null: none',
  }),
})
export const DirectoryGroups = Type.Object({
  items: Type.Array(
    Type.Object({
      groupId: Id,
      displayName: Type.String(),
      externalId: orNull(Type.String()),
      members: Type.Integer(),
      roles: Type.Array(Type.String()),
      changedAt: Instant,
    }),
  ),
})
export const ProviderNames = Type.Object({
  items: Type.Array(Type.Object({ providerId: Id, name: Type.String() })),
})
export const Departure = Type.Object({
  providerId: Id,
  strong: Type.Optional(
    Type.Boolean({ description: 'asks the provider for a second factor anew' }),
  ),
})
export const Departed = Type.Object({ url: Type.String() })
export const Arrival = Type.Object({
  query: Type.String({
    minLength: 1,
    maxLength: 8192,
    description: 'the query the browser came back with, whole',
  }),
})
export const Arrived = Type.Object({
  assurance: Type.Union([Type.Literal(1), Type.Literal(2)]),
  expiresAt: Instant,
})
