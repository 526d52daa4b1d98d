import type { Sql } from '#kernel'

/** Removes a canary and all that hangs on it; what is no canary stays. */
export function deleteCanary(sql: Sql, actorId: string) {
  return sql.run({
    name: 'identity.canary.delete',
    text: 'delete from identity.actor where id = $1 and canary',
    values: [actorId],
  })
}

export function deleteCanaryEnrolment(sql: Sql, enrolmentId: string) {
  return sql.run({
    name: 'identity.canary.delete-enrolment',
    text: 'delete from identity.enrolment where id = $1 and canary',
    values: [enrolmentId],
  })
}

/** Removes canaries a check left behind because it was interrupted. */
export async function sweepCanaries(sql: Sql, before: Date): Promise<void> {
  await sql.run({
    name: 'identity.canary.sweep-actors',
    text: 'delete from identity.actor where canary and created_at < $1',
    values: [before],
  })
  await sql.run({
    name: 'identity.canary.sweep-enrolments',
    text: 'delete from identity.enrolment where canary and created_at < $1',
    values: [before],
  })
  await sql.run({
    name: 'identity.canary.sweep-reviews',
    text: `delete from identity.review r where canary and not exists (
             select from identity.review_item i where i.review_id = r.id)`,
  })
}
