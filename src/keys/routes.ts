import { route, Sealed } from '#kernel'
import type { RingFacts } from './keyring.ts'
import { certificateRoutes } from './certificate-routes.ts'
import { type Overview, overview, type RingState, stores } from './overview-acts.ts'
import { makeShares } from './recovery-acts.ts'
import { sharesNeeded } from './recovery.ts'
import { houseRing } from './ring.ts'
import { planRotation, type Plan, rotations } from './plan-acts.ts'
import type { Rotation, Turnable } from './rotation.ts'
import { finaliseRing, rotateRing, rotateRoot } from './rotation-acts.ts'
import { files } from './store-register.ts'
import {
  Confirmation,
  Keys,
  KeysQuery,
  PlanQuery,
  Plans,
  RingParams,
  RotatedRing,
  RotatedRoot,
  RotateRing,
  Rotations,
  RotationsQuery,
  Shares,
  Stores,
} from './wire.ts'

const scopeOfRing = ({ ring }: { ring: string }) =>
  ring === houseRing ? ('house' as const) : { controllerId: ring }

export const routes = [
  ...certificateRoutes,
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
    summary: 'Gives a ring new keys now; what hangs on them is moved in the background.',
    params: RingParams,
    body: RotateRing,
    response: RotatedRing,
    effect: 'write',
    scope: scopeOfRing,
    async handle(act, { body }) {
      return toRotated(await rotateRing(act, body.families))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/keys/rings/:ring/rotation-plan',
    action: 'keys.rotation.plan',
    summary: 'What a rotation of a ring would do, and how long it would take. Changes nothing.',
    params: RingParams,
    query: PlanQuery,
    response: Plans,
    effect: 'read',
    scope: scopeOfRing,
    async handle(act, { query }) {
      const families = (query.families?.split(',') ?? ['wrap', 'seal']) as Turnable[]
      return { items: (await planRotation(act, families)).map(toPlan) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/keys/rings/:ring/finalise',
    action: 'keys.ring.finalise',
    summary:
      'Turns the epoch now and destroys the old keys in minutes: what was erased is gone from backups sooner.',
    params: RingParams,
    body: Confirmation,
    response: RotatedRing,
    effect: 'write',
    scope: scopeOfRing,
    async handle(act, { body }) {
      return toRotated(await finaliseRing(act, body.confirm))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/keys/rotations',
    action: 'keys.rotation.list',
    summary:
      'Rotations under way and done: how far each has come, and what still hangs on old keys.',
    query: RotationsQuery,
    response: Rotations,
    effect: 'read',
    async handle(act, { query }) {
      return { items: (await rotations(act, query.ring)).map(toRotation) }
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
      const { version, createdAt } = await rotateRoot(act)
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

const toRotated = ({ ring, keys }: RingFacts) => ({
  ring,
  versions: Object.fromEntries(keys.map((key) => [key.family, key.version])),
})

const toPlan = ({ family, subjects, ...plan }: Plan) => ({
  family,
  subjects,
  ...(plan.fromVersion === undefined ? {} : { fromVersion: plan.fromVersion }),
  ...(plan.toVersion === undefined ? {} : { toVersion: plan.toVersion }),
  ...(plan.seconds === undefined ? {} : { seconds: plan.seconds }),
  ...instant('oldGoneBy', plan.oldGoneBy),
  ...instant('backupsGoneBy', plan.backupsGoneBy),
  ...instant('finalGoneBy', plan.finalGoneBy),
})

const toRotation = (r: Rotation) => ({
  rotationId: r.rotationId,
  ring: r.ring,
  family: r.family,
  ...(r.toVersion === null ? {} : { toVersion: r.toVersion }),
  state: r.state,
  finalise: r.finalise,
  total: r.total,
  moved: r.moved,
  ...(r.leftOver === null ? {} : { leftOver: r.leftOver }),
  startedAt: r.startedAt.toISOString(),
  movedAt: r.movedAt.toISOString(),
  ...instant('endedAt', r.endedAt ?? undefined),
})

const toStore = ({
  table,
  sealed,
  plain,
  words,
  undeclared,
}: Awaited<ReturnType<typeof stores>>[number]) => ({
  table,
  sealed: sealed.map((column) => ({ ...column })),
  plain: [...plain],
  words: words.map(({ column, what }) => ({ column, ...(what === undefined ? {} : { what }) })),
  undeclared: [...undeclared],
})

function toKeys({ custody, root, policy, copies, rings, next }: Overview) {
  return {
    custody: { ...custody, powers: { ...custody.powers } },
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
