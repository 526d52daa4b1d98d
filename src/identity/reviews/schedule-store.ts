import type { Sql } from '#kernel'

export interface NewSchedule {
  readonly id: string
  readonly title: string
  readonly roles: readonly string[] | null
  readonly controllers: readonly string[] | null
  readonly everyDays: number
  readonly dueDays: number
  readonly nextAt: Date
  readonly createdBy: string
  readonly createdAt: Date
}

export function insertSchedule(sql: Sql, s: NewSchedule) {
  return sql.run({
    name: 'identity.schedule.insert',
    text: `insert into identity.review_schedule (id, title, roles, controllers, every_days, due_days,
             next_at, created_by, created_at)
           values ($1, $2, $3::text[], $4::uuid[], $5, $6, $7, $8, $9)`,
    values: [
      s.id,
      s.title,
      s.roles,
      s.controllers,
      s.everyDays,
      s.dueDays,
      s.nextAt,
      s.createdBy,
      s.createdAt,
    ],
  })
}

/** Schedules that go on; with `dueAt` only those whose next review is due by then. */
export function standingSchedules(sql: Sql, dueAt: Date | null): Promise<NewSchedule[]> {
  return sql.rows({
    name: 'identity.schedule.list',
    text: `select id, title, roles, controllers, every_days as "everyDays", due_days as "dueDays",
             next_at as "nextAt", created_by as "createdBy", created_at as "createdAt"
           from identity.review_schedule
           where ended_at is null and ($1::timestamptz is null or next_at <= $1) order by id`,
    values: [dueAt],
  })
}

export function setNext(sql: Sql, id: string, nextAt: Date) {
  return sql.run({
    name: 'identity.schedule.next',
    text: 'update identity.review_schedule set next_at = $2 where id = $1',
    values: [id, nextAt],
  })
}

export function endSchedule(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.schedule.end',
    text: 'update identity.review_schedule set ended_at = $2 where id = $1 and ended_at is null',
    values: [id, at],
  })
}
