import type { ActorKind, Sql } from '#kernel'
import type { Clock } from './clock.ts'

/** Starts clocks. One that runs already for the same controller and kind runs on as it was. */
export async function insertClocks(
  sql: Sql,
  clocks: readonly Omit<Clock, 'metAt'>[],
): Promise<number> {
  if (clocks.length === 0) return 0
  return sql.run({
    name: 'incidents.clock.insert',
    text: `
      insert into incidents.clock (clock_id, incident_id, controller_id, kind, basis, hours, started_at,
        due_at)
      select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[],
        $7::timestamptz[], $8::timestamptz[])
      on conflict (incident_id, controller_id, kind) do nothing`,
    values: [
      clocks.map((c) => c.clockId),
      clocks.map((c) => c.incidentId),
      clocks.map((c) => c.controllerId),
      clocks.map((c) => c.kind),
      clocks.map((c) => c.basis),
      clocks.map((c) => c.hours),
      clocks.map((c) => c.startedAt),
      clocks.map((c) => c.dueAt),
    ],
  })
}

const columns = `c.clock_id as "clockId", c.incident_id as "incidentId",
  c.controller_id as "controllerId", c.kind, c.basis, c.hours, c.started_at as "startedAt",
  c.due_at as "dueAt",
  (select min(e.at) from incidents.clock_event e
   where e.clock_id = c.clock_id and e.kind = 'met') as "metAt"`

/** An incident's clocks, soonest first. */
export async function clocksOf(sql: Sql, incidentId: string): Promise<Clock[]> {
  return sql.rows({
    name: 'incidents.clock.list',
    text: `select ${columns} from incidents.clock c where c.incident_id = $1
           order by c.due_at, c.controller_id`,
    values: [incidentId],
  })
}

/** Clocks of real incidents that began since an instant, for the measures. */
export async function clocksSince(sql: Sql, since: Date): Promise<Clock[]> {
  return sql.rows({
    name: 'incidents.clock.since',
    text: `select ${columns} from incidents.clock c join incidents.incident i using (incident_id)
           where c.started_at >= $1 and not i.synthetic order by c.due_at`,
    values: [since],
  })
}

export async function insertClockEvent(
  sql: Sql,
  event: {
    readonly eventId: string
    readonly clockId: string
    readonly at: Date
    readonly kind: 'met' | 'late-reason' | 'not-applicable'
    readonly actorKind: ActorKind
    readonly actorId: string
    readonly sealed: Buffer | null
  },
): Promise<void> {
  await sql.run({
    name: 'incidents.clock-event.insert',
    text: `insert into incidents.clock_event (event_id, clock_id, at, kind, actor_kind, actor_id, sealed)
           values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      event.eventId,
      event.clockId,
      event.at,
      event.kind,
      event.actorKind,
      event.actorId,
      event.sealed,
    ],
  })
}
