/**
 * Entries as syslog messages in octet-counted frames.
 *
 * ```
 * frame    MSG-LEN SP SYSLOG-MSG                                      (RFC 5425 §4.3)
 * message  <PRI>1 TIMESTAMP HOSTNAME holdfast - MSGID - MSG           (RFC 5424 §6)
 * PRI      facility 13, log audit; severity 6 done, 4 refused, 3 failed
 * MSGID    `entry`, or `batch` for the message that closes a segment
 * MSG      one JSON object in US-ASCII: what is beyond is escaped, so it needs no mark of UTF-8
 * ```
 *
 * Structured data stays empty: its names would need an enterprise number of our own.
 * A receiver need take no more than 8192 octets (RFC 5425 §4.3.1): an event that is longer goes
 * without its details, and says so.
 *
 * @module
 */
import type { Batch, Segment, SentEntry } from './stream.ts'

const logAudit = 13
const severities = { done: 6, refused: 4, failed: 3 } as const
const longestMessage = 8192

/** All frames of a batch, in order. `host` is ours. */
export function syslogFrames({ segments }: Batch, host: string, now: Date): Buffer {
  const messages = segments.flatMap((segment) => [
    ...segment.entries.map((entry) => entryMessage(segment, entry, host)),
    closingMessage(segment, host, now),
  ])
  return Buffer.from(messages.map((message) => `${message.length} ${message}`).join(''), 'latin1')
}

function entryMessage(segment: Segment, entry: SentEntry, host: string): string {
  const { index, leaf, at, outcome, content } = entry
  const place = { ...placeOf(segment), index, leaf: leaf.toString('base64') }
  const head = headOf(severities[outcome], at, host, 'entry')
  const whole = `${head} ${ascii({ ...place, content })}`
  if (whole.length <= longestMessage || typeof content === 'string') return whole
  const { details: _, reason: __, ...unmapped } = content.unmapped
  const shorter = { ...content, unmapped: { ...unmapped, shortened: true } }
  return `${head} ${ascii({ ...place, content: shorter })}`
}

function closingMessage(segment: Segment, host: string, now: Date): string {
  const { first, last, checkpoint } = segment
  const head = headOf(severities.done, now, host, 'batch')
  return `${head} ${ascii({ ...placeOf(segment), first, last, checkpoint })}`
}

const placeOf = ({ log, origin }: Segment) => ({ log, origin })

const headOf = (severity: number, at: Date, host: string, kind: 'entry' | 'batch') =>
  `<${logAudit * 8 + severity}>1 ${at.toISOString()} ${host} holdfast - ${kind} -`

/** JSON in US-ASCII, on one line. */
const ascii = (value: object): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
