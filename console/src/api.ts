/** A refusal of the house, as the API answers it: a stable code and one sentence for people. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  readonly status: number
  readonly facts: Readonly<Record<string, unknown>>

  constructor(status: number, code: string, message: string, facts: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.facts = facts
  }
}

export interface CallOptions {
  readonly body?: unknown
  /** Personal data wants to know why. */
  readonly purpose?: string
  readonly reason?: string
  readonly signal?: AbortSignal
}

/** What came back, and the id of the trail entry that tells of it. */
export interface Told<T> {
  readonly value: T
  readonly entryId: string | undefined
}

/**
 * One call of the API with the session's cookie.
 *
 * @throws {Refused} with the house's own code and sentence; `no-connection` when nothing answered.
 */
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  { body, purpose, reason, signal }: CallOptions = {},
): Promise<Told<T>> {
  const headers: Record<string, string> = { 'holdfast-request': '1' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (purpose !== undefined) headers['holdfast-purpose'] = inHeader(purpose)
  if (reason !== undefined) headers['holdfast-reason'] = inHeader(reason)
  const answer = await fetch(path, {
    method,
    headers,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new Refused(0, 'no-connection', 'Holdfast does not answer. Is it running?')
  })
  const entryId = answer.headers.get('holdfast-entry') ?? undefined
  const text = await answer.text()
  const value: unknown = text === '' ? undefined : JSON.parse(text)
  if (!answer.ok) {
    const { code, message, facts } = (value ?? {}) as Partial<Refused>
    throw new Refused(answer.status, code ?? 'fault', message ?? 'Something went wrong.', {
      ...facts,
    })
  }
  return { value: value as T, entryId }
}

export const get = async <T>(path: string, options?: CallOptions): Promise<T> =>
  (await call<T>('GET', path, options)).value

export const post = async <T>(path: string, body?: unknown, options?: CallOptions): Promise<T> =>
  (await call<T>('POST', path, { body: body ?? {}, ...options })).value

/** `fetch` takes header bytes only; the house reads them back as UTF-8. */
export const inHeader = (text: string): string =>
  String.fromCharCode(...new TextEncoder().encode(text.replaceAll(/[\r\n]+/g, ' ').trim()))
