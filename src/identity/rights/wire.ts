import { Type } from 'typebox'
import { confined, Id, Instant, Kind, orNull, RoleName, Text } from '../wire.ts'

const Names = Type.Array(Type.String())
const Action = Text(100)

export const Actions = Type.Object({
  items: Type.Array(
    Type.Object({
      action: Type.String(),
      summary: Type.String(),
      method: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
      reads: Type.Boolean(),
    }),
  ),
})

const PolicyTestRef = Type.Object({ policyTestId: Id, sentence: Type.String() })
const Pair = Type.Object({ roleA: Type.String(), roleB: Type.String(), why: Type.String() })

/** What a change of rights would do. */
export const Preview = Type.Object({
  differences: Type.Array(
    Type.Object({
      actorId: Id,
      actorKind: Kind,
      actorName: Type.Optional(Type.String()),
      gains: Names,
      losses: Names,
    }),
  ),
  broken: Type.Array(PolicyTestRef),
  conflicts: Type.Array(Pair),
})

const SubjectKind = Type.Union([
  Type.Literal('actor'),
  Type.Literal('role'),
  Type.Literal('persons'),
  Type.Literal('workloads'),
  Type.Literal('everybody'),
])
const policyTest = {
  sentence: Text(300),
  subjectKind: SubjectKind,
  /** Id of an actor or name of a role; null where the kind says whom. */
  subject: orNull(Text(60)),
  /** True: must be able to. False: must never be able to. */
  may: Type.Boolean(),
  /** An action or a prefix ending in `.*`. */
  action: Action,
  controllerId: orNull(Id),
}
export const NewPolicyTest = Type.Object(policyTest)
export const PolicyTestParams = Type.Object({ policyTestId: Id })
export const PolicyTestMade = Type.Object({ policyTestId: Id })
export const PolicyTests = Type.Object({
  items: Type.Array(
    Type.Object({
      policyTestId: Id,
      ...policyTest,
      holds: Type.Boolean(),
      createdBy: Type.String(),
      createdAt: Instant,
    }),
  ),
})

export const NewConflict = Type.Object({
  roles: Type.Array(RoleName, { minItems: 2, maxItems: 2, uniqueItems: true }),
  why: Text(300),
})
export const ConflictParams = Type.Object({ roleA: RoleName, roleB: RoleName })
export const Conflicts = Type.Object({
  items: Type.Array(
    Type.Object({
      roleA: Type.String(),
      roleB: Type.String(),
      why: Type.String(),
      createdBy: Type.String(),
      createdAt: Instant,
    }),
  ),
})

const days = Type.Integer({ minimum: 1, maximum: 3660 })
export const PrivilegeQuery = Type.Object({ unusedDays: Type.Optional(days) })
export const DormantQuery = Type.Object({ days: Type.Optional(days) })
export const PrivilegeReport = Type.Object({
  unusedDays: Type.Integer(),
  grants: Type.Integer(),
  unused: Type.Array(
    Type.Object({
      grantId: Id,
      actorId: Id,
      actorKind: Kind,
      actorName: Type.Optional(Type.String()),
      role: Type.String(),
      privileged: Type.Boolean(),
      createdAt: Instant,
      lastUsedAt: orNull(Instant),
    }),
  ),
  roles: Type.Array(
    Type.Object({
      role: Type.String(),
      holders: Type.Integer(),
      granted: Type.Integer(),
      used: Type.Integer(),
      /** Used of granted, 0 to 1. */
      share: Type.Number(),
      usedActions: Names,
      overBroad: Type.Boolean(),
    }),
  ),
  privileged: Type.Object({
    standing: Type.Integer(),
    inTime: Type.Integer(),
    standingWithoutEnd: Type.Integer(),
  }),
})
export const Unused = Type.Object({
  grantIds: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }),
  unusedDays: days,
})
export const Removed = Type.Object({ removed: Type.Integer() })

const Minutes = Type.Integer({ minimum: 5, maximum: 10_080 })
export const NewRequest = Type.Object({
  role: RoleName,
  ...confined,
  minutes: Minutes,
  reason: Text(500),
})
export const RequestRef = Type.Object({ requestId: Id })
export const RequestParams = Type.Object({ requestId: Id })
export const Requests = Type.Object({
  items: Type.Array(
    Type.Object({
      requestId: Id,
      kind: Type.Union([Type.Literal('request'), Type.Literal('break-glass')]),
      personId: Id,
      personName: orNull(Type.String()),
      role: Type.String(),
      ...confined,
      minutes: Type.Integer(),
      reason: Type.String(),
      createdAt: Instant,
      lapsesAt: Instant,
      decision: orNull(Type.String()),
      decidedBy: orNull(Type.String()),
      decidedAt: orNull(Instant),
      grantId: orNull(Id),
      endsAt: orNull(Instant),
      reviewedBy: orNull(Type.String()),
      reviewedAt: orNull(Instant),
      reviewNote: orNull(Type.String()),
    }),
  ),
})
export const WaitingGlass = Type.Object({
  ...Requests.properties,
  designated: Type.Boolean({ description: 'whether you may open and confirm break-glass access' }),
})

export const NewGlass = Type.Object({
  role: RoleName,
  minutes: Type.Integer({ minimum: 5, maximum: 60 }),
  reason: Text(500),
})
export const GlassReview = Type.Object({ note: Text(2000) })
export const GlassHolders = Type.Object({
  items: Type.Array(
    Type.Object({
      personId: Id,
      name: orNull(Type.String()),
      designatedBy: Type.String(),
      designatedAt: Instant,
      testedAt: orNull(Instant),
      factors: Type.Integer(),
      enabled: Type.Boolean(),
    }),
  ),
})

export const NoticeParams = Type.Object({ noticeId: Id })
export const Notices = Type.Object({
  items: Type.Array(
    Type.Object({
      noticeId: Id,
      kind: Type.String(),
      subject: Type.String(),
      text: Type.String(),
      createdAt: Instant,
      controllerId: Type.Union([Type.String(), Type.Null()]),
      about: Type.Union([Type.String(), Type.Null()], {
        description: 'id of what waits or happened; the notice goes when that is answered',
      }),
      endsAt: Type.Union([Instant, Type.Null()], { description: 'from when on it is no news' }),
    }),
  ),
})
