import type { Controller } from './controllers/contract.ts'
import { leakageOf } from './controllers/lint.ts'
import type { SubjectErasure } from './erasure/erasure.ts'
import type { ListedRecord } from './records/list.ts'
import type { StoredRow } from './records/row.ts'
import { cursorMalformed } from './refusals.ts'
import type { DueFacts, Redated } from './retention/retention.ts'
import type { ListedSubject, OpenSubject } from './subjects/subject.ts'
import type { CheckReport, Import, ImportReport } from './transfer/import.ts'

/** A cursor is the ordinal of the last subject seen. @throws {Refusal} `vault.cursor-malformed`. */
export function afterOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (!/^\d{1,10}$/.test(cursor) || Number(cursor) > 2_147_483_647) throw cursorMalformed()
  return Number(cursor)
}

/** A page of subjects, with the cursor of the next where this one is full. */
export function pageOf<T extends { readonly ordinal: number }>(items: T[], limit: number) {
  const last = items.at(-1)
  return { items, ...(items.length === limit && last ? { next: String(last.ordinal) } : {}) }
}

/** `a,b` as a list; undefined for all. */
export const namesIn = (list: string | undefined): string[] | undefined =>
  list?.split(',').map((name) => name.trim())

export const controllerAnswer = (c: Controller) => ({
  controllerId: c.controllerId,
  name: c.name,
  state: c.state,
  synthetic: c.synthetic,
  version: c.version,
  country: c.country,
  categories: c.categories.map((category) => ({
    ...category,
    fields: category.fields.map((field) => ({
      ...field,
      leakage: leakageOf(field),
      purposes: field.purposes && [...field.purposes],
      options: field.options && [...field.options],
    })),
    anonymise: category.anonymise && {
      ...category.anonymise,
      keep: category.anonymise.keep.map((kept) => ({ ...kept })),
    },
  })),
  purposes: c.purposes.map((purpose) => ({ ...purpose, categories: [...purpose.categories] })),
  noticeHours: c.noticeHours,
  exportAlone: c.exportAlone,
  subjectKinds: [...c.subjectKinds],
  createdAt: c.createdAt.toISOString(),
  agreedAt: c.agreedAt.toISOString(),
})

export const storedAnswer = ({ eraseAfter, ...row }: StoredRow) => ({
  ...row,
  eraseAfter: eraseAfter.toISOString(),
})

export const listedAnswer = ({ createdAt, ...subject }: ListedSubject) => ({
  ...subject,
  createdAt: createdAt.toISOString(),
})

export const listedRecordAnswer = (
  { storedAt, eraseAfter, category: _bit, ...record }: ListedRecord,
  category: string,
) => ({
  ...record,
  category,
  storedAt: storedAt.toISOString(),
  eraseAfter: eraseAfter.toISOString(),
})

export const subjectAnswer = ({ records, ...subject }: OpenSubject) => ({
  ...subject,
  records: records.map(({ storedAt, eraseAfter, fields, ...record }) => ({
    ...record,
    fields: { ...fields },
    storedAt: storedAt.toISOString(),
    eraseAfter: eraseAfter.toISOString(),
  })),
})

export const erasureAnswer = (erasure: SubjectErasure) => ({
  ...erasure,
  categories: [...erasure.categories],
  erasedAt: erasure.erasedAt.toISOString(),
  keys: erasure.keys.map(({ keyId, commitment }) => ({ keyId, commitment })),
  goneFromBackupsBy: erasure.goneFromBackupsBy.toISOString(),
})

export const dueAnswer = (due: readonly DueFacts[]) =>
  due.map(({ oldest, ...facts }) => ({ ...facts, oldest: oldest.toISOString() }))

export const importAnswer = (i: Import) => ({
  importId: i.importId,
  check: false,
  state: i.state,
  format: i.format,
  rowsRead: i.rowsRead,
  rowsStored: i.rowsStored,
  rowsReplaced: i.rowsReplaced,
  rowsRejected: i.rowsRejected,
  bytesRead: i.bytesRead,
  startedAt: i.startedAt.toISOString(),
  ...(i.bytesTotal === null ? {} : { bytesTotal: i.bytesTotal }),
  ...(i.endedAt === null ? {} : { endedAt: i.endedAt.toISOString() }),
  ...(i.code === null ? {} : { code: i.code }),
  ...(i.message === null ? {} : { message: i.message }),
})

export const reportAnswer = (report: ImportReport) => ({
  ...importAnswer(report),
  errors: report.errors.map((error) => ({ ...error })),
})

export const checkAnswer = (report: CheckReport, format: Import['format']) => ({
  ...report,
  check: true,
  state: 'finished' as const,
  format,
  errors: report.errors.map((error) => ({ ...error })),
})

export const redatedAnswer = ({ category, eraseAfter }: Redated) => ({
  category,
  eraseAfter: eraseAfter.toISOString(),
})
