/**
 * An expected no. It reaches the caller with its code; any other error is a fault of ours, which
 * is logged and answered with a bare 500.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** `<room>.<reason>`, public and stable for ever. */
  readonly code: string
  /** HTTP status code, 400 to 499, or 503 where the house itself must wait. */
  readonly status: number
  /** What the caller may need to mend it: a JSON object without anything secret. */
  readonly facts: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: string,
    status: number,
    message: string,
    facts?: Readonly<Record<string, unknown>>,
  ) {
    super(message)
    this.code = code
    this.status = status
    this.facts = facts
  }
}
