import { type Act, type Cross, type Refusal, Sealed, Streamed } from '#kernel'
import { sightOf, whyNot } from './access.ts'
import type { Category, Controller } from './contract.ts'
import { activeController } from './controller-acts.ts'
import { type ExportFormat, formatOf, mediaTypes } from './export.ts'
import { gather } from './read-acts.ts'
import { subjectErased, subjectRestricted, unknownSubject } from './refusals.ts'
import type { OpenSubject, Subject } from './subject.ts'
import { subjectsAfter, subjectsById } from './subject-store.ts'

/** Subjects of one act. */
const batchSubjects = 500

export interface ExportOrder {
  readonly categories?: readonly string[]
  /** Only this subject, restricted or not: the answer to its own request (GDPR Art. 15, 20). */
  readonly subjectId?: string
}

interface ExportBatch {
  readonly categories: readonly Category[]
  readonly subjects: readonly OpenSubject[]
  /** The ordinal to go on after; undefined at the end. */
  readonly next: number | undefined
}

/**
 * The next subjects of an export, after an ordinal. Those restricted, and those whose consent is
 * missing or who objected, stand in it without their data,
 * so that nobody takes them for missing.
 *
 * @throws {Refusal} what {@link sightOf} throws; `vault.unknown-subject`, `vault.subject-erased`.
 */
export async function exportBatch(
  act: Act,
  order: ExportOrder,
  after: number,
): Promise<Sealed<ExportBatch>> {
  const controller = await activeController(act)
  const sight = sightOf(act, controller, order.categories)
  const { controllerId } = controller
  const single = order.subjectId
  const subjects =
    single === undefined
      ? await subjectsAfter(act.sql, controllerId, after, batchSubjects)
      : await liveSubject(act, controllerId, single)
  const why = new Map(
    subjects.map((subject) => [subject, withholding(act, controller, subject, single)]),
  )
  const free = subjects.filter((subject) => why.get(subject) === undefined)
  const sealed = await gather(act, controller, free, sight)
  act.tell({ after, subjects: free.length, withheld: subjects.length - free.length })
  const isLast = single !== undefined || subjects.length < batchSubjects
  return new Sealed(async (receipt) => {
    const open = new Map((await sealed.open(receipt)).map((s) => [s.subjectId, s]))
    return {
      categories: sight.categories,
      subjects: subjects.map(
        (subject) => open.get(subject.subjectId) ?? withheld(subject, why.get(subject)!),
      ),
      next: isLast ? undefined : subjects.at(-1)?.ordinal,
    }
  })
}

/**
 * Exports a controller's data, or one subject's. Each batch leaves after its own entry is committed.
 */
export function exportAll(
  cross: Cross,
  { format, ...order }: ExportOrder & { readonly format: ExportFormat },
  fileName: string,
): Streamed {
  async function* pieces(): AsyncGenerator<string> {
    let after: number | undefined = 0
    let isFirst = true
    while (after !== undefined) {
      const from: number = after
      const batch: ExportBatch = await cross((act) => exportBatch(act, order, from), 'read')
      const { head, lines } = formatOf(format, batch.categories)
      yield `${isFirst ? head : ''}${batch.subjects.map(lines).join('')}`
      isFirst = false
      after = batch.next
    }
  }
  return new Streamed(mediaTypes[format], pieces(), `${fileName}.${format}`)
}

async function liveSubject(act: Act, controllerId: string, subjectId: string): Promise<Subject[]> {
  const subjects = await subjectsById(act.sql, controllerId, [subjectId])
  if (subjects[0] === undefined) throw unknownSubject()
  if (subjects[0].erasedAt !== null) throw subjectErased()
  return subjects
}

/** Why a subject stands in an export without its data. One asked for by itself is refused instead. */
function withholding(
  act: Act,
  controller: Controller,
  subject: Subject,
  single: string | undefined,
): Refusal | undefined {
  const said = whyNot(act, controller, subject)
  if (single === undefined) return subject.restricted ? subjectRestricted() : said
  if (said !== undefined) throw said
  return undefined
}

const withheld = ({ subjectId, ordinal, restricted }: Subject, why: Refusal): OpenSubject => ({
  subjectId,
  ordinal,
  subjectKey: '',
  restricted,
  withheld: why.code,
  records: [],
})
