import { Type } from 'typebox'
import { contents, streamKinds } from './stream.ts'
import { Count, Instant, LogName, Uuid } from '../wire.ts'

export const StreamParams = Type.Object({ streamId: Uuid })

export const NewStream = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 80 }),
  kind: Type.Enum([...streamKinds]),
  address: Type.String({
    minLength: 1,
    maxLength: 500,
    description: 'https://host/path for OTLP and webhooks, tls://host:6514 for syslog',
  }),
  content: Type.Enum([...contents], {
    description: 'leaf: pseudonyms only; event: OCSF with names and addresses, wants a reason',
  }),
  logs: Type.Optional(
    Type.Array(LogName, {
      minItems: 1,
      maxItems: 1000,
      description: 'house, and ids of controllers; left out: all there are and will be',
    }),
  ),
  ca: Type.Optional(
    Type.String({
      maxLength: 100_000,
      description: 'certificates to trust instead of the system’s, PEM',
    }),
  ),
  token: Type.Optional(
    Type.String({
      pattern: '^[\\x21-\\x7e]{1,2000}$',
      description: 'bearer token of an OTLP receiver; kept sealed, never shown',
    }),
  ),
  lagSeconds: Type.Optional(
    Type.Integer({
      minimum: 60,
      maximum: 86_400,
      description: 'how far behind is an alarm; default 300',
    }),
  ),
  fromStart: Type.Optional(
    Type.Boolean({ description: 'begin with the first entry ever; default with the next' }),
  ),
})

export const AddedStream = Type.Object({
  streamId: Uuid,
  secret: Type.Optional(
    Type.String({ description: 'signing secret of a webhook: in this answer and nowhere else' }),
  ),
})

export const Rewind = Type.Object({
  log: Type.Optional(LogName),
  index: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'the first entry to send again; 0 for all',
  }),
})

export const StreamShape = Type.Object({
  streamId: Uuid,
  name: Type.String(),
  kind: Type.Enum([...streamKinds]),
  address: Type.String(),
  content: Type.Enum([...contents]),
  /** Absent: all. */
  logs: Type.Optional(Type.Array(Type.String())),
  state: Type.Enum(['active', 'paused', 'halted']),
  /** Age of the oldest entry that waits; 0 when none does. */
  behindSeconds: Type.Number({ minimum: 0 }),
  lagSeconds: Count,
  waiting: Count,
  delivered: Count,
  deliveredAt: Type.Optional(Instant),
  /** Records a receiver said it will never take. */
  rejected: Count,
  failures: Count,
  lastError: Type.Optional(Type.String()),
  failedAt: Type.Optional(Instant),
  retryAt: Type.Optional(Instant),
  addedAt: Instant,
  addedBy: Type.String(),
})

export const StreamList = Type.Object({ items: Type.Array(StreamShape) })
export const StreamDone = Type.Object({ streamId: Uuid })
