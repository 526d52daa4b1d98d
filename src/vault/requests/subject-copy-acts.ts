import { type Act, Sealed } from '#kernel'
import { subjectKeys } from '#keys'
import { attachmentById, attachmentsOf } from '../attachments/store.ts'
import { type FileFacts, wholeFiles } from '../attachments/whole-file-acts.ts'
import type { Controller } from '../controllers/contract.ts'
import { gather } from '../records/read-acts.ts'
import { subjectErased, unknownAttachment, unknownSubject } from '../refusals.ts'
import { openSaid } from '../subjects/consent-acts.ts'
import { saidBy } from '../subjects/consent-store.ts'
import type { SaidOnce } from '../subjects/consent.ts'
import { subjectsById } from '../subjects/store.ts'
import type { OpenSubject, Subject } from '../subjects/subject.ts'

/** What a data subject's own copy holds; `docs/subject-copy.md` describes it. */
export interface CopyParts {
  readonly controller: Controller
  readonly preparedAt: Date
  readonly subject: OpenSubject
  readonly said: readonly SaidOnce[]
  /** Its files; their contents come one by one, {@link fileOfCopy}. */
  readonly files: readonly FileFacts[]
}

/**
 * Everything held about one subject, in full. Whether it may be handed out is for the caller.
 *
 * @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`.
 */
export async function copyOf(
  act: Act,
  controller: Controller,
  subjectId: string,
): Promise<Sealed<CopyParts>> {
  const { controllerId, categories } = controller
  const subjects = await subjectsById(act.sql, controllerId, [subjectId])
  if (subjects[0] === undefined) throw unknownSubject()
  if (subjects[0].erasedAt !== null) throw subjectErased()
  const revealed = new Set(categories.map(({ bit }) => bit))
  const sealed = await gather(act, subjects, { categories, revealed })
  const said = await saidBy(act.sql, controllerId, subjectId)
  const rows = await attachmentsOf(act.sql, controllerId, [subjectId], act.now)
  const files = await wholeFiles(act, controller, living(subjects[0]), rows)
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  return new Sealed(async (receipt) => {
    const [subject] = await sealed.open(receipt)
    return {
      controller,
      preparedAt: act.now,
      subject: subject!,
      said: said.map((one) => openSaid(receipt, key, one)),
      files: (await files.open(receipt)).map(({ facts }) => facts),
    }
  })
}

/**
 * A file of a subject's own copy, with the key of its content.
 *
 * @throws {Refusal} `vault.unknown-attachment`, also for one of another subject; `vault.subject-erased`.
 */
export async function fileOfCopy(
  act: Act,
  controller: Controller,
  subjectId: string,
  attachmentId: string,
) {
  const { controllerId } = controller
  const row = await attachmentById(act.sql, controllerId, attachmentId, act.now)
  if (row?.subjectId !== subjectId) throw unknownAttachment()
  const [subject] = await subjectsById(act.sql, controllerId, [subjectId])
  if (subject === undefined) throw unknownSubject()
  act.tell({ attachmentId, sizeBytes: row.sizeBytes })
  const files = await wholeFiles(act, controller, living(subject), [row])
  return new Sealed(async (receipt) => (await files.open(receipt))[0]!)
}

/** @throws {Refusal} `vault.subject-erased`. */
function living(subject: Subject): Subject & { readonly keySealed: Buffer } {
  const { keySealed, erasedAt } = subject
  if (keySealed === null || erasedAt !== null) throw subjectErased()
  return { ...subject, keySealed }
}
