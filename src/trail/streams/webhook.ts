/**
 * Entries as a webhook, as Standard Webhooks has it.
 *
 * ```
 * webhook-id         of the content: a batch that is sent again bears the same one
 * webhook-timestamp  seconds since 1970, of this attempt
 * webhook-signature  `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`
 * secret             `whsec_` and the base64 of the key
 * ```
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @module
 */
import { createHmac, hash } from 'node:crypto'
import type { Batch } from './stream.ts'

const prefix = 'whsec_'

/** A secret as receivers take it, of 32 random bytes. */
export const webhookSecret = (key: Uint8Array): string =>
  `${prefix}${Buffer.from(key).toString('base64')}`

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function webhookRequest(batch: Batch, secret: string, now: Date): WebhookRequest {
  const body = JSON.stringify({
    type: 'trail.entries',
    timestamp: newestOf(batch).toISOString(),
    data: {
      segments: batch.segments.map(({ entries, ...segment }) => ({
        ...segment,
        entries: entries.map(({ index, leaf, at, action, outcome, content }) => ({
          index,
          leaf: leaf.toString('base64'),
          at,
          action,
          outcome,
          content,
        })),
      })),
    },
  })
  const id = idOf(batch)
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  }
}

function idOf({ streamId, segments }: Batch): string {
  const range = segments.map(({ log, first, last }) => `${log} ${first} ${last}`)
  return `msg_${hash('sha256', [streamId, ...range].join('\n'), 'hex').slice(0, 32)}`
}

const newestOf = ({ segments }: Batch): Date =>
  segments
    .flatMap(({ entries }) => entries.map(({ at }) => at))
    .reduce((newest, at) => (at > newest ? at : newest), new Date(0))
