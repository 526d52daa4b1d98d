import type { Sql } from '#kernel'
import type { Evidence, IncidentSeverity, Step } from './incident.ts'
import type { ScopeChange, ScopeResult } from './scope.ts'

/** One count of an incident, kept for ever. */
export interface KeptScope {
  readonly scopeId: string
  readonly incidentId: string
  readonly version: number
  readonly at: Date
  readonly headPosition: number
  readonly result: ScopeResult
  readonly diff: readonly ScopeChange[]
  readonly digest: Buffer
  readonly seconds: number
}

const scopeColumns = `scope_id as "scopeId", incident_id as "incidentId", version, at,
  head_position as "headPosition", result, diff, digest, seconds`

export async function insertScope(sql: Sql, scope: KeptScope): Promise<void> {
  await sql.run({
    name: 'incidents.scope.insert',
    text: `insert into incidents.scope
             (scope_id, incident_id, version, at, head_position, result, diff, digest, seconds)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      scope.scopeId,
      scope.incidentId,
      scope.version,
      scope.at,
      scope.headPosition,
      JSON.stringify(scope.result),
      JSON.stringify(scope.diff),
      scope.digest,
      scope.seconds,
    ],
  })
}

export async function newestScope(sql: Sql, incidentId: string): Promise<KeptScope | undefined> {
  return sql.first({
    name: 'incidents.scope.newest',
    text: `select ${scopeColumns} from incidents.scope where incident_id = $1
           order by version desc limit 1`,
    values: [incidentId],
  })
}

/** When the newest scope was counted, and how long that took. */
export function lastCount(
  sql: Sql,
  incidentId: string,
): Promise<Pick<KeptScope, 'at' | 'seconds'> | undefined> {
  return sql.first({
    name: 'incidents.scope.last-count',
    text: `select at, seconds from incidents.scope where incident_id = $1
           order by version desc limit 1`,
    values: [incidentId],
  })
}

export async function insertStep(
  sql: Sql,
  stepId: string,
  incidentId: string,
  step: Step,
): Promise<void> {
  await sql.run({
    name: 'incidents.containment.insert',
    text: `insert into incidents.containment (step_id, incident_id, actor_kind, actor_id, step,
             started_at, ended_at, seconds, held, sentence, facts)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      stepId,
      incidentId,
      step.actorKind,
      step.actorId,
      step.step,
      step.startedAt,
      step.endedAt,
      step.seconds,
      step.held,
      step.sentence,
      JSON.stringify(step.facts),
    ],
  })
}

export async function stepsOf(sql: Sql, incidentId: string): Promise<Step[]> {
  return sql.rows({
    name: 'incidents.containment.list',
    text: `select step, actor_kind as "actorKind", actor_id as "actorId", started_at as "startedAt",
             ended_at as "endedAt", seconds, held, sentence, facts
           from incidents.containment where incident_id = $1 order by step_id`,
    values: [incidentId],
  })
}

export async function insertEvidence(
  sql: Sql,
  incidentId: string,
  evidence: Evidence,
): Promise<void> {
  await sql.run({
    name: 'incidents.evidence.insert',
    text: `insert into incidents.evidence (evidence_id, incident_id, at, kind, body, digest)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [
      evidence.evidenceId,
      incidentId,
      evidence.at,
      evidence.kind,
      JSON.stringify(evidence.body),
      evidence.digest,
    ],
  })
}

const evidenceColumns = 'evidence_id as "evidenceId", at, kind, body, digest'

export async function evidenceOf(sql: Sql, incidentId: string): Promise<Evidence[]> {
  return sql.rows({
    name: 'incidents.evidence.list',
    text: `select ${evidenceColumns} from incidents.evidence where incident_id = $1 order by evidence_id`,
    values: [incidentId],
  })
}

/** All evidence there is, in pages by id, for hashing it again. */
export async function evidenceAfter(sql: Sql, after: string, limit: number): Promise<Evidence[]> {
  return sql.rows({
    name: 'incidents.evidence.after',
    text: `select ${evidenceColumns} from incidents.evidence where evidence_id > $1
           order by evidence_id limit $2`,
    values: [after, limit],
  })
}

/** Severities the house contains by itself. */
export async function containedByItself(sql: Sql): Promise<ReadonlySet<IncidentSeverity>> {
  const rows = await sql.rows<{ severity: IncidentSeverity }>({
    name: 'incidents.policy.auto',
    text: 'select severity from incidents.policy where auto_contain',
  })
  return new Set(rows.map(({ severity }) => severity))
}

export async function policies(
  sql: Sql,
): Promise<{ readonly severity: 'certain' | 'high'; readonly autoContain: boolean }[]> {
  return sql.rows({
    name: 'incidents.policy.list',
    text: 'select severity, auto_contain as "autoContain" from incidents.policy order by severity',
  })
}

export async function setPolicy(sql: Sql, severity: string, autoContain: boolean): Promise<number> {
  return sql.run({
    name: 'incidents.policy.set',
    text: 'update incidents.policy set auto_contain = $2 where severity = $1',
    values: [severity, autoContain],
  })
}

/** The figures an exercise left. */
export interface Drill {
  readonly drillId: string
  readonly kind: string
  readonly at: Date
  /** Seconds between the exercise's points, by name. */
  readonly seconds: Readonly<Record<string, number>>
  /** What was counted equals what was done. */
  readonly equal: boolean
  readonly facts: Readonly<Record<string, unknown>>
}

export async function insertDrill(sql: Sql, drill: Drill): Promise<void> {
  await sql.run({
    name: 'incidents.drill.insert',
    text: `insert into incidents.drill (drill_id, kind, at, seconds, equal, facts)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [
      drill.drillId,
      drill.kind,
      drill.at,
      JSON.stringify(drill.seconds),
      drill.equal,
      JSON.stringify(drill.facts),
    ],
  })
}

export async function newestDrill(sql: Sql, kind: string): Promise<Drill | undefined> {
  return sql.first({
    name: 'incidents.drill.newest',
    text: `select drill_id as "drillId", kind, at, seconds, equal, facts
           from incidents.drill where kind = $1 order by at desc limit 1`,
    values: [kind],
  })
}

export async function insertReport(
  sql: Sql,
  report: { readonly receipt: string; readonly incidentId: string; readonly at: Date },
): Promise<void> {
  await sql.run({
    name: 'incidents.report.insert',
    text: 'insert into incidents.report (receipt, incident_id, at) values ($1, $2, $3)',
    values: [report.receipt, report.incidentId, report.at],
  })
}

/** How the newest cut of each suspect went, over all incidents since an instant. */
export interface CutRecord {
  readonly incidentId: string
  readonly endedAt: Date
  /** From the opening of the incident to the end of the probe after the cut. */
  readonly seconds: number
  /** Both the cut and the probe after it held. */
  readonly held: boolean
}

export async function cutsSince(sql: Sql, since: Date): Promise<CutRecord[]> {
  return sql.rows({
    name: 'incidents.containment.cuts',
    text: `
      select c.incident_id as "incidentId", max(c.ended_at) as "endedAt",
        extract(epoch from max(c.ended_at) - i.opened_at)::float8 as seconds,
        bool_and(c.held) as held
      from (
        select distinct on (incident_id, actor_id, step) *
        from incidents.containment where step in ('cut', 'probe-after')
        order by incident_id, actor_id, step, step_id desc
      ) c join incidents.incident i using (incident_id)
      where c.ended_at >= $1
      group by c.incident_id, c.actor_id, i.opened_at order by max(c.ended_at)`,
    values: [since],
  })
}

/** How long the notices of each counted incident took: from its opening to its first drafts. */
export async function draftTimesSince(
  sql: Sql,
  since: Date,
): Promise<{ readonly incidentId: string; readonly at: Date; readonly seconds: number }[]> {
  return sql.rows({
    name: 'incidents.notice.draft-times',
    text: `
      select i.incident_id as "incidentId", min(n.created_at) as at,
        extract(epoch from min(n.created_at) - i.opened_at)::float8 as seconds
      from incidents.notice n join incidents.incident i using (incident_id)
      where n.created_at >= $1 group by i.incident_id, i.opened_at order by at`,
    values: [since],
  })
}

/** Tries, as whoever is connected, to change evidence. @returns whether the database refused. */
export async function evidenceRefusesChange(sql: Sql): Promise<boolean> {
  await sql.run({
    text: `do $$ begin
      begin
        update incidents.evidence set digest = digest where false;
        perform set_config('holdfast.probe', 'changed', true);
      exception when insufficient_privilege then
        begin
          delete from incidents.evidence where false;
          perform set_config('holdfast.probe', 'deleted', true);
        exception when insufficient_privilege then
          perform set_config('holdfast.probe', 'refused', true);
        end;
      end;
    end $$`,
  })
  const row = await sql.first<{ answer: string }>({
    text: `select current_setting('holdfast.probe') as answer`,
  })
  return row!.answer === 'refused'
}
