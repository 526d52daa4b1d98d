import { type Act, type Cross, type Refusal, Sealed, Streamed } from '#kernel'
import { activeController } from '../controllers/acts.ts'
import type { Category, Controller } from '../controllers/contract.ts'
import { sightOf, whyNot } from '../records/access.ts'
import { gather } from '../records/read-acts.ts'
import {
  approvalNeeded,
  exportNotResumable,
  subjectErased,
  subjectRestricted,
  unknownSubject,
} from '../refusals.ts'
import { subjectsAfter, subjectsById } from '../subjects/store.ts'
import type { OpenSubject, Subject } from '../subjects/subject.ts'
import { type Leave, ordinalOf } from './approval-acts.ts'
import { noteBatch } from './approval-store.ts'
import type { ArchiveHead } from './archive.ts'
import { type ExportFormat, fileEndings, formatOf, mediaTypes } from './export.ts'

/** Subjects of one act. */
const batchSubjects = 500

export interface ExportOrder {
  readonly categories?: readonly string[]
  /** Only this subject, restricted or not: the answer to its own request (GDPR Art. 15, 20). */
  readonly subjectId?: string
  /** Only those after this subject: an export that broke off goes on. */
  readonly after?: string
  /** Of an export by two: it leaves no further than was there when it began, and says how far it has. */
  readonly leave?: Leave
}

interface ExportBatch {
  readonly controller: Controller
  readonly exportedAt: Date
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
 * @param given - how many subjects this export has let out before.
 * @throws {Refusal} what {@link sightOf} throws; `vault.unknown-subject`, `vault.subject-erased`;
 *   `vault.approval-needed` where so many have come since it began that one person may not take them all.
 */
export async function exportBatch(
  act: Act,
  order: ExportOrder,
  from: number | undefined,
  given = 0,
): Promise<Sealed<ExportBatch>> {
  const controller = await activeController(act)
  const sight = sightOf(act, controller, order.categories)
  const { controllerId } = controller
  const single = order.subjectId
  const after = from ?? (await ordinalOf(act, order.after))
  const next =
    single === undefined
      ? await subjectsAfter(act.sql, controllerId, after, batchSubjects)
      : await liveSubject(act, controllerId, single)
  const { leave } = order
  const subjects = next.filter(({ ordinal }) => leave === undefined || ordinal <= leave.upTo)
  const isAlone = leave === undefined && single === undefined && act.actor.kind !== 'house'
  if (isAlone && given + subjects.length > controller.exportAlone)
    throw approvalNeeded(controller.exportAlone)
  if (leave !== undefined)
    await noteBatch(act.sql, controllerId, leave.approval, subjects.at(-1)?.ordinal ?? after)
  const why = new Map(
    subjects.map((subject) => [subject, withholding(act, controller, subject, single)]),
  )
  const free = subjects.filter((subject) => why.get(subject) === undefined)
  const sealed = await gather(act, free, sight)
  act.tell({ after, subjects: free.length, withheld: subjects.length - free.length })
  const isLast = single !== undefined || subjects.length < batchSubjects
  return new Sealed(async (receipt) => {
    const open = new Map((await sealed.open(receipt)).map((s) => [s.subjectId, s]))
    return {
      controller,
      exportedAt: act.now,
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
 *
 * @throws {Refusal} `vault.export-not-resumable` for an archive that is to begin in its middle.
 */
export function exportAll(
  cross: Cross,
  { format, ...order }: ExportOrder & { readonly format: ExportFormat },
  fileName: string,
): Streamed {
  if (format === 'archive' && order.after !== undefined) throw exportNotResumable()
  async function* pieces(): AsyncGenerator<string> {
    let given = 0
    const batch = (from: number | undefined): Promise<ExportBatch> =>
      // One by two keeps how far it has left, in the transaction of each entry.
      cross(
        (act) => exportBatch(act, order, from, given),
        order.leave === undefined ? 'read' : 'write',
      )
    let part = await batch(undefined)
    const { controller, categories, exportedAt } = part
    const about = archiveHeadOf(controller, exportedAt)
    const { head, lines, tail } = formatOf(format, categories, about)
    let before = order.after === undefined ? head : ''
    for (;;) {
      const isLast = part.next === undefined
      yield `${before}${part.subjects.map(lines).join('')}${isLast ? tail() : ''}`
      if (isLast) return
      before = ''
      given += part.subjects.length
      part = await batch(part.next)
    }
  }
  return new Streamed(mediaTypes[format], pieces(), `${fileName}.${fileEndings[format]}`)
}

const archiveHeadOf = (
  { controllerId, name, categories, purposes }: Controller,
  exportedAt: Date,
): ArchiveHead => ({
  controllerId,
  exportedAt: exportedAt.toISOString(),
  contract: { name, categories, purposes },
})

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
