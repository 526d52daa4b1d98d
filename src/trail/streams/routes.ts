import type { Static } from 'typebox'
import { type Route, route, Sealed } from '#kernel'
import { present } from '../entries/wire.ts'
import {
  addStream,
  listStreams,
  pauseStream,
  removeStream,
  resumeStream,
  rewindStream,
} from './acts.ts'
import type { Stream, StreamStanding } from './store.ts'
import {
  AddedStream,
  NewStream,
  Rewind,
  StreamDone,
  StreamList,
  StreamParams,
  type StreamShape,
} from './wire.ts'

const url = '/v1/trail/streams'
const one = `${url}/:streamId`
const done = ({ streamId }: Stream) => ({ streamId })

/** Where entries are sent on to. */
export const streamRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url,
    action: 'trail.stream.list',
    summary: 'Streams of entries to other systems: how far behind each is, and its last error.',
    response: StreamList,
    effect: 'read',
    async handle(act) {
      return { items: (await listStreams(act)).map((each) => toStream(each, act.now)) }
    },
  }),
  route({
    method: 'POST',
    url,
    action: 'trail.stream.add',
    summary: 'Send entries on: to OTLP, syslog over TLS, or a webhook; its secret is shown once.',
    body: NewStream,
    response: AddedStream,
    effect: 'write',
    async handle(act, { body }) {
      const added = await addStream(act, body)
      return new Sealed(async (receipt) => {
        const { streamId, secret } = await added.open(receipt)
        return { streamId, ...present({ secret }) }
      })
    },
  }),
  route({
    method: 'POST',
    url: `${one}/pause`,
    action: 'trail.stream.pause',
    summary: 'Stop sending; what comes waits.',
    params: StreamParams,
    response: StreamDone,
    effect: 'write',
    handle: async (act, { params }) => done(await pauseStream(act, params.streamId)),
  }),
  route({
    method: 'POST',
    url: `${one}/resume`,
    action: 'trail.stream.resume',
    summary: 'Go on where the receiver has accepted last, after a pause or a halt.',
    params: StreamParams,
    response: StreamDone,
    effect: 'write',
    handle: async (act, { params }) => done(await resumeStream(act, params.streamId)),
  }),
  route({
    method: 'POST',
    url: `${one}/rewind`,
    action: 'trail.stream.rewind',
    summary: 'Send again from an index of one log, or of every log.',
    params: StreamParams,
    body: Rewind,
    response: StreamDone,
    effect: 'write',
    handle: async (act, { params, body }) => done(await rewindStream(act, params.streamId, body)),
  }),
  route({
    method: 'DELETE',
    url: one,
    action: 'trail.stream.remove',
    summary: 'End a stream for good and forget its secret; wants a reason.',
    params: StreamParams,
    response: StreamDone,
    effect: 'write',
    handle: async (act, { params }) => done(await removeStream(act, params.streamId)),
  }),
]

function toStream(stream: StreamStanding, now: Date): Static<typeof StreamShape> {
  const { streamId, name, kind, address, content, lagSeconds, delivered, rejected } = stream
  const { failures, addedBy, waiting, lastError, logs, waitsSince } = stream
  return {
    streamId,
    name,
    kind,
    address,
    content,
    state: stream.state as Static<typeof StreamShape>['state'],
    behindSeconds: behindSeconds(waitsSince, now),
    lagSeconds,
    waiting,
    delivered,
    rejected,
    failures,
    addedAt: stream.addedAt.toISOString(),
    addedBy,
    ...present({
      logs: logs === null ? undefined : [...logs],
      lastError,
      deliveredAt: stream.deliveredAt?.toISOString(),
      failedAt: stream.failedAt?.toISOString(),
      retryAt: stream.retryAt?.toISOString(),
    }),
  }
}

const behindSeconds = (since: Date | null, now: Date): number =>
  since === null ? 0 : Math.max(0, now.getTime() - since.getTime()) / 1000
