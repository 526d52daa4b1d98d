import { otlpRejected, otlpRequest } from '../streams/otlp.ts'
import type { Batch, Delivery, Destination } from '../streams/stream.ts'
import { syslogFrames } from '../streams/syslog.ts'
import { webhookRequest } from '../streams/webhook.ts'
import { type Answer, post, sendOver, type Way } from './outbound.ts'

/** Who sends, as receivers are told. */
export interface Sender {
  readonly host: string
  readonly now: Date
}

/** What OTLP lets a client try again (OTLP/HTTP, Retryable Response Codes); all else it forbids. */
const otlpAgain = new Set([429, 502, 503, 504])

/** Sends a batch and waits until its receiver has taken it over. Never throws: what went wrong is said. */
export async function deliver(
  destination: Destination,
  batch: Batch,
  sender: Sender,
  way: Way,
): Promise<Delivery> {
  try {
    if (destination.kind === 'otlp') return await overOtlp(destination, batch, sender, way)
    if (destination.kind === 'webhook') return await overWebhook(destination, batch, sender, way)
    await sendOver(destination, syslogFrames(batch, sender.host, sender.now), way)
    return taken
  } catch (error) {
    return { accepted: false, again: true, error: sentence(error) }
  }
}

const taken: Delivery = { accepted: true, rejected: 0, said: undefined }

async function overOtlp(
  destination: Destination,
  batch: Batch,
  { now }: Sender,
  way: Way,
): Promise<Delivery> {
  const { secret } = destination
  const headers = {
    'content-type': 'application/json',
    ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
  }
  const body = JSON.stringify(otlpRequest(batch, now))
  const answer = await post(destination, headers, body, way)
  if (answer.status !== 200) return refusedWith(answer, otlpAgain.has(answer.status))
  return { accepted: true, ...otlpRejected(answer.body) }
}

async function overWebhook(
  destination: Destination,
  batch: Batch,
  { now }: Sender,
  way: Way,
): Promise<Delivery> {
  if (destination.secret === undefined) throw new TypeError('a webhook is signed')
  const { headers, body } = webhookRequest(batch, destination.secret, now)
  const answer = await post(destination, headers, body, way)
  if (answer.status >= 200 && answer.status <= 299) return taken
  // 410 says that nobody wants it any more; a redirect would lead to somebody nobody has named.
  return refusedWith(answer, answer.status !== 410 && !isRedirect(answer))
}

const isRedirect = ({ status }: Answer) => status >= 300 && status <= 399

const refusedWith = ({ status, retryAfter }: Answer, again: boolean): Delivery => ({
  accepted: false,
  again,
  error: `it answered ${status}${again ? '' : ', after which the same must not be sent again'}`,
  ...(retryAfter === undefined ? {} : { waitSeconds: retryAfter }),
})

/** What happened, without what was sent. */
function sentence(error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException
  if (name === 'AbortError' || name === 'TimeoutError') return 'it took too long'
  return (code === undefined ? message : `${code}: ${message}`).slice(0, 300)
}
