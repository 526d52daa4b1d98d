import { type Act, Sealed } from '#kernel'
import { newestCheckpoint } from '../tree/checkpoint-store.ts'
import { houseLog } from '../entries/entry.ts'
import { asOcsf } from '../entries/ocsf-log.ts'
import { openEntry } from '../search/acts.ts'
import { findLogKeys, type LogKeys } from '../tree/signer-acts.ts'
import {
  type Batch,
  type Delivery,
  type Destination,
  entriesIn,
  type Segment,
  waitAfter,
} from './stream.ts'
import { secretContext } from './acts.ts'
import {
  advance,
  dueStreams,
  entriesOfLog,
  noteDelivered,
  noteFailed,
  type Stream,
} from './store.ts'

/** Entries of one delivery, and of one log in it: a busy log must not hold up the others. */
const mostEntries = 500
const mostOfLog = 250

/** What goes to one receiver, and to whom. */
export interface Shipment {
  readonly stream: Pick<Stream, 'streamId' | 'epoch' | 'failures'>
  readonly destination: Destination
  readonly batch: Batch
}

/** What came of a shipment. */
export interface Outcome {
  readonly shipment: Shipment
  readonly delivery: Delivery
}

/**
 * One round of sending: notes what became of the round before, and takes out what goes next. The
 * cursors move only here, only for what a receiver has accepted; a round that dies in between is sent
 * again (at least once). What is taken out opens after the entry that tells of it.
 */
export async function sendRound(
  act: Act,
  outcomes: readonly Outcome[],
  isLast: boolean,
): Promise<Sealed<Shipment[]>> {
  for (const outcome of outcomes) await note(act, outcome)
  const due = isLast ? [] : await dueStreams(act.sql, act.now)
  const keys = await findLogKeys(act.sql)
  const taken: { readonly stream: Stream; readonly segments: readonly SealedSegment[] }[] = []
  for (const stream of due) taken.push({ stream, segments: await takeOut(act, stream, keys) })
  act.tell({
    ...(outcomes.length > 0 ? { came: outcomes.map(toldOutcome) } : {}),
    ...(taken.length > 0 ? { goes: taken.map(toldShipment) } : {}),
  })
  const { secrets } = act
  return new Sealed(async (receipt) =>
    Promise.all(
      taken.map(async ({ stream, segments }) => ({
        stream,
        destination: {
          kind: stream.kind,
          address: stream.address,
          ca: stream.ca ?? undefined,
          secret:
            stream.secret === null
              ? undefined
              : secrets
                  .unseal(houseLog, secretContext(stream.streamId), stream.secret)
                  .toString('utf8'),
        },
        batch: {
          streamId: stream.streamId,
          segments: await Promise.all(segments.map((segment) => segment.open(receipt))),
        },
      })),
    ),
  )
}

async function note(act: Act, { shipment, delivery }: Outcome): Promise<void> {
  const { stream, batch } = shipment
  const { sql, now } = act
  if (!delivery.accepted) {
    const { error, again, waitSeconds } = delivery
    const wait = waitAfter(stream.failures + 1, waitSeconds)
    const retryAt = new Date(now.getTime() + wait * 1000)
    return noteFailed(sql, stream.streamId, { error, retryAt, halts: !again }, now)
  }
  const rows = batch.segments.map(({ log, last }) => ({ log, next: last + 1 }))
  await advance(sql, stream, rows, now)
  const { rejected, said = null } = delivery
  await noteDelivered(sql, stream.streamId, { entries: entriesIn(batch), rejected, said }, now)
}

interface SealedSegment extends Pick<Segment, 'log' | 'first' | 'last'> {
  open(...given: Parameters<Sealed<Segment>['open']>): Promise<Segment>
}

type Due = Awaited<ReturnType<typeof dueStreams>>[number]

async function takeOut(
  act: Act,
  { work, content }: Due,
  keys: LogKeys | undefined,
): Promise<SealedSegment[]> {
  const { sql, secrets } = act
  const segments: SealedSegment[] = []
  let room = mostEntries
  for (const { log, from, until } of work) {
    const limit = Math.min(room, mostOfLog, until - from)
    if (limit === 0) break
    const entries = await entriesOfLog(sql, log, from, limit)
    if (entries.length === 0) continue
    room -= entries.length
    const origin = keys?.originOf(log)
    const checkpoint = (await newestCheckpoint(sql, log, 1))?.note
    const range = { log, first: entries[0]!.index, last: entries.at(-1)!.index }
    const sealed = new Sealed<Segment>((receipt) => ({
      ...range,
      origin,
      checkpoint,
      entries: entries.map((entry) => ({
        index: entry.index,
        leaf: entry.leaf,
        at: entry.at,
        action: entry.action,
        outcome: entry.outcome,
        content:
          content === 'leaf'
            ? entry.body.toString('utf8')
            : asOcsf(openEntry(receipt, secrets, entry), { origin }),
      })),
    }))
    segments.push({ ...range, open: (receipt) => sealed.open(receipt) })
  }
  return segments
}

const rangesOf = (segments: readonly Pick<Segment, 'log' | 'first' | 'last'>[]) =>
  segments.map(({ log, first, last }) => ({ log, first, last }))

const toldShipment = ({
  stream,
  segments,
}: {
  readonly stream: Stream
  readonly segments: readonly SealedSegment[]
}) => ({
  streamId: stream.streamId,
  address: stream.address,
  content: stream.content,
  segments: rangesOf(segments),
})

const toldOutcome = ({ shipment: { stream, batch }, delivery }: Outcome) => ({
  streamId: stream.streamId,
  accepted: delivery.accepted,
  segments: rangesOf(batch.segments),
  ...(delivery.accepted ? {} : { error: delivery.error }),
})
