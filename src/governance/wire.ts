import { type TObject, type TProperties, type TSchema, Type } from 'typebox'
import { changeKinds, changeSteps } from './change.ts'
import { contractKinds } from './contract.ts'
import { registerNames } from './register.ts'
import { severities } from './vulnerability.ts'

const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const DayText = Type.String({ format: 'date', description: 'day in UTC, YYYY-MM-DD' })
const line = (maxLength = 200) => Type.String({ minLength: 1, maxLength })
const Text = line(4000)
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, hexadecimal' })
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' })
const maybe = <T extends TSchema>(shape: T) => Type.Optional(shape)

const Owned = { owner: Uuid, due: DayText }
const ItemParts = {
  id: Uuid,
  ...Owned,
  overdue: Type.Boolean(),
  createdAt: Instant,
  endedAt: maybe(Instant),
}
const item = <P extends TProperties>(parts: P) => Type.Object({ ...ItemParts, ...parts })
const listOf = <S extends TObject>(shape: S) =>
  Type.Object({ items: Type.Array(shape), next: maybe(Type.String()) })

export const Ref = Type.Object({ id: Uuid })
export const Done = Type.Object({})
export const IdParams = Type.Object({ id: Uuid })
export const Paging = Type.Object({
  after: maybe(Uuid),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 200 })),
  open: maybe(Type.Boolean({ description: 'only entries that are not ended' })),
})

export const RegisterParams = Type.Object({ register: Type.Enum(registerNames) })
export const ItemParams = Type.Object({ register: Type.Enum(registerNames), id: Uuid })
export const NewNone = Type.Object({ reason: Text })
export const None = Type.Object({ id: Uuid, expiresAt: Instant })
export const Reassigned = Type.Object({ owner: maybe(Uuid), due: maybe(DayText) })
export const Ended = Type.Object({ reason: Text })
export const Registers = listOf(
  Type.Object({
    name: Type.Enum(registerNames),
    title: Type.String(),
    open: Type.Integer(),
    overdue: Type.Integer(),
    none: maybe(
      Type.Object({
        id: Uuid,
        register: Type.Enum(registerNames),
        reason: Type.String(),
        byPerson: Uuid,
        at: Instant,
        expiresAt: Instant,
      }),
    ),
  }),
)

export const ObligationPaging = Type.Object({
  after: maybe(Type.String({ description: 'next of the page before', maxLength: 47 })),
  until: maybe(DayText),
  limit: maybe(Type.Integer({ minimum: 1, maximum: 200 })),
})
export const Obligations = listOf(
  Type.Object({
    register: Type.Enum(registerNames),
    id: Uuid,
    title: Type.String(),
    owner: Uuid,
    due: DayText,
    overdue: Type.Boolean(),
  }),
)

const Contact = Type.Object({
  name: line(),
  email: Type.String({ format: 'email', maxLength: 254 }),
})
const VendorFacts = {
  name: line(),
  service: line(),
  country: Country,
  dataCategories: Type.Array(line(80), { maxItems: 50 }),
  contact: maybe(Contact),
}
export const NewVendor = Type.Object({ ...VendorFacts, ...Owned })
export const Assessment = Type.Object({
  on: DayText,
  acceptable: Type.Boolean(),
  reportSha256: maybe(Sha256),
  repeatBy: DayText,
})
export const Announcement = Type.Object({ objectionDays: Type.Integer() })
export const Announced = Type.Object({ objectionsUntil: Instant })
export const ControllerParams = Type.Object({ controllerId: Uuid })
export const NewObjection = Type.Object({ vendorId: Uuid, reason: Text })
export const ObjectionParams = Type.Object({ id: Uuid, objectionId: Uuid })
export const Resolution = Type.Object({ resolution: Text })
export const Objections = listOf(
  Type.Object({
    id: Uuid,
    vendorId: Uuid,
    controllerId: Uuid,
    reason: Type.String(),
    raisedAt: Instant,
    resolution: maybe(Type.String()),
    resolvedAt: maybe(Instant),
  }),
)
export const Vendors = listOf(
  item({
    ...VendorFacts,
    state: Type.Enum(['proposed', 'assessed', 'notified', 'active', 'ended'] as const),
    assessedOn: maybe(DayText),
    acceptable: maybe(Type.Boolean()),
    assessmentSha256: maybe(Type.String()),
    announcedAt: maybe(Instant),
    objectionsUntil: maybe(Instant),
    activatedAt: maybe(Instant),
    openObjections: Type.Integer(),
    missing: Type.Array(Type.String()),
  }),
)

const ContractFacts = {
  kind: Type.Enum(contractKinds),
  vendorId: maybe(Uuid),
  controllerId: maybe(Uuid),
  signedOn: DayText,
  expiresOn: maybe(DayText),
  documentSha256: Sha256,
  flowDown: Type.Boolean({ description: 'whether it passes the duties towards controllers on' }),
}
export const NewContract = Type.Object({ ...ContractFacts, ...Owned })
export const Contracts = listOf(item({ ...ContractFacts, binding: Type.Boolean() }))

const TrainingFacts = { personId: Uuid, course: line() }
export const NewTraining = Type.Object({ ...TrainingFacts, ...Owned })
export const Completion = Type.Object({
  completedOn: DayText,
  validUntil: DayText,
  certificateSha256: maybe(Sha256),
})
export const Trainings = listOf(
  item({
    ...TrainingFacts,
    completedOn: maybe(DayText),
    validUntil: maybe(DayText),
    certificateSha256: maybe(Type.String()),
  }),
)

const VulnerabilityFacts = {
  identifier: line(80),
  title: line(),
  system: line(),
  severity: Type.Enum(severities),
  foundOn: DayText,
}
export const NewVulnerability = Type.Object({ ...VulnerabilityFacts, owner: Uuid })
export const VulnerabilityRef = Type.Object({ id: Uuid, due: DayText })
export const Fix = Type.Object({ fixedOn: DayText })
export const NewRetest = Type.Object({
  testedOn: DayText,
  passed: Type.Boolean(),
  method: line(500),
})
export const Vulnerabilities = listOf(
  item({
    ...VulnerabilityFacts,
    fixedOn: maybe(DayText),
    retestPassed: maybe(Type.Boolean()),
  }),
)

const PenetrationTestFacts = {
  engagement: line(),
  tester: line(),
  fromOn: DayText,
  untilOn: DayText,
  findings: Type.Integer({ minimum: 0, maximum: 100_000 }),
  reportSha256: Sha256,
}
export const NewPenetrationTest = Type.Object({ ...PenetrationTestFacts, ...Owned })
export const PenetrationTests = listOf(item(PenetrationTestFacts))

const ChangeFacts = {
  title: line(),
  kind: Type.Enum(changeKinds),
  version: maybe(line(80)),
  plan: Text,
  rollbackPlan: Text,
}
export const NewChange = Type.Object({ ...ChangeFacts, ...Owned })
export const Verdict = Type.Object({ approved: Type.Boolean(), note: Text })
export const NewStep = Type.Object({ step: Type.Enum(changeSteps), note: Text })
export const Changes = listOf(
  item({
    ...ChangeFacts,
    proposedBy: Type.String(),
    state: Type.String(),
    steps: Type.Array(
      Type.Object({ step: Type.String(), by: Type.String(), at: Instant, note: Type.String() }),
    ),
  }),
)

const EndpointFacts = {
  tag: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$', description: 'inventory number' }),
  platform: line(80),
}
export const NewEndpoint = Type.Object({ ...EndpointFacts, ...Owned })
const PostureFacts = {
  diskEncrypted: maybe(Type.Boolean()),
  firewall: maybe(Type.Boolean()),
  malwareProtection: maybe(Type.Boolean()),
  osSupported: maybe(Type.Boolean()),
}
export const NewPosture = Type.Object({ ...PostureFacts, osVersion: line(80), source: line(80) })
export const Endpoints = listOf(
  item({
    ...EndpointFacts,
    ...PostureFacts,
    osVersion: maybe(Type.String()),
    source: maybe(Type.String()),
    reportedAt: maybe(Instant),
  }),
)

const SiteFacts = {
  name: line(),
  country: Country,
  kind: Type.Enum(['data-centre', 'office', 'hoster'] as const),
}
export const NewSite = Type.Object({ ...SiteFacts, ...Owned })
export const NewAttestation = Type.Object({
  expiresOn: DayText,
  biometricAccess: Type.Boolean(),
  watched: Type.Boolean({ description: 'surveillance around the clock' }),
  statement: Text,
  documentSha256: maybe(Sha256),
})
export const Sites = listOf(
  item({
    ...SiteFacts,
    attestedBy: maybe(Uuid),
    attestedAt: maybe(Instant),
    expiresOn: maybe(DayText),
    biometricAccess: maybe(Type.Boolean()),
    watched: maybe(Type.Boolean()),
    statement: maybe(Type.String()),
  }),
)

export const NewRelease = Type.Object({
  version: line(80),
  authorId: Uuid,
  reviewerId: Uuid,
  review: line(500),
  scan: Type.Unknown({ description: 'SARIF 2.1.0' }),
  bill: Type.Unknown({ description: 'CycloneDX' }),
  ...Owned,
})
export const Releases = listOf(
  item({
    version: Type.String(),
    authorId: Uuid,
    reviewerId: Uuid,
    review: Type.String(),
    scanTool: Type.String(),
    scanSha256: Type.String(),
    scanWarnings: Type.Integer(),
    sbomFormat: Type.String(),
    sbomSha256: Type.String(),
    sbomComponents: Type.Integer(),
  }),
)
