import type { Operations } from './operations.ts'
import { refusedBy } from './refused.ts'
import { defaultPauses, retrying } from './retry.ts'

/** Why personal data is asked for. Both go into the trail's entry of the access. */
export interface Why {
  /** One of the contract's purposes. */
  readonly purpose: string
  /** In one sentence: a ticket, a request. */
  readonly reason: string
}

/** What the house answered, and how it can be proven. */
export interface Answer<T> {
  readonly value: T
  /** The trail's entry of this access. */
  readonly entryId: string | undefined
  /** A signed promise that the entry will stand in the log: `holdfast receipt` and any verifier read it. */
  readonly receipt: string | undefined
}

export interface HoldfastOptions {
  /** `https://data.example.org`, without a path. */
  readonly url: string
  /** A workload's credential, or what gives the one of this moment. */
  readonly token: string | (() => string | Promise<string>)
  /**
   * The platform's own by default. Where the house has a CA of its own, give Node
   * `NODE_EXTRA_CA_CERTS`, or a fetch that trusts it.
   */
  readonly fetch?: typeof fetch
  /** Pauses before another try, in milliseconds. `[]`: never. */
  readonly pauses?: readonly number[]
}

export type OperationName = keyof Operations
export type BodyOf<K extends OperationName> = Operations[K]['body']
export type AnswerOf<K extends OperationName> = Operations[K]['response']

/** Bytes of any size on their way up. */
export type Bytes = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

type Part<N extends string, T> = object extends T
  ? { readonly [P in N]?: T }
  : { readonly [P in N]: T }

/** What an operation takes. `why` is required exactly where the house requires it. */
export type Request<K extends OperationName> = Part<'path', Operations[K]['path']> &
  Part<'query', Operations[K]['query']> &
  (BodyOf<K> extends undefined
    ? { readonly body?: undefined }
    : BodyOf<K> extends 'stream'
      ? { readonly body: Bytes; readonly contentType: string }
      : { readonly body: BodyOf<K> }) &
  (Operations[K]['why'] extends true ? { readonly why: Why } : { readonly why?: Partial<Why> }) & {
    readonly signal?: AbortSignal
  }

interface Sent {
  readonly path?: object
  readonly query?: object
  readonly body?: unknown
  readonly contentType?: string
  readonly why?: Partial<Why>
  readonly signal?: AbortSignal
}

/** A connection to a house, as one workload. */
export class Holdfast {
  readonly #options: HoldfastOptions

  constructor(options: HoldfastOptions) {
    if (!/^https:\/\/[^/]+$/.test(options.url)) throw new TypeError('url is https://host[:port]')
    this.#options = options
  }

  /**
   * One operation of the API, typed by its OpenAPI document.
   *
   * What is idempotent (GET, PUT, DELETE) is tried again when the connection breaks; anything is
   * when the house was busy and turned it away.
   *
   * @throws {Refused} what the house refuses.
   */
  async call<K extends OperationName>(
    operation: K,
    request: Request<K>,
  ): Promise<Answer<AnswerOf<K>>> {
    const answer = await this.open(operation, request)
    const text = await answer.text()
    const value = (text === '' ? undefined : JSON.parse(text)) as AnswerOf<K>
    return { value, ...proofIn(answer) }
  }

  /** As {@link call}, and the answer as it comes: for streams. */
  async open<K extends OperationName>(operation: K, request: Request<K>): Promise<Response> {
    const [method = '', template = ''] = operation.split(' ')
    const { pauses = defaultPauses } = this.#options
    const sent: Sent = request
    const twiceIsOnce = method !== 'POST' && method !== 'PATCH'
    // A stream can be read once; whoever sends one goes on with it, and does not begin again.
    const once = sent.body instanceof ReadableStream
    const deed = () => this.#send(method, addressOf(template, sent), sent)
    return once ? deed() : retrying(deed, { twiceIsOnce, pauses })
  }

  async #send(method: string, address: string, sent: Sent): Promise<Response> {
    const { url, token, fetch: fetching = fetch } = this.#options
    const credential = typeof token === 'string' ? token : await token()
    const json = sent.body !== undefined && sent.contentType === undefined
    const body = json ? JSON.stringify(sent.body) : (sent.body as Bytes | undefined)
    const answer = await fetching(`${url}${address}`, {
      method,
      headers: {
        authorization: `Bearer ${credential}`,
        ...whyHeaders(sent.why),
        ...(body === undefined ? {} : { 'content-type': sent.contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    })
    if (!answer.ok) throw await refusedBy(answer)
    return answer
  }
}

/** What proves an answer. */
export const proofIn = ({ headers }: Response): Omit<Answer<unknown>, 'value'> => ({
  entryId: headers.get('holdfast-entry') ?? undefined,
  receipt: headers.get('holdfast-receipt') ?? undefined,
})

function addressOf(template: string, { path = {}, query = {} }: Sent): string {
  const values = path as Readonly<Record<string, string>>
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name]!),
  )
  const given = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, String(value)])
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given).toString()}`
}

/** Header values are bytes: a reason in any language goes as UTF-8, which the house reads back. */
function whyHeaders({ purpose, reason }: Partial<Why> = {}): Record<string, string> {
  return {
    ...(purpose === undefined ? {} : { 'holdfast-purpose': headerText(purpose) }),
    ...(reason === undefined ? {} : { 'holdfast-reason': headerText(reason) }),
  }
}

const headerText = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))
