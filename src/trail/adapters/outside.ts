import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { lookupOpen, openedBy } from '#ground'
import type { Settings } from '#kernel'

/** What an answer from outside may come to; a witness's is under 10 KB, a timestamp's under 20. */
const largestAnswerBytes = 131_072

export interface OutsideAnswer {
  readonly status: number
  readonly mediaType: string
  readonly bytes: Buffer
}

/**
 * One POST to somebody outside. It ends at its deadline whatever the other side does: a connection
 * that hangs, headers that never come, a body that drips. It follows no redirect, and leads into no
 * private network that the operator has not opened.
 *
 * @throws {Error} `TimeoutError` at the deadline; else a sentence on what became of the connection.
 */
export function postOutside(
  address: string,
  {
    body,
    mediaType,
    deadlineMs,
    settings,
  }: {
    readonly body: string | Uint8Array
    readonly mediaType: string
    readonly deadlineMs: number
    readonly settings: Pick<Settings, 'privateDestinations'>
  },
): Promise<OutsideAnswer> {
  const url = new URL(address)
  const request = url.protocol === 'https:' ? secureRequest : plainRequest
  const signal = AbortSignal.timeout(deadlineMs)
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        signal.aborted
          ? signal.reason
          : new Error(`It could not be reached: ${error.message || error.name}.`, { cause: error }),
      )
    const lookup = lookupOpen(url, openedBy(settings))
    const headers = { 'content-type': mediaType, 'content-length': Buffer.byteLength(body) }
    const options = { method: 'POST', agent: false as const, signal, headers, lookup }
    request(url, options, (answer) => {
      answerOf(answer).then(resolve, fail)
    })
      .on('error', fail)
      .end(body)
  })
}

async function answerOf(answer: IncomingMessage): Promise<OutsideAnswer> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > largestAnswerBytes) throw new Error('the answer is too large')
    pieces.push(piece)
  }
  return {
    status: answer.statusCode ?? 0,
    mediaType: answer.headers['content-type']?.split(';')[0]?.trim() ?? '',
    bytes: Buffer.concat(pieces),
  }
}
