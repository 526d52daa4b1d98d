import type { Sql } from '#kernel'

/** A request to export more than one person may alone. Its texts are sealed. */
export interface ExportRequestRow {
  readonly requestId: string
  readonly askedBy: string
  readonly askedAt: Date
  readonly purpose: string
  readonly reason: Buffer
  /** Names; null for all that the purpose covers. */
  readonly categories: readonly string[] | null
  readonly subjects: number
  /** Null while nobody has decided. */
  readonly approved: boolean | null
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  readonly decidedWhy: Buffer | null
  readonly usedAt: Date | null
  /** Of the export that used it: its format, the ordinals between which it lies, and how far it has left. */
  readonly format: string | null
  readonly upTo: number | null
  readonly begunFrom: number | null
  readonly leftTo: number | null
  /** Batches that have left since it began, or last went on. */
  readonly leftBatches: number
  /** How often it went on after it had broken off. */
  readonly goneOn: number
}

const columns = `request_id as "requestId", asked_by as "askedBy", asked_at as "askedAt", purpose,
    reason, categories, subjects, approved, decided_by as "decidedBy", decided_at as "decidedAt",
    decided_why as "decidedWhy", used_at as "usedAt", format, up_to as "upTo",
    begun_from as "begunFrom", left_to as "leftTo", left_batches as "leftBatches", gone_on as "goneOn"`

export async function insertExportRequest(
  sql: Sql,
  controllerId: string,
  r: Pick<
    ExportRequestRow,
    'requestId' | 'askedBy' | 'askedAt' | 'purpose' | 'reason' | 'categories' | 'subjects'
  >,
): Promise<void> {
  await sql.run({
    name: 'vault.export-request.insert',
    text: `insert into vault.export_request
        (controller_id, request_id, asked_by, asked_at, purpose, reason, categories, subjects)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      controllerId,
      r.requestId,
      r.askedBy,
      r.askedAt,
      r.purpose,
      r.reason,
      r.categories,
      r.subjects,
    ],
  })
}

/** The newest requests of a controller. */
export function exportRequests(sql: Sql, controllerId: string): Promise<ExportRequestRow[]> {
  return sql.rows({
    name: 'vault.export-request.list',
    text: `select ${columns} from vault.export_request
      where controller_id = $1 order by asked_at desc limit 100`,
    values: [controllerId],
  })
}

/** A request, locked until the transaction ends. */
export function lockExportRequest(
  sql: Sql,
  controllerId: string,
  requestId: string,
): Promise<ExportRequestRow | undefined> {
  return sql.first({
    name: 'vault.export-request.lock',
    text: `select ${columns} from vault.export_request
      where controller_id = $1 and request_id = $2 for update`,
    values: [controllerId, requestId],
  })
}

export async function decideExportRequest(
  sql: Sql,
  controllerId: string,
  r: {
    readonly requestId: string
    readonly approved: boolean
    readonly decidedBy: string
    readonly decidedAt: Date
    readonly decidedWhy: Buffer
  },
): Promise<void> {
  await sql.run({
    name: 'vault.export-request.decide',
    text: `update vault.export_request
      set approved = $3, decided_by = $4, decided_at = $5, decided_why = $6
      where controller_id = $1 and request_id = $2`,
    values: [controllerId, r.requestId, r.approved, r.decidedBy, r.decidedAt, r.decidedWhy],
  })
}

/** Begins the export it was asked for: what it may give out is pinned. @returns its last ordinal. */
export async function useExportRequest(
  sql: Sql,
  controllerId: string,
  requestId: string,
  use: { readonly at: Date; readonly format: string; readonly from: number },
): Promise<number> {
  const row = await sql.first<{ upTo: number }>({
    name: 'vault.export-request.use',
    text: `update vault.export_request
      set used_at = $3, format = $4, begun_from = $5,
        up_to = (select coalesce(max(ordinal), 0) from vault.subject where controller_id = $1)
      where controller_id = $1 and request_id = $2 returning up_to as "upTo"`,
    values: [controllerId, requestId, use.at, use.format, use.from],
  })
  return row!.upTo
}

/** Lets it go on from there. */
export async function goOnFrom(
  sql: Sql,
  controllerId: string,
  requestId: string,
  from: number,
): Promise<void> {
  await sql.run({
    name: 'vault.export-request.go-on',
    text: `update vault.export_request
      set begun_from = $3, left_batches = 0, gone_on = gone_on + 1
      where controller_id = $1 and request_id = $2`,
    values: [controllerId, requestId, from],
  })
}

/** A batch that ends with this ordinal leaves. */
export async function noteBatch(
  sql: Sql,
  controllerId: string,
  requestId: string,
  to: number,
): Promise<void> {
  await sql.run({
    name: 'vault.export-request.batch',
    text: `update vault.export_request
      set left_to = greatest(left_to, $3), left_batches = left_batches + 1
      where controller_id = $1 and request_id = $2`,
    values: [controllerId, requestId, to],
  })
}

/** How many live subjects a controller has, counted no further than `most` + 1. */
export async function subjectsUpTo(sql: Sql, controllerId: string, most: number): Promise<number> {
  const row = await sql.first<{ subjects: number }>({
    name: 'vault.subject.count-up-to',
    text: `select count(*) as subjects from (
        select from vault.subject where controller_id = $1 and erased_at is null limit $2) s`,
    values: [controllerId, most + 1],
  })
  return row?.subjects ?? 0
}
