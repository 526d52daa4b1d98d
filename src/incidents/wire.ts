import { type Static, type TSchema, Type } from 'typebox'

const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Nullable = <T extends TSchema>(of: T) => Type.Union([of, Type.Null()])
const Facts = Type.Record(Type.String(), Type.Unknown())
const Text = (most: number, description: string) =>
  Type.String({ minLength: 1, maxLength: most, description })

const State = Type.Enum(['reported', 'assessing', 'contained', 'notified', 'closed'])
const Severity = Type.Enum(['certain', 'high', 'medium', 'low'])

export const IncidentParams = Type.Object({ incidentId: Uuid })
export const IncidentTrailQuery = Type.Object({
  certain: Type.Optional(
    Type.Boolean({ description: 'only the very sessions that are suspected; default no' }),
  ),
  after: Type.Optional(Type.String({ description: 'next of the page before', maxLength: 20 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
})
export const ClockParams = Type.Object({ incidentId: Uuid, clockId: Uuid })
export const NoticeParams = Type.Object({ noticeId: Uuid })
export const SeverityParams = Type.Object({ severity: Type.Enum(['certain', 'high']) })

export const IncidentQuery = Type.Object({
  state: Type.Optional(State),
  before: Type.Optional(Uuid),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})

export const IncidentDto = Type.Object({
  incidentId: Uuid,
  number: Type.Integer(),
  name: Type.String({ description: 'INC-7' }),
  openedAt: Instant,
  title: Type.String(),
  state: State,
  severity: Severity,
  origin: Type.Enum(['finding', 'person', 'public', 'alert']),
  synthetic: Type.Boolean({ description: 'concerns made-up controllers only' }),
  containedAt: Nullable(Instant),
  closedAt: Nullable(Instant),
})
export type IncidentDto = Static<typeof IncidentDto>

export const IncidentList = Type.Object({
  items: Type.Array(IncidentDto),
  next: Type.Optional(Uuid),
})

const Tally = Type.Object({
  subjects: Type.Integer(),
  records: Type.Integer(),
  categories: Type.Array(
    Type.Object({
      name: Type.String(),
      bit: Type.Integer(),
      subjects: Type.Integer(),
      records: Type.Integer(),
    }),
  ),
  access: Type.Object({
    read: Type.Integer(),
    exported: Type.Integer(),
    written: Type.Integer(),
    erased: Type.Integer(),
  }),
  entries: Type.Integer(),
  firstAt: Nullable(Instant),
  lastAt: Nullable(Instant),
})

export const ScopeDto = Type.Object({
  version: Type.Integer(),
  at: Instant,
  digest: Type.String({
    description: 'SHA-256 over the canonical JSON of the result, hexadecimal',
  }),
  seconds: Type.Number(),
  window: Type.Object({ from: Instant, to: Nullable(Instant) }),
  entries: Type.Integer(),
  unknown: Type.Boolean({ description: 'the trail could not be verified: numbers are a floor' }),
  gap: Nullable(Type.String()),
  controllers: Type.Array(
    Type.Object({ controllerId: Uuid, name: Type.String(), certain: Tally, possible: Tally }),
  ),
  diff: Type.Array(
    Type.Object({
      controllerId: Uuid,
      certain: Type.Array(Type.Integer()),
      possible: Type.Array(Type.Integer()),
      records: Type.Array(Type.Integer()),
    }),
  ),
})
export type ScopeDto = Static<typeof ScopeDto>

const ClockDto = Type.Object({
  clockId: Uuid,
  controllerId: Uuid,
  kind: Type.Enum(['contract', 'target', 'bound']),
  basis: Type.Enum(['certain', 'possible']),
  hours: Type.Integer(),
  startedAt: Instant,
  dueAt: Instant,
  metAt: Nullable(Instant),
  state: Type.Enum(['running', 'overdue', 'met', 'met-late']),
})

const NoticeState = Type.Enum([
  'draft',
  'approved',
  'sent',
  'withheld',
  'acknowledged',
  'superseded',
])
const Phase = Type.Enum(['initial', 'update', 'final'])

export const NoticeSummary = Type.Object({
  noticeId: Uuid,
  controllerId: Uuid,
  reference: Type.String(),
  version: Type.Integer(),
  phase: Phase,
  state: NoticeState,
  partial: Type.Boolean(),
  missing: Type.Array(Type.String()),
  createdAt: Instant,
  approvedAt: Nullable(Instant),
  sentAt: Nullable(Instant),
  acknowledgedAt: Nullable(Instant),
})
export type NoticeSummary = Static<typeof NoticeSummary>

export const NoticeList = Type.Object({ items: Type.Array(NoticeSummary) })

const Extent = Type.Object({ certain: Type.Integer(), possible: Type.Integer() })
const Measures = Type.Object({
  taken: Type.Array(Type.String()),
  proposed: Type.Array(Type.String()),
})

/** `holdfast-notice/1`, as {@link NoticeBody} of notice.ts describes it. */
export const NoticeBodyDto = Type.Object({
  format: Type.Literal('holdfast-notice/1'),
  reference: Type.String(),
  incidentId: Uuid,
  version: Type.Integer(),
  phase: Phase,
  supersedes: Nullable(Type.String()),
  synthetic: Type.Boolean(),
  processor: Type.Object({ name: Type.String(), contactPoint: Type.String() }),
  controller: Type.Object({ id: Uuid, name: Type.String() }),
  nature: Type.String(),
  subjects: Type.Object({ ...Extent.properties, kinds: Type.Array(Type.String()) }),
  records: Type.Object({
    ...Extent.properties,
    categories: Type.Array(
      Type.Object({
        name: Type.String(),
        special: Type.Boolean(),
        subjects: Extent,
        records: Extent,
      }),
    ),
  }),
  consequences: Type.String(),
  measures: Measures,
  access: Tally.properties.access,
  times: Type.Object({
    firstAccess: Nullable(Instant),
    lastAccess: Nullable(Instant),
    detected: Instant,
    contained: Nullable(Instant),
    counted: Instant,
  }),
  basis: Type.Object({
    entries: Type.Integer(),
    scopeVersion: Type.Integer(),
    scopeDigest: Type.String(),
    verified: Type.Boolean(),
    gap: Nullable(Type.String()),
  }),
})

export const NoticeDto = Type.Object({
  ...NoticeSummary.properties,
  body: NoticeBodyDto,
  deliveries: Type.Array(
    Type.Object({
      at: Instant,
      outcome: Type.Enum(['accepted', 'failed', 'withheld']),
      answer: Nullable(Type.String()),
    }),
  ),
})
export type NoticeDto = Static<typeof NoticeDto>

export const WordNotice = Type.Object({
  nature: Type.Optional(Text(4000, 'nature of the breach; no names of people')),
  consequences: Type.Optional(Text(4000, 'likely consequences; no names of people')),
  measures: Type.Optional(
    Type.Object({
      taken: Type.Array(Text(1000, 'one measure'), { maxItems: 50 }),
      proposed: Type.Array(Text(1000, 'one measure'), { maxItems: 50 }),
    }),
  ),
  phase: Type.Optional(Phase),
})

export const ApproveNotice = Type.Object({
  asPhase: Type.Optional(
    Type.Boolean({
      description: 'approve although something is missing; the rest follows (GDPR Art. 33(4))',
    }),
  ),
})

export const WholeIncidentDto = Type.Object({
  ...IncidentDto.properties,
  suspects: Type.Array(
    Type.Object({
      actorKind: Type.String(),
      actorId: Type.String(),
      credentialId: Nullable(Uuid),
      sessionId: Nullable(Uuid),
      source: Nullable(Type.String({ description: 'keyed hash of the address, shortened' })),
      certain: Type.Boolean(),
      firstAt: Nullable(Instant),
      lastAt: Nullable(Instant),
    }),
  ),
  findingIds: Type.Array(Uuid),
  timeline: Type.Array(
    Type.Object({
      at: Instant,
      actorKind: Type.String(),
      actorId: Type.String(),
      kind: Type.String(),
      sentence: Type.String(),
      text: Nullable(Type.String()),
      facts: Facts,
    }),
  ),
  containment: Type.Array(
    Type.Object({
      step: Type.Enum(['snapshot', 'probe-before', 'cut', 'probe-after']),
      actorKind: Type.String(),
      actorId: Type.String(),
      startedAt: Instant,
      endedAt: Instant,
      seconds: Type.Number(),
      held: Type.Boolean(),
      sentence: Type.String(),
    }),
  ),
  evidence: Type.Array(
    Type.Object({
      evidenceId: Uuid,
      at: Instant,
      kind: Type.String(),
      sha256: Type.String(),
      intact: Type.Boolean({ description: 'hashed again just now' }),
      body: Facts,
    }),
  ),
  scope: Nullable(ScopeDto),
  clocks: Type.Array(ClockDto),
  notices: Type.Array(NoticeSummary),
})
export type WholeIncidentDto = Static<typeof WholeIncidentDto>

const SuspectRef = Type.Object({ kind: Type.Enum(['person', 'workload']), id: Uuid })

export const OpenIncident = Type.Object({
  text: Text(20_000, 'what happened'),
  severity: Type.Optional(Type.Enum(['high', 'medium', 'low'])),
  suspect: Type.Optional(SuspectRef),
  synthetic: Type.Optional(Type.Boolean({ description: 'for exercises' })),
})

export const PublicReport = Type.Object({
  text: Text(20_000, 'what you have seen'),
  contact: Type.Optional(Text(300, 'how to reach you, if you want to be reached')),
})

export const ReportReceipt = Type.Object({
  receipt: Type.String({ description: 'keep it: it names your report' }),
  receivedAt: Instant,
})

export const NamedSuspect = Type.Object({
  ...SuspectRef.properties,
  credentialId: Type.Optional(Uuid),
  certain: Type.Optional(
    Type.Boolean({ description: 'everything done with it is hostile, not only possibly' }),
  ),
})

export const Note = Type.Object({ text: Text(20_000, 'sealed at rest') })
export const Reason = Type.Object({ reason: Text(4000, 'sealed at rest') })
export const Done = Type.Object({ done: Type.Literal(true) })

export const AllClearRequest = Type.Object({ controllerId: Uuid })
export const AllClearDto = Type.Object({
  allClearId: Uuid,
  statement: Type.Object({
    format: Type.Literal('holdfast-all-clear/1'),
    reference: Type.String(),
    incidentId: Uuid,
    synthetic: Type.Boolean(),
    processor: Type.Object({ name: Type.String(), contactPoint: Type.String() }),
    controller: Type.Object({ id: Uuid, name: Type.String() }),
    statedAt: Instant,
    window: Type.Object({ from: Instant, to: Nullable(Instant) }),
    basis: Type.Object({
      entries: Type.Integer(),
      scopeVersion: Type.Integer(),
      scopeDigest: Type.String(),
    }),
  }),
  pdfBase64: Type.String(),
})

/** An event as PagerDuty's Events API v2 words it; members we make no use of are taken and sealed. */
export const AlertEvent = Type.Object(
  {
    routing_key: Type.Optional(Type.String({ maxLength: 200 })),
    event_action: Type.Enum(['trigger', 'acknowledge', 'resolve']),
    dedup_key: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    payload: Type.Optional(
      Type.Object(
        {
          summary: Type.String({ minLength: 1, maxLength: 1024 }),
          source: Type.String({ minLength: 1, maxLength: 1024 }),
          severity: Type.Enum(['critical', 'error', 'warning', 'info']),
        },
        { additionalProperties: true },
      ),
    ),
  },
  { additionalProperties: true },
)

export const AlertAnswer = Type.Object({
  status: Type.Literal('success'),
  message: Type.String(),
  dedup_key: Type.String(),
})

export const Policies = Type.Object({
  items: Type.Array(
    Type.Object({ severity: Type.Enum(['certain', 'high']), autoContain: Type.Boolean() }),
  ),
})
export const ChoosePolicy = Type.Object({ autoContain: Type.Boolean() })

export const DrillResult = Type.Object({
  seconds: Type.Record(Type.String(), Type.Number({ minimum: 0 }), {
    description: 'between the points of the exercise, such as firstAccessToContained',
  }),
  equal: Type.Boolean({ description: 'what was counted equals what was done' }),
  facts: Type.Optional(Facts),
})
export const DrillDto = Type.Object({
  drillId: Uuid,
  kind: Type.String(),
  at: Instant,
  seconds: Type.Record(Type.String(), Type.Number()),
  equal: Type.Boolean(),
  facts: Facts,
})
