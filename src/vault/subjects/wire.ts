import { type TObject, type TSchema, Type } from 'typebox'
import { requestKinds, requestStates } from '../requests/subject-request.ts'
import { StoredRecord } from '../wire.ts'
import { sayings } from './consent.ts'

const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
})
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })
const Name = Type.String({ minLength: 1, maxLength: 64 })
const Words = (description: string) => Type.String({ minLength: 1, maxLength: 4000, description })
const maybe = <T extends TSchema>(shape: T) => Type.Optional(shape)
const orNull = <T extends TSchema>(shape: T) => Type.Union([shape, Type.Null()])
const listOf = <S extends TObject>(shape: S) => Type.Object({ items: Type.Array(shape) })
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const Names = Type.Array(Name, { maxItems: 200 })

export const ControllerParams = Type.Object({ controllerId: Uuid })
export const SubjectParams = Type.Object({ controllerId: Uuid, subjectId: Uuid })
export const RequestParams = Type.Object({ controllerId: Uuid, requestId: Uuid })
export const RecordParams = Type.Object({ controllerId: Uuid, subjectId: Uuid, category: Name })

// One field, and putting right

export const FieldPlace = Type.Object({ category: Name, field: Name })
export const RevealedField = Type.Object({
  category: Name,
  field: Name,
  value: orNull(Value),
})
export const Corrections = Type.Object({
  fields: Type.Record(Type.String(), orNull(Value), {
    description: 'the fields that change; null takes a value out',
  }),
})
export const Corrected = StoredRecord

// What subjects say

export const Statement = Type.Object({
  purpose: Name,
  kind: Type.Enum(sayings),
  stands: Type.Boolean({ description: 'true where it is given, false where it is withdrawn' }),
  evidence: Words('how, when and before whom it was said'),
})
export const Recorded = Type.Object({ consentId: Uuid })
export const Statements = listOf(
  Type.Object({
    consentId: Uuid,
    purpose: Name,
    kind: Type.Enum(sayings),
    givenAt: Instant,
    evidence: Type.String(),
    endedAt: orNull(Instant),
    endedHow: orNull(Type.String()),
  }),
)

// Exports that need a second person

export const ExportAsk = Type.Object({ categories: maybe(Names) })
export const ExportAsked = Type.Object({ requestId: Uuid, subjects: Count })
export const ExportRequests = listOf(
  Type.Object({
    requestId: Uuid,
    askedBy: Type.String(),
    askedAt: Instant,
    purpose: Name,
    reason: Type.String(),
    categories: orNull(Type.Array(Name)),
    subjects: Count,
    approved: orNull(Type.Boolean()),
    decidedBy: orNull(Type.String()),
    decidedAt: orNull(Instant),
    decidedWhy: orNull(Type.String()),
    usedAt: orNull(Instant),
    format: orNull(Type.String()),
    goneOn: Count,
    lapsesAt: Instant,
    goodUntil: orNull(Instant),
  }),
)
export const Decision = Type.Object({ approve: Type.Boolean() })
export const Decided = Type.Object({ requestId: Uuid, approved: Type.Boolean() })

// Requests of data subjects

export const NewRequest = Type.Object({
  kind: Type.Enum(requestKinds),
  asked: Words('what was asked, in the subject’s words or in ours'),
  subjectId: maybe(Uuid),
  receivedAt: maybe(
    Type.String({ format: 'date-time', description: 'when it reached us; default now' }),
  ),
})
const request = {
  requestId: Uuid,
  kind: Type.Enum(requestKinds),
  state: Type.Enum(requestStates),
  subjectId: orNull(Uuid),
  receivedAt: Instant,
  dueAt: Instant,
  extendedAt: orNull(Instant),
  endedAt: orNull(Instant),
}
export const RequestFacts = Type.Object(request)
export const RequestList = listOf(
  Type.Object({ ...request, controllerId: Uuid, controller: Type.String() }),
)
export const ListQuery = Type.Object({
  open: maybe(Type.Boolean({ description: 'only those that have not ended' })),
})
export const RequestRead = Type.Object({
  ...request,
  asked: Type.String(),
  steps: Type.Array(
    Type.Object({
      step: Type.Integer(),
      what: Type.String(),
      at: Instant,
      actorId: Type.String(),
      facts: Type.Record(Type.String(), Type.Unknown()),
      said: orNull(Type.String()),
    }),
  ),
})
export const Named = Type.Object({ subjectId: Uuid })
export const Forwarding = Type.Object({ how: Words('to whom at the controller, and by which way') })
export const LetterQuery = Type.Object({
  words: maybe(
    Type.Boolean({
      description:
        'with what was asked and the controller’s own key of the subject: it names a person',
    }),
  ),
})
export const Letter = Type.Object({
  to: Type.Array(Type.String()),
  subject: Type.String(),
  text: Type.String(),
  mailIsSet: Type.Boolean(),
})
export const Mailing = LetterQuery
export const MailedTo = Type.Object({
  requestId: Uuid,
  state: Type.Literal('forwarded'),
  accepted: Count,
  failed: Count,
})
export const Instruction = Type.Object({
  comply: Type.Boolean({ description: 'false declines the request' }),
  instruction: Words('the controller’s words'),
})
export const Extension = Type.Object({ why: Words('why it takes longer; the subject hears it') })
export const CarryOut = Type.Object({
  purposes: maybe(Type.Array(Name, { maxItems: 200, description: 'of an objection' })),
})
export const Moved = Type.Object({ requestId: Uuid, state: Type.Enum(requestStates) })
export const Extended = Type.Object({ requestId: Uuid, dueAt: Instant })
export const CarriedOut = Type.Object({
  requestId: Uuid,
  facts: Type.Record(Type.String(), Type.Unknown()),
})
/** `docs/subject-copy.md` describes it. */
export const SubjectCopy = Type.Object({
  format: Type.Literal('holdfast-subject-copy'),
  formatVersion: Type.Literal(1),
  preparedAt: Instant,
  controller: Type.Object({ controllerId: Uuid, name: Type.String() }),
  subject: Type.Object({
    subjectId: Uuid,
    subjectKey: Type.String(),
    restricted: Type.Boolean(),
  }),
  purposes: Type.Array(
    Type.Object({ name: Name, categories: Type.Array(Name), consent: Type.Boolean() }),
  ),
  records: Type.Array(
    Type.Object({
      category: Name,
      version: Type.Integer(),
      storedAt: Instant,
      eraseAfter: Instant,
      fields: Type.Record(Type.String(), Value),
    }),
  ),
  said: Statements.properties.items,
  files: Type.Array(
    Type.Object({
      attachmentId: Uuid,
      category: Name,
      name: Type.String(),
      mediaType: Type.String(),
      sizeBytes: Count,
      sha256: Type.String(),
      storedAt: Instant,
      eraseAfter: Instant,
    }),
  ),
})
export const CopyFileParams = Type.Object({
  controllerId: Uuid,
  requestId: Uuid,
  attachmentId: Uuid,
})
export const CopyFile = Type.Any({ description: 'the file’s bytes: application/octet-stream' })
