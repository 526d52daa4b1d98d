/**
 * Entries as OTLP/HTTP logs in JSON: one `ExportLogsServiceRequest`, one log record an entry, and one
 * named `trail.batch` that closes each segment.
 *
 * The proto3 JSON mapping, as OTLP narrows it: names in lowerCamelCase, 64-bit integers as decimal
 * strings, enumerations as numbers.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/ (OTLP/HTTP, JSON Protobuf Encoding)
 * @module
 */
import type { Batch, Segment, SentEntry } from './stream.ts'

/** SeverityNumber INFO, WARN, ERROR. */
const severities = {
  done: [9, 'INFO'],
  refused: [13, 'WARN'],
  failed: [17, 'ERROR'],
} as const

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue: string } | { readonly intValue: string }
}

/** The body of one request. */
export function otlpRequest({ segments }: Batch, now: Date): object {
  return {
    resourceLogs: [
      {
        resource: {
          attributes: [text('service.name', 'holdfast')],
        },
        scopeLogs: [
          {
            scope: { name: 'holdfast.trail' },
            logRecords: segments.flatMap((segment) => [
              ...segment.entries.map((entry) => entryRecord(segment, entry, now)),
              closingRecord(segment, now),
            ]),
          },
        ],
      },
    ],
  }
}

/**
 * What a receiver says it will never take, of an answer that says 200 (`partial_success`).
 *
 * @throws {SyntaxError} for an answer that is not what OTLP answers.
 */
export function otlpRejected(body: string): { rejected: number; said: string | undefined } {
  if (body.trim() === '') return { rejected: 0, said: undefined }
  const { partialSuccess } = JSON.parse(body) as {
    partialSuccess?: { rejectedLogRecords?: string | number; errorMessage?: string }
  }
  return {
    rejected: Number(partialSuccess?.rejectedLogRecords ?? 0),
    said: partialSuccess?.errorMessage,
  }
}

function entryRecord(segment: Segment, entry: SentEntry, now: Date) {
  const [severityNumber, severityText] = severities[entry.outcome]
  const { content } = entry
  return {
    timeUnixNano: nanos(entry.at),
    observedTimeUnixNano: nanos(now),
    severityNumber,
    severityText,
    eventName: entry.action,
    body: { stringValue: typeof content === 'string' ? content : JSON.stringify(content) },
    attributes: [
      ...placeOf(segment),
      number('trail.index', entry.index),
      text('trail.leaf', entry.leaf.toString('base64')),
      text('trail.content', typeof content === 'string' ? 'leaf' : 'ocsf'),
    ],
  }
}

function closingRecord(segment: Segment, now: Date) {
  return {
    timeUnixNano: nanos(now),
    observedTimeUnixNano: nanos(now),
    severityNumber: 9,
    severityText: 'INFO',
    eventName: 'trail.batch',
    body: { stringValue: segment.checkpoint ?? '' },
    attributes: [
      ...placeOf(segment),
      number('trail.first', segment.first),
      number('trail.last', segment.last),
    ],
  }
}

const placeOf = ({ log, origin }: Segment): Attribute[] => [
  text('trail.log', log),
  ...(origin === undefined ? [] : [text('trail.origin', origin)]),
]

const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } })
const number = (key: string, value: number): Attribute => ({
  key,
  value: { intValue: String(value) },
})
const nanos = (at: Date): string => `${at.getTime()}000000`
