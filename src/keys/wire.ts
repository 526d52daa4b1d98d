import { Type } from 'typebox'

const Instant = Type.String({ format: 'date-time' })
const Days = Type.Integer({ minimum: 0 })

export const RingParams = Type.Object({
  ring: Type.String({ pattern: '^(house|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$' }),
})

export const KeysQuery = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 64 })),
})

const Key = Type.Object({
  family: Type.Union([
    Type.Literal('wrap'),
    Type.Literal('seal'),
    Type.Literal('mac'),
    Type.Literal('index'),
  ]),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  ageDays: Days,
  retiredAt: Type.Optional(Instant),
  rotateBy: Type.Optional(Instant),
  destroyBy: Type.Optional(Instant),
  references: Type.Optional(Type.Integer({ minimum: 0 })),
})

export const Ring = Type.Object({
  ring: Type.String(),
  createdAt: Instant,
  destroyedAt: Type.Optional(Instant),
  keys: Type.Array(Key),
})

export const Root = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  ageDays: Days,
  rotateBy: Instant,
})

export const Keys = Type.Object({
  custody: Type.Object({
    kind: Type.String(),
    sentence: Type.String(),
    apartFromData: Type.Boolean(),
    powers: Type.Object({
      nonExtractable: Type.Boolean(),
      versionDestroy: Type.Boolean(),
      associatedData: Type.Boolean(),
    }),
  }),
  root: Root,
  policy: Type.Object({
    rootDays: Days,
    wrapDays: Days,
    sealDays: Days,
    indexDays: Days,
    restoreDays: Days,
    bundleDays: Days,
  }),
  copies: Type.Array(
    Type.Object({
      file: Type.String(),
      place: Type.String(),
      upToDate: Type.Boolean(),
      trouble: Type.Optional(Type.String()),
    }),
  ),
  items: Type.Array(Ring),
  next: Type.Optional(Type.String()),
})

const Turned = Type.Union([
  Type.Literal('wrap'),
  Type.Literal('seal'),
  Type.Literal('index'),
  Type.Literal('data'),
])

export const RotateRing = Type.Object({
  families: Type.Optional(Type.Array(Turned, { minItems: 1, maxItems: 4, uniqueItems: true })),
})

export const PlanQuery = Type.Object({
  families: Type.Optional(
    Type.String({ pattern: '^(wrap|seal|index|data)(,(wrap|seal|index|data)){0,3}$' }),
  ),
})

export const Plans = Type.Object({
  items: Type.Array(
    Type.Object({
      family: Turned,
      fromVersion: Type.Optional(Type.Integer({ minimum: 1 })),
      toVersion: Type.Optional(Type.Integer({ minimum: 1 })),
      subjects: Type.Integer({ minimum: 0 }),
      seconds: Type.Optional(Type.Integer({ minimum: 0 })),
      oldGoneBy: Type.Optional(Instant),
      backupsGoneBy: Type.Optional(Instant),
      finalGoneBy: Type.Optional(Instant),
    }),
  ),
})

export const RotationsQuery = Type.Object({
  ring: Type.Optional(Type.String({ maxLength: 64 })),
})

export const Rotations = Type.Object({
  items: Type.Array(
    Type.Object({
      rotationId: Type.String({ format: 'uuid' }),
      ring: Type.String(),
      family: Type.Union([Type.Literal('root'), Turned]),
      toVersion: Type.Optional(Type.Integer({ minimum: 1 })),
      state: Type.Union([Type.Literal('running'), Type.Literal('proven'), Type.Literal('done')]),
      finalise: Type.Boolean(),
      total: Type.Integer({ minimum: 0 }),
      moved: Type.Integer({ minimum: 0 }),
      leftOver: Type.Optional(Type.Integer({ minimum: 0 })),
      startedAt: Instant,
      movedAt: Instant,
      endedAt: Type.Optional(Instant),
    }),
  ),
})

export const RotatedRing = Type.Object({
  ring: Type.String(),
  versions: Type.Record(Type.String(), Type.Integer({ minimum: 1 })),
})

export const RotatedRoot = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
})

export const Stores = Type.Object({
  items: Type.Array(
    Type.Object({
      table: Type.String(),
      sealed: Type.Array(Type.Object({ column: Type.String(), cipher: Type.String() })),
      plain: Type.Array(Type.String()),
      words: Type.Array(Type.Object({ column: Type.String(), what: Type.Optional(Type.String()) })),
      undeclared: Type.Array(Type.String()),
    }),
  ),
  files: Type.Array(Type.Object({ place: Type.String(), cipher: Type.String() })),
})

export const CertificateShape = Type.Object({
  certified: Type.Object({
    stage: Type.Union([Type.Literal(1), Type.Literal(2)]),
    controllerId: Type.String({ format: 'uuid' }),
    subjectId: Type.Optional(Type.String({ format: 'uuid' })),
    keyId: Type.Optional(Type.String({ format: 'uuid' })),
    commitment: Type.Optional(Type.String()),
    subjects: Type.Optional(Type.Integer({ minimum: 0 })),
    erasedAt: Instant,
    erasedBy: Type.String(),
    wrappingKeys: Type.Array(
      Type.Object({
        version: Type.Integer({ minimum: 0 }),
        destroyedAt: Type.Optional(Instant),
      }),
    ),
    goneFromBackupsBy: Instant,
    bundleDays: Days,
    issuedAt: Instant,
  }),
  certificate: Type.String(),
  proofs: Type.Array(
    Type.Object({
      entryId: Type.String({ format: 'uuid' }),
      log: Type.String(),
      leaf: Type.String(),
      proof: Type.String(),
    }),
  ),
  pending: Type.Integer({ minimum: 0 }),
})

export const Confirmation = Type.Object({ confirm: Type.String({ maxLength: 64 }) })

export const Shares = Type.Object({
  needed: Type.Integer(),
  shares: Type.Array(Type.String()),
})
