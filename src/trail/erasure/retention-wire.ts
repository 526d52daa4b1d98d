import { Type } from 'typebox'
import { Count, Instant, LogName, Uuid } from '../wire.ts'

const Reason = Type.String({ minLength: 1, maxLength: 1000 })

const Months = (minimum: number, maximum: number, description: string) =>
  Type.Union([Type.Integer({ minimum, maximum }), Type.Null()], { description })

const policy = {
  payloadMonths: Months(
    1,
    240,
    'whole months that names, addresses and reasons are kept after their own; null: for ever',
  ),
  bundleMonths: Months(12, 600, 'months that entry bundles are served; null: for ever'),
}

export const RetentionShape = Type.Object(policy)

export const RetentionQuery = Type.Object({
  payloadMonths: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 240, description: 'preview these months for payloads' }),
  ),
  bundleMonths: Type.Optional(
    Type.Integer({ minimum: 12, maximum: 600, description: 'preview these months for bundles' }),
  ),
})

export const DueShape = Type.Object({
  /** Payloads that go, by month and log; those under a hold stay. */
  months: Type.Array(
    Type.Object({
      month: Type.String({ description: 'as 2026-03' }),
      logs: Type.Array(
        Type.Object({ log: Type.String(), payloads: Count, bytes: Count, held: Type.Boolean() }),
      ),
    }),
  ),
  /** Logs whose bundles below `minimum` are no longer served. */
  bundles: Type.Array(
    Type.Object({ log: Type.String(), from: Count, minimum: Count, held: Type.Boolean() }),
  ),
})

export const RetentionView = Type.Object({
  ...policy,
  since: Instant,
  /** What the policy, or the one asked about, would let go now. Nothing has gone. */
  due: DueShape,
})

export const NewHold = Type.Object({
  /** Omit it for all logs. */
  log: Type.Optional(LogName),
  reason: Reason,
})

export const HoldParams = Type.Object({ holdId: Uuid })
export const WithReason = Type.Object({ reason: Reason })
export const HoldRef = Type.Object({ holdId: Uuid })

export const HoldList = Type.Object({
  items: Type.Array(
    Type.Object({
      holdId: Uuid,
      log: Type.Union([Type.String(), Type.Null()]),
      laidAt: Instant,
      laidBy: Type.String(),
      reason: Type.String(),
      liftedAt: Type.Union([Instant, Type.Null()]),
      liftedBy: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})

export const ActorParams = Type.Object({ actorId: Type.String({ minLength: 1, maxLength: 100 }) })
export const Done = Type.Object({})
