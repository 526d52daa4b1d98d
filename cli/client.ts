import type { Readable } from 'node:stream'
import { type Answered, ask, CliError, type Connection, textOf } from './connect.ts'

/** A refusal of the house, met by a command. */
export class Refused extends CliError {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(`refused: ${message} (${code})`)
    this.status = status
    this.code = code
  }
}

export interface Sent {
  readonly json?: unknown
  readonly stream?: { readonly type: string; readonly body: Readable }
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of the HTTP API for commands that make several calls. */
export interface Client {
  /** @throws {Refused} with the house's own code and sentence. */
  call<T>(method: string, path: string, sent?: Sent): Promise<T>
  /** As {@link call}, and the answer as it comes. */
  stream(method: string, path: string, sent?: Sent): Promise<Answered>
}

export function clientOf(connection: Connection): Client {
  const stream: Client['stream'] = async (
    method,
    path,
    { json, stream: up, headers = {} } = {},
  ) => {
    const body = json === undefined ? up?.body : JSON.stringify(json)
    const type = json === undefined ? up?.type : 'application/json'
    const answer = await ask(connection, {
      method,
      path,
      headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
    })
    if (answer.status < 400) return answer
    const { code, message } = refusalOf(await textOf(answer.stream))
    throw new Refused(answer.status, code, message)
  }
  return {
    stream,
    call: async <T>(method: string, path: string, sent?: Sent) =>
      JSON.parse(await textOf((await stream(method, path, sent)).stream)) as T,
  }
}

export function refusalOf(text: string): { code: string; message: string; facts?: unknown } {
  try {
    return JSON.parse(text) as { code: string; message: string }
  } catch {
    return { code: 'no-answer', message: 'The answer could not be understood.' }
  }
}
