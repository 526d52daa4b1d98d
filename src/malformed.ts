import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { apiHeaders, doorTally } from '#gate'

/** What the parser of HTTP says when bytes are no request. */
export interface Unreadable extends Error {
  readonly code?: string
}

const headerTooLarge = {
  status: 431,
  code: 'gate.header-too-large',
  message: 'The header of the request is larger than 16 KiB.',
}
const headerTooSlow = {
  status: 408,
  code: 'gate.header-too-slow',
  message: 'The header of the request did not arrive in time.',
}
const malformed = {
  status: 400,
  code: 'gate.malformed-request',
  message: 'What was sent is no HTTP request.',
}

/**
 * Answers bytes that never became a request, and closes the connection. Nobody was identified and
 * nothing asked for, so it is counted with the door's other refusals and told in aggregate.
 */
export function answerMalformed(error: Unreadable, socket: Duplex, at: Date): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, code, message } = refusalOf(error)
  const { remoteAddress = 'local' } = socket as { remoteAddress?: string }
  doorTally.count({ address: remoteAddress, code, at })
  const body = JSON.stringify({ code, message })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...apiHeaders.map(([name, value]) => `${name}: ${value}`),
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function refusalOf({ code }: Unreadable) {
  if (code === 'HPE_HEADER_OVERFLOW') return headerTooLarge
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? headerTooSlow : malformed
}
