/**
 * The house said no, for a reason it has a name for. `code` is stable for ever
 * (`vault.subject-restricted`, `identity.not-permitted`); branch on it, never on the sentence.
 */
export class Refused extends Error {
  override readonly name = 'Refused'
  /** HTTP status. */
  readonly status: number
  /** `<room>.<reason>`. */
  readonly code: string
  /** What may be needed to mend it. */
  readonly facts: Readonly<Record<string, unknown>>
  /** The trail's entry of this refusal, where one was named. */
  readonly entryId: string | undefined

  constructor(
    status: number,
    { code, message, facts = {} }: RefusalBody,
    entryId: string | undefined,
  ) {
    super(message)
    this.status = status
    this.code = code
    this.facts = facts
    this.entryId = entryId
  }
}

interface RefusalBody {
  readonly code: string
  readonly message: string
  readonly facts?: Readonly<Record<string, unknown>>
}

/** Whether an error is a refusal, and with which code, where one is given. */
export const isRefused = (error: unknown, code?: string): error is Refused =>
  error instanceof Refused && (code === undefined || error.code === code)

/** The refusal in an answer; one of our own where the body is none of the house's. */
export async function refusedBy(answer: Response): Promise<Refused> {
  const entryId = answer.headers.get('holdfast-entry') ?? undefined
  const text = await answer.text().catch(() => '')
  return new Refused(answer.status, bodyIn(text), entryId)
}

function bodyIn(text: string): RefusalBody {
  try {
    const body = JSON.parse(text) as Partial<RefusalBody>
    if (typeof body.code === 'string' && typeof body.message === 'string')
      return body as RefusalBody
  } catch {
    // Said below.
  }
  return { code: 'client.no-answer', message: 'Something that is no Holdfast answered.' }
}
