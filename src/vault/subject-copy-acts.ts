import { type Act, Sealed } from '#kernel'
import { subjectKeys } from '#keys'
import type { SaidOnce } from './consent.ts'
import { openSaid } from './consent-acts.ts'
import { saidBy } from './consent-store.ts'
import type { Controller } from './contract.ts'
import { gather } from './read-acts.ts'
import { subjectErased, unknownSubject } from './refusals.ts'
import type { OpenSubject } from './subject.ts'
import { subjectsById } from './subject-store.ts'

/** What a data subject's own copy holds; `docs/subject-copy.md` describes it. */
export interface CopyParts {
  readonly controller: Controller
  readonly preparedAt: Date
  readonly subject: OpenSubject
  readonly said: readonly SaidOnce[]
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
  const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
  return new Sealed(async (receipt) => {
    const [subject] = await sealed.open(receipt)
    return {
      controller,
      preparedAt: act.now,
      subject: subject!,
      said: said.map((one) => openSaid(receipt, key, one)),
    }
  })
}
