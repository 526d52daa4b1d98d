import { type Route, route, Sealed } from '#kernel'
import { canaryCount, plantCanaries } from './canary-acts.ts'
import { plantAction } from './canary.ts'
import { dismissFinding, findingsPage, type OpenFinding, readFinding } from './finding-acts.ts'
import type { Finding } from './finding.ts'
import {
  CanaryCount,
  ControllerParams,
  DismissFinding,
  type FindingDto,
  FindingList,
  FindingParams,
  FindingQuery,
  PlantCanaries,
  TracedFindingDto,
} from './wire.ts'

export const routes: readonly Route[] = [
  route({
    method: 'POST',
    url: '/v1/controllers/:controllerId/canaries',
    action: plantAction,
    summary: 'Plants made-up subjects that no task ever needs: whoever touches one is found.',
    purpose: 'required',
    params: ControllerParams,
    body: PlantCanaries,
    response: CanaryCount,
    effect: 'write',
    scope: ({ controllerId }) => ({ controllerId }),
    handle: async (act, { body }) => toCount(await plantCanaries(act, body.count)),
  }),
  route({
    method: 'GET',
    url: '/v1/controllers/:controllerId/canaries',
    action: 'watch.canary.list',
    summary: 'How many canaries a controller has. Which ones they are is not told.',
    params: ControllerParams,
    response: CanaryCount,
    effect: 'read',
    scope: ({ controllerId }) => ({ controllerId }),
    handle: async (act) => toCount(await canaryCount(act)),
  }),
  route({
    method: 'GET',
    url: '/v1/findings',
    action: 'watch.finding.list',
    summary: 'What the watch found, newest first.',
    query: FindingQuery,
    response: FindingList,
    effect: 'read',
    async handle(act, { query }) {
      const { items, next } = await findingsPage(act, query)
      return { items: items.map(toDto), ...(next === undefined ? {} : { next }) }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/findings/:findingId',
    action: 'watch.finding.read',
    summary: 'One finding, with the sessions its evidence lies in.',
    params: FindingParams,
    response: TracedFindingDto,
    effect: 'read',
    handle: async (act, { params }) => asTraced(await readFinding(act, params.findingId)),
  }),
  route({
    method: 'POST',
    url: '/v1/findings/:findingId/dismiss',
    action: 'watch.finding.dismiss',
    summary: 'Judges an open finding to be nothing, with a reason.',
    params: FindingParams,
    body: DismissFinding,
    response: TracedFindingDto,
    effect: 'write',
    handle: async (act, { params, body }) =>
      asTraced(await dismissFinding(act, { ...params, ...body })),
  }),
]

const toCount = ({ count, lastPlantedAt }: { count: number; lastPlantedAt: Date | null }) => ({
  count,
  lastPlantedAt: lastPlantedAt?.toISOString() ?? null,
})

const toDto = (finding: Finding): FindingDto => ({
  findingId: finding.findingId,
  at: finding.at.toISOString(),
  rule: finding.rule,
  severity: finding.severity,
  state: finding.state,
  sentence: finding.sentence,
  controllerId: finding.controllerId,
  actorKind: finding.actorKind,
  actorId: finding.actorId,
  credentialId: finding.credentialId,
  facts: { ...finding.facts },
  firstAt: finding.firstAt.toISOString(),
  lastAt: finding.lastAt.toISOString(),
  firstPosition: finding.firstPosition,
  lastPosition: finding.lastPosition,
  settledAt: finding.settledAt?.toISOString() ?? null,
})

const asTraced = (sealed: Sealed<OpenFinding>) =>
  new Sealed(async (receipt) => toTraced(await sealed.open(receipt)))

const toTraced = (finding: OpenFinding): TracedFindingDto => ({
  ...toDto(finding),
  reason: finding.reason,
  sessions: finding.traces.map(
    ({ credentialId, sessionId, sourceKey, firstAt, lastAt, entries }) => ({
      credentialId,
      sessionId,
      source: sourceKey.toString('hex').slice(0, 16),
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
      entries,
    }),
  ),
})
