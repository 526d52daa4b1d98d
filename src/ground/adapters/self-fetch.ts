import { Agent, request } from 'node:https'
import type { ProbeAnswer, ProbeInit } from '#kernel'

const timeoutMs = 15_000
const largestAnswerBytes = 4_194_304

/**
 * Requests to our own listener over real TLS, as an outsider makes them: certificate checked against
 * our CA, a fresh connection each time, so that a cut cannot hide behind a connection that stood before.
 *
 * @param kept - whose connections are used instead, where nothing is to be learnt from opening them.
 */
export function selfFetch(
  listener: () => { readonly host: string; readonly port: number; readonly ca: string } | undefined,
  kept?: Agent,
): (path: string, init?: ProbeInit) => Promise<ProbeAnswer> {
  return (path, { method = 'GET', headers = {}, body, localAddress } = {}) =>
    new Promise((resolve, reject) => {
      const at = listener()
      if (at === undefined) return reject(new Error('no listener is up, so nothing can be tried'))
      const agent = kept ?? new Agent({ keepAlive: false })
      const call = request(
        {
          ...at,
          path,
          method,
          agent,
          // The certificate names localhost, whichever loopback address is called.
          servername: 'localhost',
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
          timeout: timeoutMs,
          ...(localAddress === undefined ? {} : { localAddress }),
        },
        (answer) => {
          const pieces: Buffer[] = []
          let size = 0
          answer.on('data', (piece: Buffer) => {
            size += piece.length
            if (size > largestAnswerBytes) answer.destroy(new Error('the answer is too large'))
            pieces.push(piece)
          })
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: Object.fromEntries(
                Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
              ),
              body: Buffer.concat(pieces).toString('utf8'),
            }),
          )
        },
      )
      call.on('timeout', () => call.destroy(new Error('no answer in time')))
      call.on('error', reject)
      call.end(body)
    })
}
