import { newId } from '#ground'
import { type Act, controllerOf, type Receipt, Sealed } from '#kernel'
import { openRecord, sealRecord, type SubjectKey, subjectKeys } from '#keys'
import { activeController } from '../controllers/acts.ts'
import { lockSubject } from '../erasure/acts.ts'
import {
  alreadySaid,
  evidenceMissing,
  notSaid,
  purposeNotAgreed,
  reasonRequired,
  subjectErased,
  unknownSubject,
} from '../refusals.ts'
import { endSaid, insertSaid, saidBy, type SealedSaid, standSaid } from './consent-store.ts'
import { evidenceContext, type SaidOnce, type Saying } from './consent.ts'
import { subjectsById } from './store.ts'

export interface Statement {
  readonly purpose: string
  readonly kind: Saying
  /** True where it is given, false where it is withdrawn: one is as easy as the other (GDPR Art. 7(3)). */
  readonly stands: boolean
  /** How, when and before whom: what the controller must be able to show (GDPR Art. 7(1)). */
  readonly evidence: string
}

/**
 * Writes down that a subject consents or objects to a purpose, or no longer does. It counts for the
 * next read.
 *
 * @throws {Refusal} `vault.purpose-not-agreed`, `vault.evidence-missing`, `vault.already-said`,
 *   `vault.not-said`, `vault.reason-required`, `vault.unknown-subject`, `vault.subject-erased`.
 */
export async function recordStatement(
  act: Act,
  subjectId: string,
  { purpose, kind, stands, evidence }: Statement,
  reason = act.reason,
): Promise<{ readonly consentId: string }> {
  if (reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  if (!controller.purposes.some(({ name }) => name === purpose)) throw purposeNotAgreed()
  if (evidence.trim() === '') throw evidenceMissing()
  const subject = await lockSubject(act, subjectId)
  const { controllerId } = controller
  const before = await saidBy(act.sql, controllerId, subjectId)
  const standing = before.find(
    (said) => said.purpose === purpose && said.kind === kind && said.endedAt === null,
  )
  if (stands === (standing !== undefined)) throw stands ? alreadySaid(kind) : notSaid(kind)
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  const consentId = standing?.consentId ?? newId()
  const sealed = sealRecord(
    key,
    evidenceContext(consentId, stands ? 'given' : 'ended'),
    Buffer.from(evidence),
  )
  const said = { controllerId, consentId }
  if (stands)
    await insertSaid(act.sql, {
      ...said,
      subjectId,
      purpose,
      kind,
      givenAt: act.now,
      evidence: sealed,
    })
  else await endSaid(act.sql, { ...said, endedAt: act.now, endedHow: sealed })
  await standSaid(act.sql, controllerId, subjectId)
  act.tell({ subject: subject.ordinal, consentId, purpose, kind, stands })
  return { consentId }
}

/** Everything a subject has said, with the evidence. @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`. */
export async function readStatements(act: Act, subjectId: string): Promise<Sealed<SaidOnce[]>> {
  await activeController(act)
  const controllerId = controllerOf(act)
  const [subject] = await subjectsById(act.sql, controllerId, [subjectId])
  if (subject === undefined) throw unknownSubject()
  if (subject.erasedAt !== null) throw subjectErased()
  const said = await saidBy(act.sql, controllerId, subjectId)
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  act.tell({ subject: subject.ordinal, said: said.length })
  return new Sealed((receipt) => said.map((one) => openSaid(receipt, key, one)))
}

/** Opens the evidence of one thing said. */
export function openSaid(
  receipt: Receipt,
  key: SubjectKey,
  { evidence, endedHow, ...one }: SealedSaid,
): SaidOnce {
  const open = (part: 'given' | 'ended', sealed: Buffer) =>
    openRecord(receipt, key, evidenceContext(one.consentId, part), sealed).toString()
  return {
    ...one,
    evidence: open('given', evidence),
    endedHow: endedHow && open('ended', endedHow),
  }
}
