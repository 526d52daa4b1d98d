import { randomBytes } from 'node:crypto'
import { newId } from '#ground'
import { type Act, Refusal, Sealed } from '#kernel'
import { readAddress, readAuthorities } from './destination.ts'
import { houseLog } from '../entries/entry.ts'
import {
  reasonMissing,
  streamSecretUnwanted,
  tooManyStreams,
  unknownLog,
  unknownStream,
} from '../refusals.ts'
import type { Content, StreamKind } from './stream.ts'
import {
  beginAtEnd,
  countStreams,
  findStream,
  insertStream,
  rewind,
  setState,
  type Stream,
  type StreamStanding,
  streamStandings,
} from './store.ts'
import { webhookSecret } from './webhook.ts'

const mostStreams = 32
const usualLagSeconds = 300
const webhookKeyBytes = 32

export interface StreamDraft {
  readonly name: string
  readonly kind: StreamKind
  readonly address: string
  readonly content: Content
  readonly logs?: readonly string[]
  readonly ca?: string
  /** Bearer token of an OTLP receiver. */
  readonly token?: string
  readonly lagSeconds?: number
  /** Whether it begins with the first entry ever, instead of with the next one. */
  readonly fromStart?: boolean
}

export interface AddedStream {
  readonly streamId: string
  /** Signing secret of a webhook, in this answer and nowhere else. */
  readonly secret: string | undefined
}

/**
 * Adds a destination. Opened events take names and addresses out of the house: that takes the right to
 * export and a reason, as an export does.
 *
 * @throws {Refusal} `trail.reason-required`, `trail.destination-malformed`, `trail.too-many-streams`,
 *   `trail.stream-secret-unwanted`, what `may` says of `trail.entry.export`.
 */
export async function addStream(act: Act, draft: StreamDraft): Promise<Sealed<AddedStream>> {
  const { name, kind, content, lagSeconds = usualLagSeconds, fromStart = false } = draft
  const address = readAddress(kind, draft.address)
  const ca = draft.ca === undefined ? null : readAuthorities(draft.ca)
  if (content === 'event') demandExport(act)
  if (draft.token !== undefined && kind !== 'otlp') throw streamSecretUnwanted()
  if ((await countStreams(act.sql)) >= mostStreams) throw tooManyStreams(mostStreams)
  const streamId = newId()
  const secret = kind === 'webhook' ? webhookSecret(randomBytes(webhookKeyBytes)) : draft.token
  await insertStream(act.sql, {
    streamId,
    name,
    kind,
    address,
    content,
    logs: draft.logs ?? null,
    ca,
    secret: secret === undefined ? null : sealSecret(act, streamId, secret),
    lagSeconds,
    addedAt: act.now,
    addedBy: act.actor.id,
  })
  if (!fromStart) await beginAtEnd(act.sql, streamId)
  act.tell({ streamId, name, kind, address, content, logs: draft.logs, lagSeconds, fromStart })
  return new Sealed(() => ({ streamId, secret: kind === 'webhook' ? secret : undefined }))
}

export async function listStreams(act: Act): Promise<StreamStanding[]> {
  return streamStandings(act.sql)
}

/** Stops sending; nothing is lost, it waits. @throws {Refusal} `trail.unknown-stream`. */
export async function pauseStream(act: Act, streamId: string): Promise<Stream> {
  return inState(act, streamId, 'paused')
}

/** Goes on where the receiver has accepted last. @throws {Refusal} `trail.unknown-stream`. */
export async function resumeStream(act: Act, streamId: string): Promise<Stream> {
  return inState(act, streamId, 'active')
}

/** Ends a stream for good, and forgets its secret. @throws {Refusal} `trail.unknown-stream`, `trail.reason-required`. */
export async function removeStream(act: Act, streamId: string): Promise<Stream> {
  if (act.reason === undefined) throw reasonMissing()
  return inState(act, streamId, 'removed')
}

/**
 * Sends again from an index of one log, or of every log.
 *
 * @throws {Refusal} `trail.unknown-stream`, `trail.unknown-log`.
 */
export async function rewindStream(
  act: Act,
  streamId: string,
  { log, index }: { readonly log?: string; readonly index: number },
): Promise<Stream> {
  const stream = await demandStream(act, streamId)
  const moved = await rewind(act.sql, streamId, log, index)
  if (moved === 0) throw unknownLog()
  act.tell({ streamId, name: stream.name, log, index })
  return stream
}

async function inState(
  act: Act,
  streamId: string,
  state: 'active' | 'paused' | 'removed',
): Promise<Stream> {
  const stream = await demandStream(act, streamId)
  await setState(act.sql, streamId, state)
  act.tell({ streamId, name: stream.name, was: stream.state, is: state })
  return stream
}

async function demandStream(act: Act, streamId: string): Promise<Stream> {
  const stream = await findStream(act.sql, streamId)
  if (stream === undefined) throw unknownStream()
  return stream
}

function demandExport(act: Act): void {
  const decision = act.may({ action: 'trail.entry.export' })
  if (!decision.allowed) throw new Refusal(decision.code, 403, decision.message)
  if (act.reason === undefined) throw reasonMissing()
}

export const secretContext = (streamId: string): readonly string[] => [
  'trail.stream.secret',
  streamId,
]

const sealSecret = ({ secrets }: Act, streamId: string, secret: string) =>
  secrets.seal(houseLog, secretContext(streamId), Buffer.from(secret))
