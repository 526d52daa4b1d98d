import { type Call, flow, route } from '#kernel'
import { checkAnswer, importAnswer, namesIn, reportAnswer } from '../answers.ts'
import { returnAll } from '../leaving/return-flow.ts'
import * as wire from '../wire.ts'
import { beginExport } from './approval-acts.ts'
import { exportAll } from './export-acts.ts'
import { listImports, readImport } from './import-acts.ts'
import { checkAll, importAll } from './import-flow.ts'
import { type ImportFormat, importFormats, readMapping } from './import.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const one = '/v1/controllers/:controllerId'

export const transfers = [
  flow({
    flow: true,
    method: 'POST',
    url: `${one}/imports`,
    action: 'vault.record.import',
    summary: 'Import CSV, NDJSON or an archive of any size as a stream',
    purpose: 'required',
    streams: Object.keys(importFormats),
    params: wire.ControllerParams,
    query: wire.ImportQuery,
    response: wire.ImportReport,
    scope: ofController,
    async handle(cross, { query, stream, call }) {
      const format = formatIn(call)
      const mapping = readMapping(query.mapping, format)
      const request = { format, mapping, offset: 0, length: lengthIn(call), stream: stream! }
      if (query.check === true) return checkAnswer(await checkAll(cross, request), format)
      return reportAnswer(await importAll(cross, request))
    },
  }),
  flow({
    flow: true,
    method: 'PUT',
    url: `${one}/imports/:importId`,
    action: 'vault.record.import',
    summary: 'Begin an import under your own id, or send the rest of it from where it stands',
    purpose: 'required',
    streams: Object.keys(importFormats),
    params: wire.ImportParams,
    query: wire.ResumeQuery,
    response: wire.ImportReport,
    scope: ofController,
    async handle(cross, { params: { importId }, query: { mapping, offset = 0 }, stream, call }) {
      const format = formatIn(call)
      const request = {
        importId,
        format,
        ...(mapping === undefined ? {} : { mapping: readMapping(mapping, format) }),
        offset,
        length: lengthIn(call),
        stream: stream!,
      }
      return reportAnswer(await importAll(cross, request))
    },
  }),
  route({
    method: 'GET',
    url: `${one}/imports`,
    action: 'vault.import.list',
    summary: 'List the newest imports with their progress',
    effect: 'read',
    params: wire.ControllerParams,
    response: wire.Imports,
    scope: ofController,
    async handle(act) {
      return { items: (await listImports(act)).map(importAnswer) }
    },
  }),
  route({
    method: 'GET',
    url: `${one}/imports/:importId`,
    action: 'vault.import.read',
    summary: 'Read an import’s progress and its rejected rows',
    effect: 'read',
    params: wire.ImportParams,
    response: wire.ImportReport,
    scope: ofController,
    async handle(act, { params: { importId } }) {
      return reportAnswer(await readImport(act, importId))
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: `${one}/export`,
    action: 'vault.record.export',
    summary: 'Export a controller’s data, or one subject’s, as NDJSON, CSV or an archive',
    purpose: 'required',
    params: wire.ControllerParams,
    query: wire.ExportQuery,
    response: wire.Exported,
    scope: ofController,
    categories: ({ query }) => namesIn(query.categories),
    async handle(cross, { params: { controllerId }, query }) {
      const { format = 'ndjson', subjectId, after, approval } = query
      const categories = namesIn(query.categories)
      const order = {
        format,
        ...(subjectId === undefined ? {} : { subjectId }),
        ...(categories === undefined ? {} : { categories }),
        ...(after === undefined ? {} : { after }),
      }
      const approved = approval === undefined ? {} : { approval }
      const leave = await cross((act) => beginExport(act, { ...order, ...approved }))
      const whole = leave === undefined ? order : { ...order, leave }
      return exportAll(cross, whole, subjectId ?? controllerId)
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: `${one}/return`,
    action: 'vault.record.export',
    summary: 'Give a closed controller everything back: records and files, in one archive',
    params: wire.ControllerParams,
    response: wire.Exported,
    scope: ofController,
    handle: (cross, _parts, { objects }) => returnAll(cross, objects),
  }),
]

/** The route takes no other media type. */
function formatIn(call: Call): ImportFormat {
  const [type = ''] = call.header('content-type')?.split(';') ?? []
  return importFormats[type.trim() as keyof typeof importFormats]
}

function lengthIn(call: Call): number | null {
  const length = call.header('content-length')
  return length === undefined ? null : Number(length)
}
