import { route, Sealed } from '#kernel'
import { type Overview, overview, type RingState, stores } from './overview-acts.ts'
import { makeShares } from './recovery-acts.ts'
import { sharesNeeded } from './recovery.ts'
import { houseRing } from './ring.ts'
import { rotateRing, rotateRoot } from './rotation-acts.ts'
import { files } from './store-register.ts'
import {
  Confirmation,
  Keys,
  KeysQuery,
  RingParams,
  RotatedRing,
  RotatedRoot,
  Shares,
  Stores,
} from './wire.ts'

export const routes = [
  route({
    method: 'GET',
    url: '/v1/keys',
    action: 'keys.overview.read',
    summary: 'Who keeps the root key; every ring with its versions, ages and what is due.',
    query: KeysQuery,
    response: Keys,
    effect: 'read',
    async handle(act, { query }) {
      return toKeys(await overview(act, query.after))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/keys/rings/:ring/rotate',
    action: 'keys.ring.rotate',
    summary: 'Gives a ring new keys now; its subject keys are wrapped anew in the background.',
    params: RingParams,
    response: RotatedRing,
    effect: 'write',
    scope: ({ ring }) => (ring === houseRing ? 'house' : { controllerId: ring }),
    async handle(act) {
      const { ring, keys } = await rotateRing(act)
      return { ring, versions: Object.fromEntries(keys.map((key) => [key.family, key.version])) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/keys/root/rotate',
    action: 'keys.root.rotate',
    summary: 'Makes a new root key, wraps every ring anew under it and destroys the old one.',
    response: RotatedRoot,
    effect: 'write',
    async handle(act) {
      const { version, createdAt } = rotateRoot(act)
      return { version, createdAt: createdAt.toISOString() }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/keys/stores',
    action: 'keys.store.list',
    summary: 'Everything at rest: each table and file, what of it is sealed, and how.',
    response: Stores,
    effect: 'read',
    async handle(act) {
      return { items: (await stores(act)).map(toStore), files: files.map((file) => ({ ...file })) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/keys/recovery-shares',
    action: 'keys.recovery-shares.make',
    summary:
      'Makes five recovery shares, shown once; any three open the root key. Voids older ones.',
    body: Confirmation,
    response: Shares,
    effect: 'write',
    assurance: 2,
    async handle(act, { body }) {
      const shares = makeShares(act, body.confirm)
      return new Sealed(async (receipt) => ({
        needed: sharesNeeded,
        shares: await shares.open(receipt),
      }))
    },
  }),
]

const toStore = ({
  table,
  sealed,
  plain,
  undeclared,
}: Awaited<ReturnType<typeof stores>>[number]) => ({
  table,
  sealed: sealed.map((column) => ({ ...column })),
  plain: [...plain],
  undeclared: [...undeclared],
})

function toKeys({ custody, root, policy, copies, rings, next }: Overview) {
  return {
    custody: { ...custody },
    root: {
      ...root,
      createdAt: root.createdAt.toISOString(),
      rotateBy: root.rotateBy.toISOString(),
    },
    policy: { ...policy },
    copies: copies.map((copy) => ({ ...copy })),
    items: rings.map(toRing),
    ...(next === undefined ? {} : { next }),
  }
}

function toRing({ ring, createdAt, destroyedAt, keys }: RingState) {
  return {
    ring,
    createdAt: createdAt.toISOString(),
    ...instant('destroyedAt', destroyedAt),
    keys: keys.map(({ family, version, createdAt, ageDays, references, ...key }) => ({
      family,
      version,
      createdAt: createdAt.toISOString(),
      ageDays,
      ...instant('retiredAt', key.retiredAt),
      ...instant('rotateBy', key.rotateBy),
      ...instant('destroyBy', key.destroyBy),
      ...(references === undefined ? {} : { references }),
    })),
  }
}

function instant<N extends string>(name: N, at: Date | undefined): { [K in N]?: string } {
  return (at === undefined ? {} : { [name]: at.toISOString() }) as { [K in N]?: string }
}
