import { flow, type Route, route } from '#kernel'
import { filterOf, toPage } from '../entries/wire.ts'
import { exportEntries } from './export-acts.ts'
import { listEntries } from './acts.ts'
import { EntryQuery, Exported, ExportQuery } from './wire.ts'
import { EntryList } from '../wire.ts'

/** Looking for entries, and taking what was found out of the house. */
export const searchRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/trail/entries',
    action: 'trail.entry.list',
    summary: 'Search the audit trail, newest first, with who, from where and why.',
    query: EntryQuery,
    response: EntryList,
    effect: 'read',
    async handle(act, { query: { after, limit, ...asked } }) {
      return toPage(await listEntries(act, [filterOf(asked)], after, limit))
    },
  }),
  flow({
    flow: true,
    method: 'GET',
    url: '/v1/trail/export',
    action: 'trail.entry.export',
    summary: 'Export what a search finds as CSV, NDJSON or OCSF 1.8 events; wants a reason.',
    query: ExportQuery,
    response: Exported,
    async handle(cross, { query: { format = 'ndjson', ...asked } }) {
      return exportEntries(cross, filterOf(asked), format, asked)
    },
  }),
]
