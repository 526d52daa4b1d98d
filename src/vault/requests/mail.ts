import type { RequestFacts, RequestKind } from './subject-request.ts'

/** A letter to a controller: whom it goes to and what it says. */
export interface RequestLetter {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
}

/** What only goes into a letter where somebody wants it there: it names a person. */
export interface RequestWords {
  readonly asked: string
  /** The controller's own identifier of the subject; undefined while nobody is named, or once erased. */
  readonly subjectKey: string | undefined
}

export interface LetterFacts extends Pick<
  RequestFacts,
  'requestId' | 'kind' | 'subjectId' | 'receivedAt' | 'dueAt'
> {
  readonly processor: string
  readonly contactPoint: string
  readonly controller: string
}

const asks: Readonly<Record<RequestKind, string>> = {
  access: 'a copy of their data (GDPR Art. 15)',
  portability: 'their data to take along (GDPR Art. 20)',
  rectification: 'their data to be put right (GDPR Art. 16)',
  erasure: 'their data to be erased (GDPR Art. 17)',
  restriction: 'their data to be restricted (GDPR Art. 18)',
  objection: 'no more processing for some purpose (GDPR Art. 21)',
}

/**
 * What a controller is told of a request that reached its processor. Without `words` it names nobody:
 * mail is encrypted to the next server only.
 *
 * @see GDPR Art. 28(3)(e).
 */
export function requestLetter(
  to: readonly string[],
  facts: LetterFacts,
  words: RequestWords | undefined,
): RequestLetter {
  const { requestId, kind, subjectId, receivedAt, dueAt, processor, contactPoint } = facts
  const day = (at: Date) => at.toISOString().slice(0, 10)
  // Due is the end of a day: the last one on which it is in time.
  const lastDay = day(new Date(dueAt.getTime() - 1))
  const lines = [
    `A data subject of ${facts.controller} asks for ${asks[kind]}.`,
    '',
    `Reference: ${requestId}`,
    `Received:  ${day(receivedAt)}`,
    `Due:       ${lastDay}`,
    `Subject:   ${subjectId ?? 'not found yet'}${subjectId === null ? '' : ' (pseudonym)'}`,
    ...(words?.subjectKey === undefined ? [] : [`Your key:  ${words.subjectKey}`]),
    '',
    ...(words === undefined
      ? ['What was asked, in their own words, is kept with us and named on request.']
      : ['In their own words:', '', words.asked]),
    '',
    'The decision is yours. Please instruct us to do what is asked or to decline it, and quote the reference.',
    '',
    processor,
    contactPoint,
  ]
  return {
    to,
    subject: `Request of a data subject, due ${lastDay} (${requestId})`,
    text: `${lines.join('\n')}\n`,
  }
}
