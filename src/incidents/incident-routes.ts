import { type Act, flow, type Route, route, Sealed } from '#kernel'
import { renderPdf } from '#ground'
import { type Controller, controllerFacts } from '#vault'
import { allClearDocument } from './all-clear.ts'
import { clockState } from './clock.ts'
import { contain } from './contain-jobs.ts'
import { countIncident } from './count-acts.ts'
import {
  addNote,
  choosePolicy,
  clearable,
  closeIncident,
  explainDelay,
  incidentsPage,
  keepAllClear,
  newestCount,
  readIncident,
  readPolicies,
  recordDrill,
  type WholeIncident,
} from './incident-acts.ts'
import { callName, type Incident, isIntact } from './incident.ts'
import { toSummary } from './notice-routes.ts'
import { nameSuspect } from './open-acts.ts'
import { tellerOf } from './teller.ts'
import type { KeptScope } from './response-store.ts'
import type { ScopeResult, Tally } from './scope.ts'
import * as wire from './wire.ts'

export const incidentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/incidents',
    action: 'incidents.incident.list',
    summary: 'Incidents, newest first.',
    query: wire.IncidentQuery,
    response: wire.IncidentList,
    effect: 'read',
    async handle(act, { query }) {
      const { items, next } = await incidentsPage(act, query)
      return { items: items.map(toIncident), ...(next === undefined ? {} : { next }) }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/incidents/:incidentId',
    action: 'incidents.incident.read',
    summary:
      'All there is of an incident: timeline, containment, evidence, scope, clocks, notices.',
    params: wire.IncidentParams,
    response: wire.WholeIncidentDto,
    effect: 'read',
    async handle(act, { params }) {
      const whole = await readIncident(act, params.incidentId)
      const named = await namesFor(act, params.incidentId)
      return new Sealed(async (receipt) => toWhole(await whole.open(receipt), named, act.now))
    },
  }),
  flow({
    method: 'POST',
    url: '/v1/incidents/:incidentId/contain',
    action: 'incidents.contain',
    summary: 'Cuts off everybody the incident is about, and tries whether the cut holds.',
    flow: true,
    params: wire.IncidentParams,
    response: wire.IncidentDto,
    async handle(cross, { params: { incidentId } }, world) {
      await contain(cross, world, incidentId)
      const whole = await cross((act) => readIncident(act, incidentId), 'read')
      return toIncident(whole.incident)
    },
  }),
  flow({
    method: 'POST',
    url: '/v1/incidents/:incidentId/scope',
    action: 'incidents.scope.count',
    summary: 'Counts the incident again from the trail; keeps a new version if anything differs.',
    flow: true,
    params: wire.IncidentParams,
    response: wire.ScopeDto,
    async handle(cross, { params: { incidentId } }, world) {
      return cross(async (act) => {
        const scope = await countIncident(act, incidentId, tellerOf(world), { thorough: true })
        return toScope(scope, await controllersOf(act, scope.result))
      })
    },
  }),
  route({
    method: 'POST',
    url: '/v1/incidents/:incidentId/suspects',
    action: 'incidents.suspect.name',
    summary: 'Names a person or workload the incident is about.',
    params: wire.IncidentParams,
    body: wire.NamedSuspect,
    response: wire.Done,
    effect: 'write',
    async handle(act, { params, body }) {
      await nameSuspect(act, { ...params, ...body })
      return { done: true as const }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/incidents/:incidentId/notes',
    action: 'incidents.note.add',
    summary: 'Adds a note to the timeline. It cannot be changed afterwards.',
    params: wire.IncidentParams,
    body: wire.Note,
    response: wire.Done,
    effect: 'write',
    async handle(act, { params, body }) {
      await addNote(act, params.incidentId, body.text)
      return { done: true as const }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/incidents/:incidentId/close',
    action: 'incidents.incident.close',
    summary: 'Closes an incident, with a reason; not while a notice waits to be sent.',
    params: wire.IncidentParams,
    body: wire.Reason,
    response: wire.IncidentDto,
    effect: 'write',
    handle: async (act, { params, body }) =>
      toIncident(await closeIncident(act, params.incidentId, body.reason)),
  }),
  route({
    method: 'POST',
    url: '/v1/incidents/:incidentId/clocks/:clockId/delay',
    action: 'incidents.clock.explain',
    summary: 'Says why a clock was missed. The clock stays as it is.',
    params: wire.ClockParams,
    body: wire.Reason,
    response: wire.Done,
    effect: 'write',
    async handle(act, { params, body }) {
      await explainDelay(act, { ...params, ...body })
      return { done: true as const }
    },
  }),
  flow({
    method: 'POST',
    url: '/v1/incidents/:incidentId/all-clear',
    action: 'incidents.all-clear.state',
    summary:
      'States to a controller that the incident did not reach it; refused where it may have.',
    flow: true,
    params: wire.IncidentParams,
    body: wire.AllClearRequest,
    response: wire.AllClearDto,
    async handle(cross, { params: { incidentId }, body: { controllerId } }, world) {
      const teller = tellerOf(world)
      const clear = await cross((act) => clearable(act, incidentId, controllerId, teller), 'read')
      const pdf = await renderPdf(allClearDocument(clear.body))
      const { allClearId } = await cross((act) => keepAllClear(act, { ...clear, pdf }))
      return { allClearId, statement: clear.body, pdfBase64: pdf.toString('base64') }
    },
  }),
  route({
    method: 'GET',
    url: '/v1/containment-policies',
    action: 'incidents.policy.read',
    summary: 'For which findings the house cuts off the suspect by itself.',
    response: wire.Policies,
    effect: 'read',
    handle: async (act) => ({ items: await readPolicies(act) }),
  }),
  route({
    method: 'PUT',
    url: '/v1/containment-policies/:severity',
    action: 'incidents.policy.choose',
    summary: 'Chooses whether the house cuts off suspects of such findings by itself.',
    params: wire.SeverityParams,
    body: wire.ChoosePolicy,
    response: wire.Policies,
    effect: 'write',
    async handle(act, { params, body }) {
      await choosePolicy(act, params.severity, body.autoContain)
      return { items: await readPolicies(act) }
    },
  }),
  route({
    method: 'POST',
    url: '/v1/drills/breach/results',
    action: 'incidents.drill.record',
    summary: 'Keeps the figures a breach drill left.',
    body: wire.DrillResult,
    response: wire.DrillDto,
    effect: 'write',
    async handle(act, { body: { facts = {}, ...result } }) {
      const { at, ...drill } = await recordDrill(act, { ...result, facts, kind: 'breach' })
      return { ...drill, at: at.toISOString() }
    },
  }),
]

export const toIncident = (incident: Incident): wire.IncidentDto => ({
  incidentId: incident.incidentId,
  number: incident.number,
  name: callName(incident),
  openedAt: incident.openedAt.toISOString(),
  title: incident.title,
  state: incident.state,
  severity: incident.severity,
  origin: incident.origin,
  synthetic: incident.synthetic,
  containedAt: incident.containedAt?.toISOString() ?? null,
  closedAt: incident.closedAt?.toISOString() ?? null,
})

type Named = ReadonlyMap<string, Controller>

async function namesFor(act: Act, incidentId: string): Promise<Named> {
  const scope = await newestCount(act, incidentId)
  return scope === undefined ? new Map() : controllersOf(act, scope.result)
}

async function controllersOf({ sql }: Act, { controllers }: ScopeResult): Promise<Named> {
  const named = new Map<string, Controller>()
  for (const { controllerId } of controllers) {
    const controller = await controllerFacts(sql, controllerId)
    if (controller !== undefined) named.set(controllerId, controller)
  }
  return named
}

function toScope(scope: KeptScope, named: Named): wire.ScopeDto {
  const { version, at, digest, seconds, result, diff } = scope
  const tally = ({ categories, access, ...rest }: Tally, controller: Controller | undefined) => ({
    ...rest,
    access: { ...access },
    categories: categories.map(({ bit, ...counts }) => ({
      name: controller?.categories.find((one) => one.bit === bit)?.name ?? `category ${bit}`,
      bit,
      ...counts,
    })),
  })
  return {
    version,
    at: at.toISOString(),
    digest: digest.toString('hex'),
    seconds,
    window: result.window,
    entries: result.entries,
    unknown: result.unknown,
    gap: result.gap,
    controllers: result.controllers.map(({ controllerId, certain, possible }) => {
      const controller = named.get(controllerId)
      return {
        controllerId,
        name: controller?.name ?? controllerId,
        certain: tally(certain, controller),
        possible: tally(possible, controller),
      }
    }),
    diff: diff.map(({ controllerId, certain, possible, records }) => ({
      controllerId,
      certain: [...certain],
      possible: [...possible],
      records: [...records],
    })),
  }
}

function toWhole(whole: WholeIncident, named: Named, now: Date): wire.WholeIncidentDto {
  const { incident, suspects, findingIds, timeline, steps, evidence, scope, clocks, notices } =
    whole
  return {
    ...toIncident(incident),
    suspects: suspects.map(({ sourceKey, firstAt, lastAt, ...suspect }) => ({
      ...suspect,
      source: sourceKey?.toString('hex').slice(0, 16) ?? null,
      firstAt: firstAt?.toISOString() ?? null,
      lastAt: lastAt?.toISOString() ?? null,
    })),
    findingIds: [...findingIds],
    timeline: timeline.map((line) => ({
      at: line.at.toISOString(),
      actorKind: line.actorKind,
      actorId: line.actorId,
      kind: line.kind,
      sentence: line.sentence,
      text: line.text,
      facts: { ...line.facts },
    })),
    containment: steps.map((step) => ({
      step: step.step,
      actorKind: step.actorKind,
      actorId: step.actorId,
      startedAt: step.startedAt.toISOString(),
      endedAt: step.endedAt.toISOString(),
      seconds: step.seconds,
      held: step.held,
      sentence: step.sentence,
    })),
    evidence: evidence.map(({ evidenceId, at, kind, body, digest }) => ({
      evidenceId,
      at: at.toISOString(),
      kind,
      sha256: digest.toString('hex'),
      intact: isIntact({ body, digest }),
      body: { ...body },
    })),
    scope: scope === undefined ? null : toScope(scope, named),
    clocks: clocks.map((clock) => ({
      clockId: clock.clockId,
      controllerId: clock.controllerId,
      kind: clock.kind,
      basis: clock.basis,
      hours: clock.hours,
      startedAt: clock.startedAt.toISOString(),
      dueAt: clock.dueAt.toISOString(),
      metAt: clock.metAt?.toISOString() ?? null,
      state: clockState(clock, now),
    })),
    notices: notices.map(toSummary),
  }
}
