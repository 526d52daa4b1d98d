import type { Sql } from '#kernel'
import type { RequestFacts, RequestKind, RequestState, StepWhat } from './subject-request.ts'

const columns = `request_id as "requestId", kind, state, subject_id as "subjectId",
    received_at as "receivedAt", due_at as "dueAt", extended_at as "extendedAt",
    ended_at as "endedAt"`

export interface NewRequest {
  readonly controllerId: string
  readonly requestId: string
  readonly kind: RequestKind
  readonly subjectId: string | null
  readonly receivedAt: Date
  readonly dueAt: Date
  readonly asked: Buffer
}

export async function insertRequest(sql: Sql, r: NewRequest): Promise<void> {
  await sql.run({
    name: 'vault.subject-request.insert',
    text: `insert into vault.subject_request
        (controller_id, request_id, kind, subject_id, received_at, due_at, state, asked)
      values ($1, $2, $3, $4, $5, $6, 'received', $7)`,
    values: [r.controllerId, r.requestId, r.kind, r.subjectId, r.receivedAt, r.dueAt, r.asked],
  })
}

/** A request as it lies in its table. */
export interface RequestRow extends RequestFacts {
  readonly asked: Buffer
}

/** A request; `locked` until the transaction ends where it is to change. */
export function requestOf(
  sql: Sql,
  controllerId: string,
  requestId: string,
  locked = false,
): Promise<RequestRow | undefined> {
  return sql.first({
    name: `vault.subject-request.${locked ? 'lock' : 'of'}`,
    text: `select ${columns}, asked from vault.subject_request
      where controller_id = $1 and request_id = $2 ${locked ? 'for update' : ''}`,
    values: [controllerId, requestId],
  })
}

/** A request with its controller, as a task. */
export interface OpenRequest extends RequestFacts {
  readonly controllerId: string
  readonly controller: string
}

/** Requests that the act's scope sees, those due first first: open ones, or all of one controller. */
export function requestsOf(
  sql: Sql,
  wanted: { readonly controllerId: string | null; readonly open: boolean },
): Promise<OpenRequest[]> {
  return sql.rows({
    name: 'vault.subject-request.list',
    text: `select r.controller_id as "controllerId", k.facts ->> 'name' as controller,
        ${columns.replaceAll(/\b(\w+) as/g, 'r.$1 as').replace('kind, state', 'r.kind, r.state')}
      from vault.subject_request r
      join vault.controller c using (controller_id)
      join vault.contract k on k.controller_id = c.controller_id and k.version = c.version
      where ($1::uuid is null or r.controller_id = $1) and (not $2 or r.ended_at is null)
      order by r.ended_at is not null, r.due_at, r.request_id limit 500`,
    values: [wanted.controllerId, wanted.open],
  })
}

/** Moves a request on. What is left out stays. */
export async function moveRequest(
  sql: Sql,
  controllerId: string,
  requestId: string,
  next: {
    readonly state?: RequestState
    readonly subjectId?: string
    readonly dueAt?: Date
    readonly extendedAt?: Date
    readonly endedAt?: Date
  },
): Promise<void> {
  await sql.run({
    name: 'vault.subject-request.move',
    text: `update vault.subject_request
      set state = coalesce($3, state), subject_id = coalesce($4, subject_id),
        due_at = coalesce($5, due_at), extended_at = coalesce($6, extended_at),
        ended_at = coalesce($7, ended_at)
      where controller_id = $1 and request_id = $2`,
    values: [
      controllerId,
      requestId,
      next.state ?? null,
      next.subjectId ?? null,
      next.dueAt ?? null,
      next.extendedAt ?? null,
      next.endedAt ?? null,
    ],
  })
}

/** A step as it lies in its table. */
export interface StepRow {
  readonly step: number
  readonly what: StepWhat
  readonly at: Date
  readonly actorId: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly said: Buffer | null
}

/** Adds a step; its number follows the last. Lock the request first. */
export async function addStep(
  sql: Sql,
  controllerId: string,
  requestId: string,
  s: Omit<StepRow, 'step'>,
): Promise<void> {
  await sql.run({
    name: 'vault.request-step.add',
    text: `insert into vault.request_step
        (controller_id, request_id, step, what, at, actor_id, facts, said)
      select $1, $2, coalesce(max(step), 0) + 1, $3, $4, $5, $6, $7
      from vault.request_step where controller_id = $1 and request_id = $2`,
    values: [controllerId, requestId, s.what, s.at, s.actorId, JSON.stringify(s.facts), s.said],
  })
}

export function stepsOf(sql: Sql, controllerId: string, requestId: string): Promise<StepRow[]> {
  return sql.rows({
    name: 'vault.request-step.list',
    text: `select step, what, at, actor_id as "actorId", facts, said from vault.request_step
      where controller_id = $1 and request_id = $2 order by step`,
    values: [controllerId, requestId],
  })
}

/** How requests stand in the whole house. */
export interface RequestTally {
  readonly open: number
  readonly overdue: number
  /** Ended within the last year, and how many of those after they were due. */
  readonly ended: number
  readonly late: number
}

export async function tallyRequests(sql: Sql, now: Date): Promise<RequestTally> {
  const row = await sql.first<RequestTally>({
    name: 'vault.subject-request.tally',
    text: `select count(*) filter (where ended_at is null) as open,
        count(*) filter (where ended_at is null and due_at < $1) as overdue,
        count(*) filter (where ended_at > $1::timestamptz - interval '365 days') as ended,
        count(*) filter (where ended_at > $1::timestamptz - interval '365 days'
          and ended_at > due_at) as late
      from vault.subject_request`,
    values: [now],
  })
  return row!
}
