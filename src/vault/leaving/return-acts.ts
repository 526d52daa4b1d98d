import { type Act, controllerOf, Sealed } from '#kernel'
import { attachmentById, filesAfter } from '../attachments/store.ts'
import { wholeFiles } from '../attachments/whole-file-acts.ts'
import { contractOf } from '../controllers/acts.ts'
import type { Controller } from '../controllers/contract.ts'
import { lockController } from '../controllers/store.ts'
import { demandGranted } from '../records/access.ts'
import { gather } from '../records/read-acts.ts'
import {
  approvalNeeded,
  controllerLeaving,
  legalHold,
  nameNotConfirmed,
  notClosed,
  notGranted,
  personsDecide,
  unknownController,
} from '../refusals.ts'
import { anyHeld, subjectsAfter, subjectsById } from '../subjects/store.ts'
import { subjectsUpTo } from '../transfer/approval-store.ts'
import { demandFresh } from '../transfer/fresh.ts'
import { returnOf, setClosed, setReturned } from './return-store.ts'

/** Subjects, or ids of files, of one act. */
const batch = 500

/**
 * Closes a controller: nothing is taken in or read any more but the return of its data. Until it
 * leaves, {@link reopenController} undoes this.
 *
 * @param name - the controller's name, typed by whoever asks for this.
 * @throws {Refusal} `vault.name-not-confirmed`, `vault.legal-hold`, `vault.persons-decide`,
 *   `vault.controller-left`, `vault.unknown-controller`.
 */
export async function closeController(act: Act, name: string): Promise<Controller> {
  const controller = await lockController(act.sql, controllerOf(act))
  if (controller === undefined) throw unknownController()
  if (name !== controller.name) throw nameNotConfirmed()
  const { controllerId, state } = controller
  if (state === 'returning') return controller
  if (state !== 'active') throw controllerLeaving()
  if (await anyHeld(act.sql, controllerId)) throw legalHold()
  // Whoever closes it is the second person of the return.
  if (act.actor.kind !== 'person' && (await isMuch(act, controller))) throw personsDecide()
  await setClosed(act.sql, controllerId, act.actor.id)
  act.tell({ controllerId, state: 'returning' })
  return { ...controller, state: 'returning' }
}

/** Opens a closed controller again. @throws {Refusal} `vault.controller-not-closed`. */
export async function reopenController(act: Act): Promise<Controller> {
  const controller = await lockController(act.sql, controllerOf(act))
  if (controller === undefined) throw unknownController()
  const { controllerId, state } = controller
  if (state !== 'returning') throw notClosed()
  await setClosed(act.sql, controllerId, null)
  act.tell({ controllerId, state: 'active' })
  return { ...controller, state: 'active' }
}

/**
 * Lets the return of everything begin: nothing is masked or withheld, so it asks for export and
 * reveal in every category, a fresh second factor, and above the contract's number of subjects for
 * somebody else than who closed the controller.
 *
 * @throws {Refusal} `vault.controller-not-closed`, `vault.fresh-factor-required`,
 *   `vault.approval-needed`, and the permission's own code.
 */
export async function beginReturn(act: Act): Promise<Controller> {
  const controller = await closedController(act)
  demandFresh(act)
  const { closedBy } = await returnOf(act.sql, controller.controllerId)
  if (closedBy === act.actor.id && (await isMuch(act, controller)))
    throw approvalNeeded(controller.exportAlone)
  act.tell({ returning: controller.controllerId, closedBy })
  return controller
}

/** The next subjects with all their records, restricted and objecting ones too, after an ordinal. */
export async function returnBatch(act: Act, after: number) {
  const controller = await closedController(act)
  const { controllerId, categories } = controller
  const subjects = await subjectsAfter(act.sql, controllerId, after, batch)
  const revealed = new Set(categories.map(({ bit }) => bit))
  const sealed = await gather(act, subjects, { categories, revealed })
  const next = subjects.length < batch ? undefined : subjects.at(-1)?.ordinal
  return new Sealed(async (receipt) => ({ subjects: await sealed.open(receipt), next }))
}

/** The next files' ids, after one. */
export async function returnFiles(act: Act, after: string): Promise<string[]> {
  const { controllerId } = await closedController(act)
  const files = await filesAfter(act.sql, { controllerId, attachmentId: after }, batch)
  return files.map(({ attachmentId }) => attachmentId)
}

/** What a file's line says of it, and the key of its content. Undefined once it is past its time. */
export async function returnFile(act: Act, attachmentId: string) {
  const controller = await closedController(act)
  const { controllerId } = controller
  const row = await attachmentById(act.sql, controllerId, attachmentId, act.now)
  const [subject] =
    row === undefined ? [] : await subjectsById(act.sql, controllerId, [row.subjectId])
  if (row === undefined || subject?.keySealed == null) return new Sealed(() => undefined)
  act.tell({ attachmentId, sizeBytes: row.sizeBytes })
  const { keySealed } = subject
  const files = await wholeFiles(act, controller, { ...subject, keySealed }, [row])
  return new Sealed(async (receipt) => (await files.open(receipt))[0])
}

/** Notes that all of it is on its way: who holds an archive of this digest has had the whole return. */
export async function endReturn(
  act: Act,
  sha256: Buffer,
  facts: { readonly records: number; readonly files: number; readonly bytes: number },
): Promise<void> {
  const { controllerId } = await closedController(act)
  await setReturned(act.sql, controllerId, sha256)
  act.tell({ returned: controllerId, archiveSha256: sha256.toString('hex'), ...facts })
}

async function closedController(act: Act): Promise<Controller> {
  const controller = await contractOf(act)
  if (controller.state !== 'returning') throw notClosed()
  for (const { name } of controller.categories) {
    demandGranted(act, name)
    const reveal = act.may({ action: 'vault.record.reveal', categories: [name] })
    if (!reveal.allowed) throw notGranted(reveal.code, reveal.message)
  }
  return controller
}

const isMuch = async ({ sql }: Act, { controllerId, exportAlone }: Controller): Promise<boolean> =>
  (await subjectsUpTo(sql, controllerId, exportAlone)) > exportAlone
