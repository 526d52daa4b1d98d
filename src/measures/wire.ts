import { type TSchema, Type } from 'typebox'

const maybe = <T extends TSchema>(shape: T) => Type.Optional(shape)
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Names = Type.Array(Type.String())

const State = Type.Enum([
  'proven',
  'failing',
  'stale',
  'unknown',
  'excepted',
  'not-applicable',
] as const)
const Class = Type.Enum(['enforced', 'measured', 'drilled', 'attested', 'declared'] as const)
const Probe = Type.Object({
  tried: Type.String(),
  answer: Type.String(),
  refused: Type.Boolean(),
})
const References = Type.Object({
  gdpr: Names,
  scc: Names,
  iso27001: Names,
  soc2: Names,
  nist80053: Names,
  cis8: Names,
})
const Summary = Type.Object({
  proven: Type.Integer(),
  failing: Type.Integer(),
  stale: Type.Integer(),
  unknown: Type.Integer(),
  excepted: Type.Integer(),
  'not-applicable': Type.Integer(),
})

const ShownParts = {
  id: Type.String(),
  statement: Type.String(),
  class: Class,
  state: State,
  beneath: State,
  why: Type.String(),
  spoken: Type.String({ description: 'state first, then when it was verified and by what' }),
  hasCheck: Type.Boolean(),
  references: Names,
  lookedAt: maybe(Instant),
  ageSeconds: maybe(Type.Integer()),
  covers: maybe(Instant),
  n: maybe(Type.Integer()),
  of: maybe(Type.Integer()),
  finding: maybe(Type.String()),
  probe: maybe(Probe),
  nextDue: maybe(Instant),
}
const Shown = Type.Object(ShownParts)

const headingsOf = <S extends TSchema>(measure: S) =>
  Type.Array(
    Type.Object({
      document: Type.String(),
      title: Type.String(),
      lines: Type.Array(
        Type.Object({
          id: Type.String(),
          promise: Type.String(),
          state: State,
          references: References,
          measures: Type.Array(measure),
        }),
      ),
    }),
  )

export const Annex = Type.Object({
  processor: Type.String(),
  preparedAt: Instant,
  summary: Summary,
  headings: headingsOf(Shown),
  beyond: Type.Array(Shown),
})

const PublicMeasure = Type.Object({
  statement: Type.String(),
  class: Class,
  state: State,
  spoken: Type.String(),
  lookedAt: maybe(Instant),
  verifiedAt: maybe(Instant),
})
export const PublicAnnex = Type.Object({
  processor: Type.String(),
  preparedAt: Instant,
  summary: Summary,
  headings: headingsOf(PublicMeasure),
  beyond: Type.Array(PublicMeasure),
})

/** A document that is sent as bytes. */
export const Bytes = Type.Unknown()

export const MeasureParams = Type.Object({ id: Type.String({ maxLength: 100 }) })
export const ExceptionParams = Type.Object({
  id: Type.String({ maxLength: 100 }),
  exceptionId: Uuid,
})

export const Observation = Type.Object({
  id: Uuid,
  outcome: Type.Enum(['pass', 'fail', 'error'] as const),
  n: Type.Integer(),
  of: Type.Integer(),
  finding: Type.String(),
  facts: Type.Unknown(),
  covers: Instant,
  collected: Instant,
  received: Instant,
  probe: maybe(Probe),
  codeHash: maybe(Type.String({ description: 'SHA-256 of the check, hexadecimal' })),
  entryId: maybe(Type.String({ description: 'the entry of the trail that tells of it' })),
})

const ExceptionKind = Type.Enum(['accepted', 'not-applicable'] as const)
export const MeasureDetail = Type.Object({
  ...ShownParts,
  lines: Names,
  freshForHours: Type.Number(),
  everyMinutes: Type.Number(),
  observations: Type.Array(Observation),
  days: Type.Array(
    Type.Object({
      day: Type.String({ format: 'date' }),
      state: State,
      observations: Type.Integer(),
    }),
  ),
  exceptions: Type.Array(
    Type.Object({
      id: Uuid,
      kind: ExceptionKind,
      reason: Type.String(),
      approvedBy: Uuid,
      approvedAt: Instant,
      expires: Instant,
      inForce: Type.Boolean(),
      endedAt: maybe(Instant),
    }),
  ),
})

export const NewException = Type.Object({
  kind: ExceptionKind,
  reason: Type.String({ minLength: 1, maxLength: 4000 }),
  expires: Instant,
})
export const Ref = Type.Object({ id: Uuid })
export const Done = Type.Object({})
