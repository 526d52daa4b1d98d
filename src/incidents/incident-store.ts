import type { Sql } from '#kernel'
import type { Incident, IncidentEvent, IncidentState } from './incident.ts'
import type { Suspicion } from './suspicion.ts'

const columns = `incident_id as "incidentId", number, opened_at as "openedAt", title, state, severity,
  origin, synthetic, due, contained_at as "containedAt", closed_at as "closedAt"`

export async function insertIncident(
  sql: Sql,
  incident: Pick<
    Incident,
    'incidentId' | 'openedAt' | 'title' | 'severity' | 'origin' | 'synthetic' | 'due'
  > & { readonly dedupKey: string | null },
): Promise<Incident> {
  const row = await sql.first<Incident>({
    name: 'incidents.incident.insert',
    text: `insert into incidents.incident
             (incident_id, opened_at, title, state, severity, origin, synthetic, due, dedup_key)
           values ($1, $2, $3, 'reported', $4, $5, $6, $7, $8) returning ${columns}`,
    values: [
      incident.incidentId,
      incident.openedAt,
      incident.title,
      incident.severity,
      incident.origin,
      incident.synthetic,
      incident.due,
      incident.dedupKey,
    ],
  })
  return row!
}

export async function incidentById(sql: Sql, incidentId: string): Promise<Incident | undefined> {
  return sql.first({
    name: 'incidents.incident.read',
    text: `select ${columns} from incidents.incident where incident_id = $1`,
    values: [incidentId],
  })
}

/** As {@link incidentById}, and nobody else works on it before this transaction ends. */
export async function lockIncident(sql: Sql, incidentId: string): Promise<Incident | undefined> {
  return sql.first({
    name: 'incidents.incident.lock',
    text: `select ${columns} from incidents.incident where incident_id = $1 for update`,
    values: [incidentId],
  })
}

/** Newest first. */
export async function listIncidents(
  sql: Sql,
  page: {
    readonly state: IncidentState | null
    readonly before: string | null
    readonly limit: number
  },
): Promise<Incident[]> {
  return sql.rows({
    name: 'incidents.incident.list',
    text: `select ${columns} from incidents.incident
           where not hidden and ($1::text is null or state = $1) and ($2::uuid is null or incident_id < $2::uuid)
           order by incident_id desc limit $3`,
    values: [page.state, page.before, page.limit],
  })
}

export async function dueIncidents(sql: Sql): Promise<Incident[]> {
  return sql.rows({
    name: 'incidents.incident.due',
    text: `select ${columns} from incidents.incident where due and state <> 'closed' order by incident_id`,
  })
}

/** The open incident that is about this actor already. */
export async function openIncidentAbout(
  sql: Sql,
  actor: { readonly actorKind: string; readonly actorId: string },
): Promise<Incident | undefined> {
  return sql.first({
    name: 'incidents.incident.about',
    text: `select ${columns} from incidents.incident i
           where state <> 'closed' and exists (
             select from incidents.suspect s where s.incident_id = i.incident_id
               and s.actor_kind = $1 and s.actor_id = $2)
           order by incident_id limit 1`,
    values: [actor.actorKind, actor.actorId],
  })
}

export async function openIncidentOfAlert(
  sql: Sql,
  dedupKey: string,
): Promise<Incident | undefined> {
  return sql.first({
    name: 'incidents.incident.of-alert',
    text: `select ${columns} from incidents.incident where dedup_key = $1 and state <> 'closed'`,
    values: [dedupKey],
  })
}

/** Changes what is given, leaves the rest. */
export async function updateIncident(
  sql: Sql,
  incidentId: string,
  to: Partial<
    Pick<Incident, 'state' | 'severity' | 'synthetic' | 'due' | 'containedAt' | 'closedAt'>
  >,
): Promise<void> {
  await sql.run({
    name: 'incidents.incident.update',
    text: `update incidents.incident set state = coalesce($2, state),
             synthetic = coalesce($3, synthetic), due = coalesce($4, due),
             contained_at = coalesce($5, contained_at), closed_at = coalesce($6, closed_at),
             severity = coalesce($7, severity)
           where incident_id = $1`,
    values: [
      incidentId,
      to.state ?? null,
      to.synthetic ?? null,
      to.due ?? null,
      to.containedAt ?? null,
      to.closedAt ?? null,
      to.severity ?? null,
    ],
  })
}

export async function insertEvent(
  sql: Sql,
  incidentId: string,
  event: IncidentEvent,
): Promise<void> {
  await sql.run({
    name: 'incidents.event.insert',
    text: `insert into incidents.incident_event
             (event_id, incident_id, at, actor_kind, actor_id, kind, sentence, facts, sealed)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      event.eventId,
      incidentId,
      event.at,
      event.actorKind,
      event.actorId,
      event.kind,
      event.sentence,
      JSON.stringify(event.facts),
      event.sealed,
    ],
  })
}

/** In the order they were written. */
export async function timelineOf(sql: Sql, incidentId: string): Promise<IncidentEvent[]> {
  return sql.rows({
    name: 'incidents.event.list',
    text: `select event_id as "eventId", at, actor_kind as "actorKind", actor_id as "actorId", kind,
             sentence, facts, sealed
           from incidents.incident_event where incident_id = $1 order by seq`,
    values: [incidentId],
  })
}

/** Ties a finding to its incident; 0 when it was tied already. */
export async function tieFinding(sql: Sql, findingId: string, incidentId: string): Promise<number> {
  return sql.run({
    name: 'incidents.finding.tie',
    text: `insert into incidents.incident_finding (finding_id, incident_id) values ($1, $2)
           on conflict (finding_id) do nothing`,
    values: [findingId, incidentId],
  })
}

export async function findingsTied(sql: Sql, incidentId: string): Promise<string[]> {
  const rows = await sql.rows<{ findingId: string }>({
    name: 'incidents.finding.list',
    text: `select finding_id as "findingId" from incidents.incident_finding
           where incident_id = $1 order by finding_id`,
    values: [incidentId],
  })
  return rows.map(({ findingId }) => findingId)
}

export async function incidentOfFinding(sql: Sql, findingId: string): Promise<string | undefined> {
  const row = await sql.first<{ incidentId: string }>({
    name: 'incidents.finding.incident',
    text: `select incident_id as "incidentId" from incidents.incident_finding where finding_id = $1`,
    values: [findingId],
  })
  return row?.incidentId
}

/** A suspicion, and the time its evidence spans. */
export interface Suspect extends Suspicion {
  readonly firstAt: Date | null
  readonly lastAt: Date | null
}

/**
 * Adds a suspect or widens the time of a known one.
 *
 * @returns whether the suspect is new or has become certain; undefined when nothing changed.
 */
export async function upsertSuspect(
  sql: Sql,
  incidentId: string,
  suspect: Suspect,
): Promise<{ readonly fresh: boolean } | undefined> {
  return sql.first({
    name: 'incidents.suspect.upsert',
    text: `
      with before as (
        select certain from incidents.suspect
        where incident_id = $1 and actor_kind = $2 and actor_id = $3
          and credential_id is not distinct from $4 and session_id is not distinct from $5
          and source_key is not distinct from $6)
      insert into incidents.suspect as s (incident_id, actor_kind, actor_id, credential_id, session_id,
        source_key, certain, first_at, last_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      on conflict (incident_id, actor_kind, actor_id, credential_id, session_id, source_key)
      do update set certain = s.certain or excluded.certain,
        first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at)
      where (excluded.certain and not s.certain) or excluded.last_at > s.last_at
        or excluded.first_at < s.first_at
      returning certain and not coalesce((select certain from before), false)
        or not exists (select from before) as fresh`,
    values: [
      incidentId,
      suspect.actorKind,
      suspect.actorId,
      suspect.credentialId,
      suspect.sessionId,
      suspect.sourceKey,
      suspect.certain,
      suspect.firstAt,
      suspect.lastAt,
    ],
  })
}

export async function suspectsOf(sql: Sql, incidentId: string): Promise<Suspect[]> {
  return sql.rows({
    name: 'incidents.suspect.list',
    text: `select actor_kind as "actorKind", actor_id as "actorId", credential_id as "credentialId",
             session_id as "sessionId", source_key as "sourceKey", certain, first_at as "firstAt",
             last_at as "lastAt"
           from incidents.suspect where incident_id = $1
           order by actor_kind, actor_id, credential_id, session_id, source_key`,
    values: [incidentId],
  })
}

/** How much of the watch's news has been dealt with. A plain look that needs no controller's rows. */
export async function noticedDealtWith(sql: Sql): Promise<number> {
  const row = await sql.first<{ noticed: number }>({
    name: 'incidents.respondent.read',
    text: 'select noticed from incidents.respondent',
  })
  return row!.noticed
}

export async function setNoticed(sql: Sql, noticed: number): Promise<void> {
  await sql.run({
    name: 'incidents.respondent.set',
    text: 'update incidents.respondent set noticed = $1',
    values: [noticed],
  })
}

/** Whether any incident waits for the respondent. A plain look. */
export async function anyDue(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ due: boolean }>({
    name: 'incidents.incident.any-due',
    text: `select exists (select from incidents.incident where due and state <> 'closed') as due`,
  })
  return row!.due
}

/** The incident a receipt was given for. */
export async function incidentOfReceipt(sql: Sql, receipt: string): Promise<string | undefined> {
  const row = await sql.first<{ incidentId: string }>({
    name: 'incidents.report.incident',
    text: 'select incident_id as "incidentId" from incidents.report where receipt = $1',
    values: [receipt],
  })
  return row?.incidentId
}

/** Marks an incident as made by a check of ours, and closes it. */
export async function hideIncident(sql: Sql, incidentId: string, now: Date): Promise<void> {
  await sql.run({
    name: 'incidents.incident.hide',
    text: `update incidents.incident set hidden = true, synthetic = true, state = 'closed', closed_at = $2
           where incident_id = $1`,
    values: [incidentId, now],
  })
}
