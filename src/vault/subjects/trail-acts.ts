import { type Act, controllerOf, type Sealed } from '#kernel'
import { type EntryPage, listEntries } from '#trail'
import { activeController } from '../controllers/acts.ts'
import { subjectIndexes } from '../fields/indexes.ts'
import { demandSome } from '../records/access.ts'
import { readSubjectKey } from '../records/row.ts'
import { unknownSubject } from '../refusals.ts'
import { liveByKey, subjectsById } from './store.ts'

/** Who is asked about: by the controller's own identifier, or by the id it was given here. */
export type Asked = { readonly subjectKey: string } | { readonly subjectId: string }

/**
 * Everything ever done with one subject's data, erased subjects too where their id is known. The
 * key is met by its blind index; the trail knows subjects by their numbers.
 *
 * @throws {Refusal} `vault.unknown-subject`, and what {@link listEntries} throws.
 */
export async function subjectTrail(
  act: Act,
  asked: Asked,
  after: string | undefined,
  limit: number | undefined,
): Promise<Sealed<EntryPage>> {
  const controllerId = controllerOf(act)
  const subject = await ordinalOf(act, controllerId, asked)
  // Whoever asks by the key learns that the controller knows them.
  if ('subjectKey' in asked) act.touchSubject(subject)
  act.tell({ by: 'subjectKey' in asked ? 'subjectKey' : 'subjectId', subject })
  return listEntries(act, [{ log: controllerId, subject }], after, limit)
}

async function ordinalOf(act: Act, controllerId: string, asked: Asked): Promise<number> {
  const found =
    'subjectId' in asked
      ? (await subjectsById(act.sql, controllerId, [asked.subjectId]))[0]
      : await byKey(act, asked.subjectKey)
  if (found === undefined) throw unknownSubject()
  return found.ordinal
}

/** To meet a key is to find somebody, so it takes the right and the purpose that finding takes. */
async function byKey(act: Act, subjectKey: string) {
  const controller = await activeController(act)
  demandSome(act, controller, 'vault.subject.find')
  return liveByKey(
    act.sql,
    controller.controllerId,
    subjectIndexes(act, readSubjectKey(subjectKey)),
  )
}
