import { Type } from 'typebox'

const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })

export const AnchorParams = Type.Object({
  anchorId: Type.String({
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    description: 'UUID, lower case',
  }),
})

const Address = Type.String({
  description: 'where it is asked: https://host/path',
  minLength: 8,
  maxLength: 500,
})

const HeldBy = Type.String({ description: 'who runs it, in words', minLength: 1, maxLength: 200 })

export const NewWitness = Type.Object({
  address: Address,
  key: Type.String({
    description: 'its verifier key, as it printed it',
    minLength: 1,
    maxLength: 4000,
  }),
  heldBy: HeldBy,
  everyMinutes: Type.Optional(
    Type.Integer({
      description: 'asked no more often than this; 1 unless given',
      minimum: 1,
      maximum: 1440,
    }),
  ),
})

export const NewAuthority = Type.Object({
  address: Address,
  certificate: Type.String({
    description: 'the certificate it signs with, PEM',
    minLength: 1,
    maxLength: 16_384,
  }),
  heldBy: HeldBy,
  everyMinutes: Type.Optional(
    Type.Integer({
      description: 'asked no more often than this; 60 unless given',
      minimum: 5,
      maximum: 1440,
    }),
  ),
})

export const AnchorShape = Type.Object({
  anchorId: Type.String(),
  kind: Type.Union([Type.Literal('copy'), Type.Literal('witness'), Type.Literal('timestamp')]),
  name: Type.String(),
  address: Type.Optional(Type.String()),
  heldBy: Type.String(),
  everyMinutes: Count,
  addedAt: Instant,
  /** `fresh`, `new` (nothing yet, and no time to), `stale` (behind for too long), `loose` (could be changed). */
  state: Type.Union([
    Type.Literal('fresh'),
    Type.Literal('new'),
    Type.Literal('stale'),
    Type.Literal('loose'),
  ]),
  proves: Type.String(),
  /** For how long it could have had the oldest root checkpoint that it lacks. */
  lagSeconds: Type.Number({ minimum: 0 }),
  size: Type.Optional(Count),
  signedAt: Type.Optional(Instant),
  reachedAt: Type.Optional(Instant),
  lockedAt: Type.Optional(Instant),
  failingSince: Type.Optional(Instant),
  failure: Type.Optional(Type.String()),
})

export const AnchorList = Type.Object({
  claim: Type.Object({ rung: Count, words: Type.String(), means: Type.String() }),
  /** The signed root checkpoint that the anchors are measured by. */
  head: Type.Optional(Type.Object({ size: Count, at: Instant })),
  store: Type.Object({
    place: Type.String(),
    /** Whether it lies outside of the data directory, so that the trail is copied there. */
    outside: Type.Boolean(),
    lockDays: Count,
    /** Full bundles that wait to be copied. */
    waiting: Count,
  }),
  items: Type.Array(AnchorShape),
})

export const TimestampList = Type.Object({
  items: Type.Array(
    Type.Object({
      size: Count,
      authority: Type.String(),
      at: Instant,
      /** What is dated: these bytes, the checkpoint as the log alone signed it. */
      checkpoint: Type.String(),
      token: Type.String({ description: 'TimeStampToken of RFC 3161, DER, base64' }),
    }),
  ),
})
