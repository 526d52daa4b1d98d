import { Type } from 'typebox'

/** Shapes every list and form of this room is made of. */
export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
})
export const Instant = Type.String({ format: 'date-time' })
export const Kind = Type.Union([Type.Literal('person'), Type.Literal('workload')])
export const Nothing = Type.Object({})
export const orNull = <T extends Parameters<typeof Type.Optional>[0]>(shape: T) =>
  Type.Union([shape, Type.Null()])

export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
export const RoleName = Type.String({ pattern: '^[a-z][a-z0-9-]{1,49}$' })

export const PersonParams = Type.Object({ personId: Id })
export const WorkloadParams = Type.Object({ workloadId: Id })
export const CredentialParams = Type.Object({ credentialId: Id })
export const EnrolmentParams = Type.Object({ enrolmentId: Id })
export const GrantParams = Type.Object({ grantId: Id })
export const RoleParams = Type.Object({ name: RoleName })
export const ActorParams = Type.Object({ actorId: Id })
const LockKind = Type.Union([
  Type.Literal('person'),
  Type.Literal('workload'),
  Type.Literal('session'),
  Type.Literal('role'),
  Type.Literal('network'),
  Type.Literal('controller'),
])
/** An id, a role's name, or a network in CIDR form. */
const LockedId = Type.String({ minLength: 2, maxLength: 60 })
export const LockParams = Type.Object({ kind: LockKind, id: LockedId })
export const ReviewParams = Type.Object({ reviewId: Id })

/** Lists go on after the last id seen. */
export const After = Type.Object({ after: Type.Optional(Id) })

const next = Type.Optional(Id)
const account = {
  createdAt: Instant,
  lastUsedAt: orNull(Instant),
  disabledAt: orNull(Instant),
  disabledBecause: orNull(Type.String()),
  locked: Type.Boolean(),
}

export const Persons = Type.Object({
  items: Type.Array(
    Type.Object({
      personId: Id,
      name: Type.String(),
      email: Type.String(),
      factors: Type.Array(Type.String()),
      ...account,
    }),
  ),
  next,
})

export const Workloads = Type.Object({
  items: Type.Array(
    Type.Object({
      workloadId: Id,
      name: Type.String(),
      environment: Type.String(),
      networks: orNull(Type.Array(Type.String())),
      purposes: orNull(Type.Array(Type.String())),
      ...account,
    }),
  ),
  next,
})

export const NewWorkload = Type.Object({
  name: Text(100),
  environment: Type.Optional(
    Type.Union([Type.Literal('production'), Type.Literal('staging'), Type.Literal('development')]),
  ),
})
export const WorkloadRef = Type.Object({ workloadId: Id })

export const NewCredential = Type.Object({ label: Text(100), expiresAt: Instant })
export const IssuedCredential = Type.Object({
  credentialId: Id,
  token: Type.String({ description: 'shown once' }),
})
export const Credentials = Type.Object({
  items: Type.Array(
    Type.Object({
      credentialId: Id,
      label: Type.String(),
      createdAt: Instant,
      expiresAt: Instant,
      revokedAt: orNull(Instant),
      lastUsedAt: orNull(Instant),
    }),
  ),
})

export const EndedSessions = Type.Object({ sessions: Type.Array(Id) })

export const Invitation = Type.Object({
  roleNames: Type.Array(RoleName, { minItems: 1, maxItems: 20, uniqueItems: true }),
  email: Type.Optional(
    Type.String({
      minLength: 3,
      maxLength: 254,
      description: 'whose link it is: mailed where mail is set up, and good for no other address',
    }),
  ),
})
export const Invited = Type.Object({
  enrolmentId: Id,
  link: orNull(
    Type.String({
      description: 'good once, until expiresAt; shown once; null where it was mailed',
    }),
  ),
  mailed: Type.Boolean({ description: 'whether a mail server has taken the link' }),
  expiresAt: Instant,
})
export const Enrolments = Type.Object({
  items: Type.Array(
    Type.Object({
      enrolmentId: Id,
      kind: Type.String(),
      roleNames: Type.Array(Type.String()),
      createdAt: Instant,
      expiresAt: Instant,
    }),
  ),
})

export const NewRole = Type.Object({
  name: RoleName,
  description: Text(300),
  actions: Type.Array(Text(100), { minItems: 1, maxItems: 300, uniqueItems: true }),
})
export const ChangedRole = Type.Omit(NewRole, ['name'])
export const Role = Type.Object({
  name: Type.String(),
  description: Type.String(),
  actions: Type.Array(Type.String()),
  privileged: Type.Boolean(),
  builtIn: Type.Boolean(),
  forWorkloads: Type.Boolean({ description: 'whether only a workload can hold it' }),
})
export const Roles = Type.Object({ items: Type.Array(Role) })

export const confined = {
  controllers: orNull(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
  categories: orNull(Type.Array(Text(100), { minItems: 1, maxItems: 31 })),
  purposes: orNull(Type.Array(Text(100), { minItems: 1, maxItems: 100 })),
}

export const NewGrant = Type.Object({
  actorId: Id,
  role: RoleName,
  ...confined,
  expiresAt: orNull(Instant),
})
export const GrantRef = Type.Object({ grantId: Id })
const HeldGrant = Type.Object({
  grantId: Id,
  actorId: Id,
  actorKind: Kind,
  /** Of persons. */
  actorName: Type.Optional(Type.String()),
  role: Type.String(),
  actions: Type.Array(Type.String()),
  ...confined,
  createdBy: Type.String(),
  createdAt: Instant,
  expiresAt: orNull(Instant),
  lastUsedAt: orNull(Instant),
  /** `standing`, or asked for in time. */
  origin: Type.String(),
  privileged: Type.Boolean(),
})
export const Grants = Type.Object({ items: Type.Array(HeldGrant), next })
export const GrantQuery = Type.Object({
  after: Type.Optional(Id),
  unusedDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
})
export const WhoQuery = Type.Object({
  action: Text(100),
  controllerId: Type.Optional(Id),
  purpose: Type.Optional(Text(100)),
  category: Type.Optional(Text(100)),
})
export const Access = Type.Object({
  items: Type.Array(HeldGrant),
  /** Every action they may do, with the grants that allow it. */
  actions: Type.Array(
    Type.Object({ action: Type.String(), summary: Type.String(), grantIds: Type.Array(Id) }),
  ),
})

export const NewLock = Type.Object({ kind: LockKind, id: LockedId, reason: Text(500) })
export const CutOff = Type.Object({ sessions: Type.Array(Id), credentials: Type.Array(Id) })
export const Locks = Type.Object({
  items: Type.Array(
    Type.Object({
      kind: LockKind,
      id: LockedId,
      reason: Type.String(),
      lockedBy: Type.String(),
      lockedAt: Instant,
      sessions: Type.Array(Id),
      credentials: Type.Array(Id),
      /** Requests under way that it broke off. */
      requests: Type.Array(
        Type.Object({
          at: Instant,
          action: Type.String(),
          actorId: Type.String(),
          sessionId: orNull(Id),
          ranMs: Type.Integer(),
        }),
      ),
    }),
  ),
})

export const NewReview = Type.Object({
  title: Text(200),
  dueAt: Instant,
  roles: Type.Optional(Type.Array(RoleName, { minItems: 1, maxItems: 100 })),
  /** Grants that reach one of these, be they confined to it or not. */
  controllers: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
})
export const ReviewRef = Type.Object({ reviewId: Id, items: Type.Integer() })
export const Review = Type.Object({
  reviewId: Id,
  title: Type.String(),
  createdBy: Type.String(),
  createdAt: Instant,
  dueAt: Instant,
  closedAt: orNull(Instant),
  populationSha256: Type.String(),
  items: Type.Integer(),
  decided: Type.Integer(),
  roles: orNull(Type.Array(Type.String())),
  controllers: orNull(Type.Array(Id)),
  scheduleId: orNull(Id),
})
export const Reviews = Type.Object({ items: Type.Array(Review) })
export const ReviewShown = Type.Object({
  review: Review,
  items: Type.Array(
    Type.Object({
      grantId: Id,
      actorId: Id,
      actorKind: Kind,
      actorName: Type.Optional(Type.String()),
      role: Type.String(),
      controllers: orNull(Type.Array(Id)),
      lastUsedAt: orNull(Instant),
      decision: orNull(Type.String()),
      decidedBy: orNull(Type.String()),
      decidedAt: orNull(Instant),
      successorId: orNull(Id),
      probedAt: orNull(Instant),
      probeAnswer: orNull(Type.String()),
      probeRefused: orNull(Type.Boolean()),
    }),
  ),
})
export const ReviewDecision = Type.Object({
  grantId: Id,
  decision: Type.Union([Type.Literal('keep'), Type.Literal('revoke'), Type.Literal('limit')]),
  /** With `limit`: what is left. Bounds that stay may be left out. */
  limit: Type.Optional(
    Type.Object({
      controllers: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
      categories: Type.Optional(Type.Array(Text(100), { minItems: 1, maxItems: 31 })),
      purposes: Type.Optional(Type.Array(Text(100), { minItems: 1, maxItems: 100 })),
      expiresAt: Type.Optional(Instant),
    }),
  ),
})
export const ReviewState = Type.Object({ closed: Type.Boolean() })
