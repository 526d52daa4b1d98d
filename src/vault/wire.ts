import { type TObject, type TSchema, Type } from 'typebox'
import { fieldClasses, fieldKinds, generalisations } from './controllers/contract.ts'
import { recordSorts } from './records/list.ts'
import { exportFormats } from './transfer/export.ts'

const uuid = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
const Uuid = Type.String({
  pattern: uuid,
  description: 'UUID, lower case',
})
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })
const Name = Type.String({ minLength: 1, maxLength: 64 })
const Label = Type.String({ minLength: 1, maxLength: 200 })
const maybe = <T extends TSchema>(shape: T) => Type.Optional(shape)
const orNull = <T extends TSchema>(shape: T) => Type.Union([shape, Type.Null()])
const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const listOf = <S extends TObject>(shape: S) =>
  Type.Object({ items: Type.Array(shape), next: maybe(Type.String()) })

export const ControllerParams = Type.Object({ controllerId: Uuid })
export const SubjectParams = Type.Object({ controllerId: Uuid, subjectId: Uuid })
export const ImportParams = Type.Object({ controllerId: Uuid, importId: Uuid })
export const Paging = Type.Object({
  after: maybe(Type.String({ description: 'next of the page before', maxLength: 10 })),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 1000 })),
})

export const SubjectTrailQuery = Type.Object({
  after: maybe(Type.String({ description: 'next of the page before', maxLength: 20 })),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 500 })),
})
export const SubjectTrailAsked = Type.Object({
  subjectKey: Type.String({ minLength: 1, maxLength: 500 }),
  ...SubjectTrailQuery.properties,
})

// Controllers

const BreachContact = Type.Object({
  name: Label,
  email: Type.String({ minLength: 3, maxLength: 320 }),
})
const FieldTerms = Type.Object({
  name: Name,
  kind: Type.Enum(fieldKinds),
  class: maybe(
    Type.Enum(fieldClasses, { description: 'how much harm it could do; default ordinary' }),
  ),
  special: maybe(Type.Boolean({ description: 'short for class special, GDPR Art. 9' })),
  searchable: maybe(Type.Boolean({ description: 'kept in a blind index; default false' })),
  words: maybe(
    Type.Boolean({
      description:
        'searched by its words too; gives away how many words a value has and who shares one',
    }),
  ),
  purposes: maybe(
    orNull(Type.Array(Name, { maxItems: 200, description: 'the only purposes that may use it' })),
  ),
  options: maybe(orNull(Type.Array(Label, { maxItems: 200, description: 'what a choice may be' }))),
})
export const AnonymiseRule = Type.Object({
  k: Type.Integer({ description: 'each combination stands for at least so many records' }),
  keep: Type.Array(
    Type.Object({
      field: Name,
      method: Type.Enum(generalisations),
      width: maybe(Type.Integer({ description: 'of band and prefix' })),
    }),
    { maxItems: 20 },
  ),
})
const CategoryTerms = Type.Object({
  name: Name,
  fields: Type.Array(FieldTerms, { maxItems: 200 }),
  retainDays: Type.Number({ description: 'whole days from storing to erasure, 1 to 3653' }),
  retainFrom: maybe(
    orNull(Type.String({ description: 'event that starts the days', maxLength: 64 })),
  ),
  anonymise: maybe(orNull(AnonymiseRule)),
})
const Purpose = Type.Object({
  name: Name,
  categories: Type.Array(Name, { maxItems: 31 }),
  consent: maybe(Type.Boolean({ description: 'only for subjects that consented; default false' })),
})
const terms = {
  name: Label,
  country: maybe(Type.String({ description: 'ISO 3166-1 alpha-2', maxLength: 2 })),
  categories: Type.Array(CategoryTerms, { maxItems: 31 }),
  purposes: Type.Array(Purpose, { maxItems: 200 }),
  noticeHours: maybe(Type.Number({ description: 'hours to the notice of a breach, 1 to 72' })),
  exportAlone: maybe(
    Type.Number({ description: 'subjects one person exports without a second; default 10,000' }),
  ),
  subjectKinds: maybe(Type.Array(Label, { maxItems: 50 })),
}
const Contacts = Type.Array(BreachContact, { maxItems: 20 })

export const NewController = Type.Object({
  ...terms,
  breachContacts: Contacts,
  synthetic: maybe(Type.Boolean({ description: 'for drills and checks; no real persons' })),
})
export const AmendController = Type.Object({
  ...Type.Partial(Type.Object(terms)).properties,
  breachContacts: maybe(Contacts),
  version: maybe(Type.Integer({ description: 'the version this was drawn against' })),
  reason: maybe(Type.String({ minLength: 1, maxLength: 500 })),
})
export const Confirmation = Type.Object({ name: Type.String({ maxLength: 200 }) })
export const Leaving = Type.Object({
  name: Type.String({ maxLength: 200 }),
  archiveSha256: maybe(
    Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the whole return, as it came' }),
  ),
  waiver: maybe(
    Type.String({ minLength: 1, maxLength: 500, description: 'why nothing is given back' }),
  ),
})

const controller = {
  controllerId: Uuid,
  name: Label,
  state: Type.Enum(['active', 'returning', 'leaving', 'left']),
  synthetic: Type.Boolean(),
  version: Type.Integer(),
  country: Type.Union([Type.String(), Type.Null()]),
  categories: Type.Array(
    Type.Object({
      name: Name,
      bit: Type.Integer({ description: 'number in the trail’s sets, 0 to 30' }),
      fields: Type.Array(
        Type.Object({
          ...Type.Required(FieldTerms).properties,
          leakage: orNull(
            Type.String({ description: 'what its index gives away; null where it has none' }),
          ),
        }),
      ),
      retainDays: Type.Integer(),
      retainFrom: orNull(Type.String()),
      anonymise: orNull(AnonymiseRule),
    }),
  ),
  purposes: Type.Array(Type.Required(Purpose)),
  noticeHours: Type.Integer(),
  exportAlone: Type.Integer(),
  subjectKinds: Type.Array(Label),
  createdAt: Instant,
  agreedAt: Instant,
}
export const Controller = Type.Object(controller)
export const ControllerRead = Type.Object({
  ...controller,
  breachContacts: Contacts,
  subjects: Count,
  records: Count,
})
export const Controllers = listOf(Type.Object({ ...controller, subjects: Count, records: Count }))

const Remark = Type.Object({
  place: Type.String(),
  level: Type.Enum(['leak', 'advice', 'fact']),
  sentence: Type.String(),
})
export const Judged = Type.Object({
  acceptable: Type.Boolean(),
  code: maybe(Type.String()),
  message: maybe(Type.String()),
  weakenings: Type.Array(Type.String()),
  remarks: Type.Array(Remark),
})
export const ContractTerms = Type.Object(terms)

// Records and subjects

export const PutRecord = Type.Object({
  subjectKey: Type.String({
    description: 'the controller’s own identifier of the subject',
    maxLength: 500,
  }),
  category: Name,
  fields: Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  ),
})
export const PutRecords = Type.Object({
  records: Type.Array(PutRecord, { minItems: 1, maxItems: 1000 }),
})
export const StoredRecord = Type.Object({
  subjectId: Uuid,
  recordId: Uuid,
  category: Name,
  version: Type.Integer(),
  eraseAfter: Instant,
})
export const StoredRecords = listOf(StoredRecord)

export const Sought = Type.Object({
  subjectKey: maybe(Type.String({ maxLength: 500 })),
  category: maybe(Name),
  field: maybe(Name),
  value: maybe(Type.String({ description: 'the exact value', maxLength: 500 })),
  words: maybe(Type.String({ description: 'words that all stand in the value', maxLength: 500 })),
  after: maybe(Type.String({ maxLength: 10 })),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 1000 })),
})
export const FoundSubjects = listOf(Type.Object({ subjectId: Uuid, ordinal: Count }))
export const Subjects = listOf(
  Type.Object({
    subjectId: Uuid,
    ordinal: Count,
    records: Count,
    restricted: Type.Boolean(),
    held: Type.Boolean(),
    createdAt: Instant,
  }),
)
export const RecordQuery = Type.Object({
  sort: maybe(Type.Enum(recordSorts, { description: 'stored or ends; default stored' })),
  order: maybe(Type.Enum(['asc', 'desc'])),
  category: maybe(Name),
  after: maybe(Type.String({ description: 'next of the page before', maxLength: 30 })),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 1000 })),
})
export const RecordList = listOf(
  Type.Object({
    subjectId: Uuid,
    subject: Type.Integer({ description: 'the subject’s number' }),
    ordinal: Type.Integer({ description: 'the record’s number' }),
    category: Name,
    version: Type.Integer(),
    storedAt: Instant,
    eraseAfter: Instant,
  }),
)
export const Categories = Type.Object({
  categories: maybe(Type.String({ description: 'names, separated by commas', maxLength: 2100 })),
})
export const Subject = Type.Object({
  subjectId: Uuid,
  ordinal: Count,
  subjectKey: Type.String(),
  restricted: Type.Boolean(),
  records: Type.Array(
    Type.Object({
      category: Name,
      version: Type.Integer(),
      storedAt: Instant,
      eraseAfter: Instant,
      masked: Type.Boolean(),
      fields: Type.Record(Type.String(), Value),
    }),
  ),
})
export const Flags = Type.Object({
  restricted: maybe(Type.Boolean({ description: 'GDPR Art. 18: kept, neither read nor changed' })),
  held: maybe(Type.Boolean({ description: 'legal hold: not erased' })),
})
export const SubjectEvent = Type.Object({
  event: Name,
  on: orNull(
    Type.String({
      description: 'the day it happened; its end (UTC) starts the time. null withdraws it',
      format: 'date',
    }),
  ),
})
export const Redated = Type.Object({
  subjectId: Uuid,
  records: Type.Array(Type.Object({ category: Name, eraseAfter: Instant })),
})
export const Flagged = Type.Object({
  subjectId: Uuid,
  restricted: Type.Boolean(),
  held: Type.Boolean(),
})
export const ErasedSubject = Type.Object({
  subjectId: Uuid,
  ordinal: Count,
  records: Count,
  categories: Type.Array(Name),
  erasedAt: Instant,
  keys: Type.Array(
    Type.Object({
      keyId: Uuid,
      commitment: Type.String({ description: 'hexadecimal; what the trail heard at its birth' }),
    }),
  ),
  goneFromBackupsBy: Instant,
})

// Retention

export const PreviewQuery = Type.Object({
  withinDays: maybe(Type.Integer({ minimum: 1, maximum: 3653, description: 'default 30' })),
})
const Due = Type.Array(
  Type.Object({
    category: Name,
    retainDays: Type.Integer(),
    records: Count,
    subjects: Count,
    held: Count,
    oldest: Instant,
  }),
)
export const RetentionPreview = Type.Object({ due: Due, soon: Due, withinDays: Type.Integer() })

// Imports and exports

const Mapping = Type.String({
  maxLength: 20_000,
  description:
    'JSON: {"subjectKey": column, "category": name or {"column": column}, "fields": {field: column}, "delimiter"?: ","}; an archive needs none',
})
export const ImportQuery = Type.Object({
  mapping: maybe(Mapping),
  check: maybe(Type.Boolean({ description: 'dry run: stores nothing' })),
})
export const ResumeQuery = Type.Object({
  mapping: maybe(Mapping),
  offset: maybe(
    Type.Integer({
      minimum: 0,
      description: 'bytes of the file before this stream: bytesRead of the import; default 0',
    }),
  ),
})
const importParts = {
  importId: maybe(Uuid),
  check: Type.Boolean(),
  state: Type.Enum(['running', 'finished', 'interrupted', 'failed']),
  format: Type.Enum(['csv', 'ndjson', 'archive']),
  rowsRead: Count,
  rowsStored: Count,
  rowsReplaced: Count,
  rowsRejected: Count,
  bytesRead: Count,
  bytesTotal: maybe(Count),
  startedAt: maybe(Instant),
  endedAt: maybe(Instant),
  code: maybe(Type.String()),
  message: maybe(Type.String()),
}
export const ImportReport = Type.Object({
  ...importParts,
  errors: Type.Array(
    Type.Object({ row: Type.Integer(), code: Type.String(), message: Type.String() }),
  ),
})
export const Imports = listOf(Type.Object(importParts))

export const ExportQuery = Type.Object({
  format: maybe(Type.Enum(exportFormats)),
  categories: Categories.properties.categories,
  subjectId: maybe(Uuid),
  approval: maybe(Uuid),
  after: maybe(
    Type.String({
      pattern: uuid,
      description:
        'go on after this subject: an export that broke off, under the approval it began with; CSV then has no header',
    }),
  ),
})
export const Exported = Type.Any({
  description: 'a stream: application/x-ndjson, text/csv or application/vnd.holdfast.archive+json',
})

export const EndPlan = Type.Object({
  state: Type.Enum(['active', 'returning', 'leaving', 'left']),
  subjects: Count,
  records: Count,
  files: Count,
  fileBytes: Count,
  tokens: Count,
  held: Count,
  openRequests: Count,
  byTwo: Type.Boolean({ description: 'somebody else than who closes it fetches its data' }),
  closedBy: orNull(Type.String()),
  returned: Type.Boolean({ description: 'all of it has left since it was closed' }),
})
