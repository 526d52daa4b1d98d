import { type Act, Sealed, type Settings } from '#kernel'
import { openRecord, subjectKeys } from '#keys'
import { activeController, breachContacts } from '../controllers/acts.ts'
import { controllerMadeUp, noContacts } from '../refusals.ts'
import { subjectsById } from '../subjects/store.ts'
import { identifierContext } from '../subjects/subject.ts'
import { noteForwarded, openRequest, openTextOf } from './acts.ts'
import { type RequestLetter, requestLetter } from './mail.ts'

/** Who writes. */
export type Sender = Pick<Settings, 'processorName' | 'contactPoint'>

/**
 * The letter that passes a request on to the controller's contacts. It opens only by the receipt of
 * this act, for it holds their addresses, and with `words` what the subject asked.
 *
 * @throws {Refusal} `vault.no-contacts`, `vault.controller-made-up` where it is to be mailed, `vault.request-ended`,
 *   `vault.unknown-subject-request`.
 */
export async function letterOf(
  act: Act,
  requestId: string,
  {
    words,
    sender,
    mailing = false,
  }: { readonly words: boolean; readonly sender: Sender; readonly mailing?: boolean },
): Promise<Sealed<RequestLetter>> {
  const controller = await activeController(act)
  if (mailing && controller.synthetic) throw controllerMadeUp()
  const request = await openRequest(act, requestId, false)
  const { controllerId } = controller
  const contacts = await breachContacts(act, controllerId)
  const subjectKey = words ? await subjectKeyOf(act, controllerId, request.subjectId) : undefined
  act.tell({ requestId, letter: words ? 'with its words' : 'without its words' })
  return new Sealed(async (receipt) => {
    const to = (await contacts.open(receipt)).map(({ email }) => email)
    if (to.length === 0) throw noContacts()
    const facts = {
      ...request,
      controller: controller.name,
      processor: sender.processorName,
      contactPoint: sender.contactPoint,
    }
    const said = words
      ? {
          asked: openTextOf(act, receipt, requestId, request.asked),
          subjectKey: await subjectKey?.open(receipt),
        }
      : undefined
    return requestLetter(to, facts, said)
  })
}

/** The controller's own identifier of the subject; the entry names the subject. */
async function subjectKeyOf(
  act: Act,
  controllerId: string,
  subjectId: string | null,
): Promise<Sealed<string> | undefined> {
  if (subjectId === null) return undefined
  const [subject] = await subjectsById(act.sql, controllerId, [subjectId])
  if (subject === undefined || subject.keySealed === null) return undefined
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  const sealed = subject.keySealed
  act.touchSubject(subject.ordinal)
  return new Sealed((receipt) => openRecord(receipt, key, identifierContext, sealed).toString())
}

/** How one try to mail it went. */
export interface Mailed {
  readonly accepted: boolean
  /** The server's answer, which may quote the address. */
  readonly answer: string
}

/**
 * Writes down how the mailing went: forwarded once one server has accepted it; a step of its own where
 * none did, and the request stands as it stood.
 */
export async function recordMailed(
  act: Act,
  requestId: string,
  tries: readonly Mailed[],
): Promise<'forwarded' | 'unsent'> {
  await openRequest(act, requestId)
  const accepted = tries.filter((one) => one.accepted).length
  const facts = { by: 'mail', accepted, failed: tries.length - accepted }
  const said = tries.map(({ answer }) => answer).join('\n')
  return noteForwarded(act, requestId, { facts, said, reached: accepted > 0 })
}
