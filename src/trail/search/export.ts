import { csvLine } from '#ground'
import type { OpenedEntry } from '../entries/details.ts'
import { asOcsf, type LogPlace } from '../entries/ocsf-log.ts'

export const exportFormats = ['csv', 'ndjson', 'ocsf'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const mediaTypes: { readonly [F in ExportFormat]: string } = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  ocsf: 'application/x-ndjson; charset=utf-8',
}

export const fileNames: { readonly [F in ExportFormat]: string } = {
  csv: 'trail.csv',
  ndjson: 'trail.ndjson',
  ocsf: 'trail.ocsf.ndjson',
}

/** An entry on its way out, with its place in its log. */
export interface Exported {
  readonly opened: OpenedEntry
  readonly place: LogPlace
}

/** How entries are written: what comes first, and each one's line. */
export interface Format {
  readonly head: string
  line(this: void, exported: Exported): string
}

const columns = [
  'position',
  'log',
  'origin',
  'index',
  'leafHex',
  'entryId',
  'at',
  'actorKind',
  'actorId',
  'actorName',
  'address',
  'agent',
  'action',
  'outcome',
  'code',
  'purpose',
  'reason',
  'subjects',
  'records',
  'categories',
  'sessionId',
  'credentialId',
  'erased',
] as const

/** CSV: one line an entry. NDJSON: all that is known of it. OCSF: NDJSON of OCSF 1.8.0 events. */
export const formats: { readonly [F in ExportFormat]: Format } = {
  csv: { head: csvLine(columns), line: ({ opened, place }) => csvLine(cellsOf(opened, place)) },
  ndjson: { head: '', line: ({ opened, place }) => `${JSON.stringify(wholeOf(opened, place))}\n` },
  ocsf: { head: '', line: ({ opened, place }) => `${JSON.stringify(asOcsf(opened, place))}\n` },
}

function cellsOf({ entry, event }: OpenedEntry, { origin }: LogPlace) {
  const source = event?.src_endpoint
  return [
    entry.position,
    entry.log,
    origin ?? '',
    entry.index,
    // Base64 may begin like a formula, and would be guarded.
    entry.leaf.toString('hex'),
    entry.entryId,
    entry.at.toISOString(),
    entry.actorKind,
    entry.actorId,
    event?.actor.user.name ?? '',
    source?.ip ?? source?.name ?? '',
    event?.http_request?.user_agent ?? '',
    entry.action,
    entry.outcome,
    entry.code ?? '',
    entry.purpose ?? '',
    event?.unmapped.reason ?? '',
    entry.subjects,
    entry.records,
    entry.categories,
    entry.sessionId ?? '',
    entry.credentialId ?? '',
    event === undefined,
  ]
}

function wholeOf({ entry, event }: OpenedEntry, { origin }: LogPlace) {
  const { position, log, index, entryId, at, actorKind, actorId, action, outcome } = entry
  const { code, purpose, subjects, records, categories, sessionId, credentialId } = entry
  return {
    position,
    log,
    origin,
    index,
    leaf: entry.leaf.toString('base64'),
    leafBody: entry.body.toString('utf8'),
    entryId,
    at,
    actorKind,
    actorId,
    sessionId,
    credentialId,
    action,
    outcome,
    code,
    purpose,
    subjects,
    records,
    categories,
    event: event ?? null,
  }
}
