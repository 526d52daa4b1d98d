import type { Sql } from '#kernel'

/** When events happened, by subject id, a space, and the event's name. */
export type EventDates = ReadonlyMap<string, Date>

/** The events of these subjects. */
export async function eventDates(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<EventDates> {
  const rows = await sql.rows<{ subjectId: string; event: string; happenedAt: Date }>({
    name: 'vault.subject-event.of-subjects',
    text: `select subject_id as "subjectId", event, happened_at as "happenedAt"
      from vault.subject_event where controller_id = $1 and subject_id = any($2::uuid[])`,
    values: [controllerId, subjectIds],
  })
  return new Map(
    rows.map(({ subjectId, event, happenedAt }) => [`${subjectId} ${event}`, happenedAt]),
  )
}

/** Writes down when an event happened to a subject, or forgets it. */
export async function setEvent(
  sql: Sql,
  controllerId: string,
  e: { readonly subjectId: string; readonly event: string; readonly happenedAt: Date | null },
): Promise<void> {
  await sql.run(
    e.happenedAt === null
      ? {
          name: 'vault.subject-event.forget',
          text: `delete from vault.subject_event
            where controller_id = $1 and subject_id = $2 and event = $3`,
          values: [controllerId, e.subjectId, e.event],
        }
      : {
          name: 'vault.subject-event.set',
          text: `insert into vault.subject_event (controller_id, subject_id, event, happened_at)
            values ($1, $2, $3, $4)
            on conflict (controller_id, subject_id, event) do update
            set happened_at = excluded.happened_at`,
          values: [controllerId, e.subjectId, e.event, e.happenedAt],
        },
  )
}

/** Forgets everything that was written down about these subjects beside their records. */
export async function forgetSaid(
  sql: Sql,
  controllerId: string,
  subjectIds: readonly string[],
): Promise<void> {
  await sql.run({
    name: 'vault.subject.forget-said',
    text: `with events as (
        delete from vault.subject_event where controller_id = $1 and subject_id = any($2::uuid[]))
      delete from vault.consent where controller_id = $1 and subject_id = any($2::uuid[])`,
    values: [controllerId, subjectIds],
  })
}
