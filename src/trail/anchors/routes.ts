import { flow, type Route, route } from '#kernel'
import { seeAnchors, type SeenAnchor } from './acts.ts'
import { addAuthority, addWitness, removeAnchor } from './config-acts.ts'
import { signedHead, timestamps, unanchoredBundles } from './store.ts'
import {
  AnchorList,
  AnchorParams,
  AnchorShape,
  NewAuthority,
  NewWitness,
  TimestampList,
} from './wire.ts'
import { present } from '../entries/wire.ts'
import { type Anchor, proves } from './rung.ts'

const shownTimestamps = 100

export const anchorRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/trail/anchors',
    action: 'trail.anchor.list',
    summary:
      'Show who holds the root checkpoint outside: copies, witnesses, timestamps; and what that proves.',
    response: AnchorList,
    async handle(cross, _parts, { objects }) {
      const { place, outside, lockDays } = objects
      return cross(async ({ sql, now }) => {
        const { anchors, claim } = await seeAnchors(sql, now)
        const head = await signedHead(sql)
        const waiting = outside ? await unanchoredBundles(sql, place) : 0
        return {
          claim,
          ...(head === undefined ? {} : { head: { size: head.size, at: head.at.toISOString() } }),
          store: { place, outside, lockDays, waiting },
          items: anchors.map(toAnchor),
        }
      }, 'read')
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/witnesses',
    action: 'trail.witness.add',
    summary: 'Take on a witness that somebody else runs: its address and verifier key.',
    body: NewWitness,
    response: AnchorShape,
    effect: 'write',
    async handle(act, { body: { everyMinutes = 1, address: url, ...witness } }) {
      return toNew(await addWitness(act, { ...witness, url, everyMinutes }))
    },
  }),
  route({
    method: 'DELETE',
    url: '/v1/trail/witnesses/:anchorId',
    action: 'trail.witness.remove',
    summary: 'Let go of a witness; what it has signed stays.',
    params: AnchorParams,
    response: AnchorShape,
    effect: 'write',
    async handle(act, { params }) {
      return toNew(await removeAnchor(act, 'witness', params.anchorId))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/trail/authorities',
    action: 'trail.authority.add',
    summary: 'Take on a timestamp authority (RFC 3161): its address and certificate.',
    body: NewAuthority,
    response: AnchorShape,
    effect: 'write',
    async handle(
      act,
      { body: { everyMinutes = 60, address: url, certificate: key, ...authority } },
    ) {
      return toNew(await addAuthority(act, { ...authority, url, key, everyMinutes }))
    },
  }),
  route({
    method: 'DELETE',
    url: '/v1/trail/authorities/:anchorId',
    action: 'trail.authority.remove',
    summary: 'Let go of a timestamp authority; its tokens stay.',
    params: AnchorParams,
    response: AnchorShape,
    effect: 'write',
    async handle(act, { params }) {
      return toNew(await removeAnchor(act, 'timestamp', params.anchorId))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/trail/timestamps',
    action: 'trail.timestamp.list',
    summary: 'Show the newest timestamps, each with the checkpoint it dates and its token.',
    response: TimestampList,
    effect: 'read',
    async handle({ sql }) {
      const newest = await timestamps(sql, shownTimestamps)
      return {
        items: newest.map(({ size, authority, at, note, token }) => ({
          size,
          authority,
          at: at.toISOString(),
          checkpoint: note,
          token: token.toString('base64'),
        })),
      }
    },
  }),
]

const iso = (at: Date | null) => at?.toISOString()

function toAnchor(anchor: SeenAnchor) {
  const { anchorId, kind, name, heldBy, everyMinutes, state, lagSeconds } = anchor
  return {
    anchorId,
    kind,
    name,
    heldBy,
    everyMinutes,
    state,
    lagSeconds,
    addedAt: anchor.addedAt.toISOString(),
    proves: proves[kind],
    ...present({
      address: anchor.url ?? undefined,
      size: anchor.size ?? undefined,
      signedAt: iso(anchor.signedAt),
      reachedAt: iso(anchor.reachedAt),
      lockedAt: iso(anchor.lockedAt),
      failingSince: iso(anchor.failingSince),
      failure: anchor.failure ?? undefined,
    }),
  }
}

/** An anchor that comes or goes holds nothing anybody may lean on. */
const toNew = (anchor: Anchor) => toAnchor({ ...anchor, state: 'new', lagSeconds: 0 })
