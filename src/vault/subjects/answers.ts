import type { FieldValue } from '../fields/field-value.ts'
import type { RequestFacts, RequestStep } from '../requests/subject-request.ts'
import type { SaidOnce } from './consent.ts'

const isoOf = (at: Date | null): string | null => at && at.toISOString()

export const saidAnswer = ({ givenAt, endedAt, ...said }: SaidOnce) => ({
  ...said,
  givenAt: givenAt.toISOString(),
  endedAt: isoOf(endedAt),
})

export const exportRequestAnswer = <
  T extends {
    readonly askedAt: Date
    readonly decidedAt: Date | null
    readonly usedAt: Date | null
    readonly lapsesAt: Date
    readonly goodUntil: Date | null
    readonly categories: readonly string[] | null
  },
>({
  askedAt,
  decidedAt,
  usedAt,
  lapsesAt,
  goodUntil,
  categories,
  ...request
}: T) => ({
  ...request,
  categories: categories && [...categories],
  askedAt: askedAt.toISOString(),
  decidedAt: isoOf(decidedAt),
  usedAt: isoOf(usedAt),
  lapsesAt: lapsesAt.toISOString(),
  goodUntil: isoOf(goodUntil),
})

export const requestAnswer = <T extends RequestFacts>({
  receivedAt,
  dueAt,
  extendedAt,
  endedAt,
  ...request
}: T) => ({
  ...request,
  receivedAt: receivedAt.toISOString(),
  dueAt: dueAt.toISOString(),
  extendedAt: isoOf(extendedAt),
  endedAt: isoOf(endedAt),
})

export const stepAnswer = ({ at, facts, ...step }: RequestStep) => ({
  ...step,
  facts: { ...facts },
  at: at.toISOString(),
})

/** What a copy is written from. */
interface Copied {
  readonly controller: {
    readonly controllerId: string
    readonly name: string
    readonly purposes: readonly {
      readonly name: string
      readonly categories: readonly string[]
      readonly consent: boolean
    }[]
  }
  readonly preparedAt: Date
  readonly subject: {
    readonly subjectId: string
    readonly subjectKey: string
    readonly restricted: boolean
    readonly records: readonly {
      readonly category: string
      readonly version: number
      readonly storedAt: Date
      readonly eraseAfter: Date
      readonly fields: Readonly<Record<string, FieldValue>>
    }[]
  }
  readonly said: readonly SaidOnce[]
  readonly files: readonly {
    readonly attachmentId: string
    readonly category: string
    readonly name: string
    readonly mediaType: string
    readonly sizeBytes: number
    readonly sha256: string
    readonly storedAt: Date
    readonly eraseAfter: Date
  }[]
}

/** A data subject's own copy, as `docs/subject-copy.md` describes it. */
export const copyAnswer = ({ controller, preparedAt, subject, said, files }: Copied) => ({
  format: 'holdfast-subject-copy' as const,
  formatVersion: 1 as const,
  preparedAt: preparedAt.toISOString(),
  controller: { controllerId: controller.controllerId, name: controller.name },
  subject: {
    subjectId: subject.subjectId,
    subjectKey: subject.subjectKey,
    restricted: subject.restricted,
  },
  purposes: controller.purposes.map(({ name, categories, consent }) => ({
    name,
    categories: [...categories],
    consent,
  })),
  records: subject.records.map(({ category, version, storedAt, eraseAfter, fields }) => ({
    category,
    version,
    storedAt: storedAt.toISOString(),
    eraseAfter: eraseAfter.toISOString(),
    fields: { ...fields },
  })),
  said: said.map(saidAnswer),
  files: files.map(
    ({ attachmentId, category, name, mediaType, sizeBytes, sha256, storedAt, eraseAfter }) => ({
      attachmentId,
      category,
      name,
      mediaType,
      sizeBytes,
      sha256,
      storedAt: storedAt.toISOString(),
      eraseAfter: eraseAfter.toISOString(),
    }),
  ),
})
