import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { enqueue, renderPdf } from '#ground'
import { type Cross, flow, type Route, route, Streamed, type World } from '#kernel'
import {
  endException,
  enterException,
  measureNamed,
  newestOf,
  readAnnex,
  readMeasure,
} from './acts.ts'
import type { Annex as AnnexFacts } from './annex.ts'
import { csvOf } from './csv.ts'
import { documentOf } from './document.ts'
import { checkJob } from './jobs.ts'
import { publicAnnexOf } from './public-annex.ts'
import { noCheck, stillChecking } from './refusals.ts'
import { allMeasures } from './registry.ts'
import {
  Annex,
  Bytes,
  Done,
  ExceptionParams,
  MeasureDetail,
  MeasureParams,
  NewException,
  Observation,
  PublicAnnex,
  Ref,
} from './wire.ts'

const annexNow = (cross: Cross) => cross((act) => readAnnex(act, allMeasures), 'read')
const processorOf = ({ settings }: World) => ({ processor: settings.processorName })

/** Pauses between looks at a check that runs elsewhere, in milliseconds; about 70 s in all. */
const pauses = [200, 300, 500, 1000, 2000, 4000, 8000, 10_000, 15_000, 30_000]

export const routes: readonly Route[] = [
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/annex',
    action: 'measures.annex.read',
    summary: 'Every promise with its state, age and evidence',
    response: Annex,
    handle: async (cross, _parts, world) => ({
      ...processorOf(world),
      ...(await annexNow(cross)),
    }),
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/annex.pdf',
    action: 'measures.annex.print',
    summary: 'The annex as a PDF, with findings',
    response: Bytes,
    handle: (cross, _parts, world) => printed(cross, world, false),
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/annex.csv',
    action: 'measures.annex.tabulate',
    summary: 'The annex as a table for auditors',
    response: Bytes,
    async handle(cross) {
      return streamed('text/csv; charset=utf-8', csvOf(await annexNow(cross)), 'annex.csv')
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/public/annex',
    action: 'measures.annex.publish',
    summary: 'The annex for anyone: promise, class, state and time of verification',
    assurance: 0,
    response: PublicAnnex,
    handle: async (cross, _parts, world) => ({
      ...processorOf(world),
      ...publicAnnexOf(await annexNow(cross)),
    }),
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/public/annex.pdf',
    action: 'measures.annex.publish-print',
    summary: 'The annex for anyone, as a PDF',
    assurance: 0,
    response: Bytes,
    handle: printedPublic,
  }),
  route({
    method: 'GET',
    url: '/v1/measures/:id',
    action: 'measures.measure.read',
    summary: 'One measure: verdict, last observations, ninety days',
    effect: 'read',
    params: MeasureParams,
    response: MeasureDetail,
    handle: async (act, { params }) => readMeasure(act, measureNamed(allMeasures, params.id)),
  }),
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/measures/:id/check',
    action: 'measures.measure.check',
    summary: 'Run a check now and answer with what it saw',
    params: MeasureParams,
    response: Observation,
    async handle(cross, { params, call }) {
      const measure = measureNamed(allMeasures, params.id)
      if (measure.check === undefined) throw noCheck()
      // A check acts as the house, not as the caller: it is queued in the caller's own act.
      const before = await cross(async (act) => {
        act.tell({ measureId: measure.id })
        await enqueue(
          act.sql,
          checkJob.action,
          { measureId: measure.id },
          { key: `${checkJob.action}:${measure.id}` },
        )
        return newestOf(act, measure)
      })
      for (const pause of pauses) {
        if (call.signal.aborted) break
        await setTimeout(pause)
        const now = await cross((act) => newestOf(act, measure), 'read')
        if (now !== undefined && now.id !== before?.id && now.entryId !== undefined) return now
      }
      throw stillChecking()
    },
  }),
  route({
    method: 'POST',
    url: '/v1/measures/:id/exceptions',
    action: 'measures.exception.enter',
    summary: 'Accept for a time, as a person, that a measure is not proven or does not apply',
    effect: 'write',
    params: MeasureParams,
    body: NewException,
    response: Ref,
    handle: async (act, { params, body }) =>
      enterException(act, measureNamed(allMeasures, params.id), {
        ...body,
        expires: new Date(body.expires),
      }),
  }),
  route({
    method: 'DELETE',
    url: '/v1/measures/:id/exceptions/:exceptionId',
    action: 'measures.exception.end',
    summary: 'End an exception before its time',
    effect: 'write',
    params: ExceptionParams,
    response: Done,
    async handle(act, { params }) {
      await endException(act, measureNamed(allMeasures, params.id), params.exceptionId)
      return {}
    },
  }),
]

interface Print {
  readonly at: number
  readonly pdf: Promise<Buffer>
}
/** Typesetting costs far more than asking for it, and anyone may ask: one print a minute serves all. */
const publicPrints = new WeakMap<World, Print>()
const publicPrintMs = 60_000

async function printed(cross: Cross, world: World, isPublic: boolean): Promise<Streamed> {
  return streamed('application/pdf', await print(await annexNow(cross), world, isPublic), fileName)
}

async function printedPublic(cross: Cross, _parts: unknown, world: World): Promise<Streamed> {
  const annex = await annexNow(cross)
  const at = world.now().getTime()
  const last = publicPrints.get(world)
  if (last !== undefined && Math.abs(at - last.at) < publicPrintMs)
    return streamed('application/pdf', await last.pdf, fileName)
  const pdf = print(annex, world, true)
  publicPrints.set(world, { at, pdf })
  return streamed('application/pdf', await pdf, fileName)
}

const fileName = 'annex.pdf'

function print(annex: AnnexFacts, world: World, isPublic: boolean): Promise<Buffer> {
  const { processor } = processorOf(world)
  return renderPdf({
    title: 'Technical and organisational measures',
    author: processor,
    subject: 'State of the evidence, derived from the newest checks',
    createdAt: new Date(annex.preparedAt),
    content: documentOf(annex, { processor, public: isPublic }),
    footer: `${processor} · prepared at ${annex.preparedAt}`,
  })
}

/** The one entry that the reading left covers the document made of it. */
function streamed(mediaType: string, body: string | Buffer, fileName: string): Streamed {
  return new Streamed(mediaType, Readable.from([body], { objectMode: true }), fileName)
}
