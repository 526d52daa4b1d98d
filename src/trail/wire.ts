import { Type } from 'typebox'

export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
})
export const Instant = Type.String({ format: 'date-time' })
export const Count = Type.Integer({ minimum: 0 })
const Digest = Type.String({ description: 'SHA-256, base64' })
export const Outcome = Type.Union([
  Type.Literal('done'),
  Type.Literal('refused'),
  Type.Literal('failed'),
])
export const LogName = Type.String({
  description: 'house, root, or a controller’s id',
  pattern: '^(house|root|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$',
})

export const EntryParams = Type.Object({ entryId: Uuid })

export const EntryShape = Type.Object({
  entryId: Uuid,
  log: Type.String(),
  index: Count,
  position: Count,
  at: Instant,
  actorKind: Type.String(),
  actorId: Type.String(),
  sessionId: Type.Optional(Uuid),
  credentialId: Type.Optional(Uuid),
  /** The grant that allowed it, or open, own, operator, house. */
  grantId: Type.Optional(Type.String()),
  action: Type.String(),
  outcome: Outcome,
  code: Type.Optional(Type.String()),
  purpose: Type.Optional(Type.String()),
  subjects: Count,
  records: Count,
  /** Numbers of the categories touched. */
  categories: Type.Array(Count),
  /** OCSF 1.8.0: who, from where, why, and what more. Absent once it is erased or its keys are destroyed. */
  event: Type.Optional(Type.Unknown()),
  /** The payload is gone; the entry and every proof of it stand. */
  erased: Type.Optional(Type.Boolean()),
})

export const EntryList = Type.Object({
  items: Type.Array(EntryShape),
  next: Type.Optional(Type.String()),
  /** Placed entries that no search finds yet; absent when it finds all. */
  behind: Type.Optional(Count),
})

export const EntryProof = Type.Object({
  ...EntryShape.properties,
  /** What the tree binds: SHA-256 of a zero byte and this text is the leaf. */
  leafBody: Type.String(),
  leafHash: Digest,
  /** The key to check the proof with, as a signed note's verifier key. */
  verifierKey: Type.Optional(Type.String()),
  /** The entry of the same log that erased the payload. */
  erasedBy: Type.Optional(Type.Object({ entryId: Uuid, index: Type.Union([Count, Type.Null()]) })),
  /** What everybody may read; its SHA-256 stands in the leaf as stm. */
  statement: Type.Optional(Type.String()),
  /** A C2SP tlog-proof; absent for up to ten seconds, until a checkpoint covers the entry. */
  proof: Type.Optional(Type.String()),
})

const LogShape = Type.Object({
  log: Type.String(),
  origin: Type.Optional(Type.String()),
  size: Count,
  root: Digest,
  signedSize: Count,
  signedAt: Type.Optional(Instant),
  verifierKey: Type.Optional(Type.String()),
  cosignerKey: Type.Optional(Type.String()),
})

const ClaimShape = Type.Object({
  rung: Count,
  words: Type.String(),
  means: Type.String(),
})

export const LogList = Type.Object({
  items: Type.Array(LogShape),
  pending: Count,
  lagSeconds: Type.Number({ minimum: 0, description: 'age of the oldest entry without a place' }),
  /** How many names the logs have had: 1, and one for each succession. */
  generation: Count,
  /** Places outside that take copies of entries, and how far they are behind. */
  copies: Type.Array(
    Type.Object({
      place: Type.String(),
      position: Count,
      behind: Count,
      at: Instant,
      failingSince: Type.Optional(Instant),
      problem: Type.Optional(Type.String()),
    }),
  ),
  signing: Type.Object({
    stopped: Type.Boolean(),
    /** The database is a restored one: refill it, or open a successor. */
    restored: Type.Boolean(),
    since: Type.Optional(Instant),
    because: Type.Optional(Type.String()),
  }),
  claim: ClaimShape,
})

export const VerifyQuery = Type.Object({
  open: Type.Optional(
    Type.Boolean({
      description: 'open every payload and hold it against its leaf; yes unless said otherwise',
    }),
  ),
})

export const ReportShape = Type.Object({
  sound: Type.Boolean(),
  entries: Count,
  pending: Count,
  opened: Type.Boolean(),
  destroyed: Count,
  erased: Count,
  erasedBy: Type.Array(
    Type.Object({
      log: Type.String(),
      index: Type.Union([Count, Type.Null()]),
      entryId: Uuid,
      payloads: Count,
    }),
  ),
  trees: Type.Array(
    Type.Object({
      log: Type.String(),
      size: Count,
      root: Digest,
      checked: Count,
      checkpoints: Count,
    }),
  ),
  faults: Type.Array(
    Type.Object({
      log: Type.String(),
      index: Type.Union([Count, Type.Null()]),
      entryId: Type.Union([Type.String(), Type.Null()]),
      fault: Type.String(),
    }),
  ),
  claim: ClaimShape,
})

export const ReceiptQuestion = Type.Object({
  receipt: Type.String({
    description: 'the value of the holdfast-receipt header',
    minLength: 1,
    maxLength: 1000,
  }),
})

export const ReceiptAnswer = Type.Object({
  state: Type.Union([
    Type.Literal('included'),
    Type.Literal('waiting'),
    Type.Literal('late'),
    Type.Literal('missing'),
  ]),
  /** What that means, in a sentence. */
  finding: Type.String(),
  entryId: Uuid,
  log: Type.String(),
  at: Instant,
  /** Until when the entry had to stand under a signed checkpoint. */
  due: Instant,
  leafHash: Digest,
  verifierKey: Type.String(),
  index: Type.Optional(Count),
  /** A C2SP tlog-proof, once a signed checkpoint covers the entry. */
  proof: Type.Optional(Type.String()),
})
