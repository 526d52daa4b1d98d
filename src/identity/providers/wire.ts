import { Type } from 'typebox'
import { Id, Instant, orNull } from '../wire.ts'

const Words = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 })
const GroupRoles = Type.Record(
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 50 }), { minItems: 1, maxItems: 20 }),
  { description: 'roles by the name of a group at the provider' },
)
const Kind = Type.Union([Type.Literal('oidc'), Type.Literal('saml')])
const terms = {
  name: Type.String({ minLength: 1, maxLength: 100 }),
  issuer: Type.String({
    minLength: 1,
    maxLength: 500,
    description: 'its issuer, an https URL; of SAML its entity id',
  }),
  clientId: Type.String({ minLength: 1, maxLength: 500 }),
}

const saml = {
  entryPoint: Type.String({
    minLength: 1,
    maxLength: 1000,
    description: 'of SAML: where sign-in begins (HTTP-Redirect)',
  }),
  certificates: Type.String({
    minLength: 1,
    maxLength: 20_000,
    description: 'of SAML: what signs its assertions, PEM, one or several',
  }),
  emailAttribute: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'of SAML: the attribute that holds the address; email unless said otherwise',
  }),
}

export const NewProvider = Type.Object({
  ...terms,
  kind: Type.Optional(Kind),
  entryPoint: Type.Optional(saml.entryPoint),
  certificates: Type.Optional(saml.certificates),
  emailAttribute: Type.Optional(saml.emailAttribute),
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
      kind: Kind,
      entryPoint: orNull(saml.entryPoint),
      certificates: orNull(saml.certificates),
      emailAttribute: orNull(saml.emailAttribute),
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
/** As the HTTP-POST binding names them (SAML 2.0 bindings §3.5). */
export const Posted = Type.Object(
  {
    SAMLResponse: Type.String({ minLength: 1, maxLength: 400_000 }),
    RelayState: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: true },
)
export const Arrived = Type.Object({
  assurance: Type.Union([Type.Literal(1), Type.Literal(2)]),
  expiresAt: Instant,
})
