import type { PlacedEvent } from '../entries/ocsf-log.ts'

/** How a receiver is spoken to: OTLP/HTTP, syslog over TLS, Standard Webhooks. */
export const streamKinds = ['otlp', 'syslog', 'webhook'] as const
export type StreamKind = (typeof streamKinds)[number]

/** What leaves: the leaf, which names no one, or the opened event with names and addresses. */
export const contents = ['leaf', 'event'] as const
export type Content = (typeof contents)[number]

export type StreamState = 'active' | 'paused' | 'halted' | 'removed'

/** One entry on its way to a receiver. */
export interface SentEntry {
  readonly index: number
  /** RFC 6962 leaf hash. */
  readonly leaf: Buffer
  readonly at: Date
  readonly action: string
  readonly outcome: 'done' | 'refused' | 'failed'
  /** The leaf's text, whose hash the receiver can make anew; or the event. */
  readonly content: string | PlacedEvent
}

/**
 * Entries of one log without a gap, and what closes them: a receiver that has not seen `first - 1`
 * before, or counts fewer than `last - first + 1` entries, knows that something is missing.
 */
export interface Segment {
  readonly log: string
  /** The log's origin (C2SP checkpoint); undefined before the first signature of all. */
  readonly origin: string | undefined
  readonly first: number
  readonly last: number
  /** The newest signed checkpoint of the log; undefined before its first. */
  readonly checkpoint: string | undefined
  readonly entries: readonly SentEntry[]
}

/** What is sent to one receiver at once, and accepted or not as a whole. */
export interface Batch {
  readonly streamId: string
  readonly segments: readonly Segment[]
}

/** A receiver, ready to be spoken to. */
export interface Destination {
  readonly kind: StreamKind
  /** `https://…`, or `tls://host:port` for syslog. */
  readonly address: string
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca: string | undefined
  /** Signing secret of a webhook, bearer token of an OTLP receiver. */
  readonly secret: string | undefined
}

/** How a delivery ended. */
export type Delivery =
  /** Taken over, but for so many records the receiver says it will never take. */
  | { readonly accepted: true; readonly rejected: number; readonly said: string | undefined }
  | {
      readonly accepted: false
      /** One sentence for people, with nothing secret in it. */
      readonly error: string
      /** Whether the same may be sent again: some answers forbid it. */
      readonly again: boolean
      readonly waitSeconds?: number
    }

const shortestWaitSeconds = 2
const longestWaitSeconds = 300
const longestAskedSeconds = 3600

/** How long to wait after so many failures in a row; a receiver may ask for longer. */
export const waitAfter = (failures: number, asked = 0): number =>
  Math.max(
    Math.min(longestAskedSeconds, asked),
    Math.min(longestWaitSeconds, shortestWaitSeconds ** Math.min(failures, 16)),
  )

export const entriesIn = ({ segments }: Batch): number =>
  segments.reduce((sum, { entries }) => sum + entries.length, 0)
