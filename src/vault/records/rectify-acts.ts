import { type Act, controllerOf, Sealed } from '#kernel'
import { indexVersion, openRecord, subjectKeys } from '#keys'
import { activeController, heldController } from '../controllers/acts.ts'
import { isForPurpose } from '../controllers/contract.ts'
import type { FieldValue } from '../fields/field-value.ts'
import {
  fieldOutsidePurpose,
  noSuchRecord,
  recordMoved,
  subjectRestricted,
  unknownField,
} from '../refusals.ts'
import { subjectsById } from '../subjects/store.ts'
import { identifierContext, recordContext } from '../subjects/subject.ts'
import { demandCategory, whyNot } from './access.ts'
import { locate, storePlaced } from './place-acts.ts'
import { placedOf } from './put-acts.ts'
import { demandReadable } from './read-acts.ts'
import { readRow, type StoredRow } from './row.ts'
import { liveRecords } from './store.ts'

/** What changes in one record. */
export interface Correction {
  readonly subjectId: string
  readonly category: string
  /** Null takes a value out. */
  readonly fields: Readonly<Record<string, FieldValue | null>>
}

/** A record as it stands, for whoever puts it right. It does not go to the caller. */
export interface Held {
  readonly subjectKey: string
  readonly recordId: string
  readonly version: number
  readonly values: Readonly<Record<string, FieldValue>>
}

/** The record that is to be corrected; the correction's fields must be ones the purpose may use. */
export async function heldRecord(act: Act, correction: Correction): Promise<Sealed<Held>> {
  const { subjectId, fields } = correction
  const controller = await activeController(act)
  const category = demandCategory(act, controller, correction.category)
  for (const name of Object.keys(fields)) {
    const field = category.fields.find((one) => one.name === name)
    if (field === undefined) throw unknownField(category.name)
    if (!isForPurpose(field, act.purpose)) throw fieldOutsidePurpose(category.name, name)
  }
  const { controllerId } = controller
  const subjects = await subjectsById(act.sql, controllerId, [subjectId])
  demandReadable(act, controller, subjects, 1)
  const [record] = await liveRecords(act.sql, controllerId, [subjectId], [category.bit], act.now)
  if (record === undefined) throw noSuchRecord()
  const subject = subjects[0]!
  act.touch({ subject: subject.ordinal, record: record.ordinal, category: category.bit })
  act.tell({ corrected: Object.keys(fields).map((name) => `${category.name}.${name}`) })
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  return new Sealed((receipt) => ({
    subjectKey: openRecord(receipt, key, identifierContext, subject.keySealed!).toString(),
    recordId: record.recordId,
    version: record.version,
    values: JSON.parse(openRecord(receipt, key, recordContext(record), record.sealed).toString()),
  }))
}

/** Replaces the record with the correction in it. */
export async function correct(act: Act, correction: Correction, held: Held): Promise<StoredRow> {
  const controller = await heldController(act)
  demandCategory(act, controller, correction.category)
  const fields = { ...held.values, ...correction.fields }
  const { subjectKey } = held
  const row = readRow(controller, { subjectKey, category: correction.category, fields })
  const placed = placedOf(act, row, 1, indexVersion(act))
  const ground = await locate(act, [placed])
  const subject = ground.subjects.get(placed.who)
  if (subject?.restricted === true) throw subjectRestricted()
  const refused = whyNot(act, controller, subject)
  if (refused !== undefined) throw refused
  const standing = ground.standing.get(placed.slot)
  // A version alone could be that of another record, of somebody who was erased and came again.
  if (standing?.recordId !== held.recordId || standing.version !== held.version) throw recordMoved()
  const [stored] = await storePlaced(act, [placed], ground)
  // The act that read the record for it has the same name.
  act.declare({ writes: true })
  act.tell({
    controllerId: controllerOf(act),
    corrected: Object.keys(correction.fields).map((name) => `${correction.category}.${name}`),
  })
  return stored!
}
