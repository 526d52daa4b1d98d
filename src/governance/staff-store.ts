import type { Sql } from '#kernel'
import type { Day } from './day.ts'
import { type Item, shelf } from './register-store.ts'

export interface TrainingRow extends Item {
  readonly personId: string
  readonly course: string
  readonly completedOn: Day | null
  readonly validUntil: Day | null
  readonly certificateSha256: string | null
}

export const trainings = shelf<TrainingRow>(
  'trainings',
  `t.person_id as "personId", t.course, to_char(t.completed_on, 'YYYY-MM-DD') as "completedOn",
   to_char(t.valid_until, 'YYYY-MM-DD') as "validUntil",
   t.certificate_sha256 as "certificateSha256"`,
)

export interface NewTraining {
  readonly personId: string
  readonly course: string
  readonly owner: string
  readonly due: Day
}

export async function insertTraining(
  sql: Sql,
  t: NewTraining & { readonly id: string; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.training.insert',
    text: `insert into governance.training (id, person_id, course, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [t.id, t.personId, t.course, t.owner, t.due, t.now],
  })
}

export interface Completion {
  readonly completedOn: Day
  /** When the refresher must have been taken; the row is due again then. */
  readonly validUntil: Day
  readonly certificateSha256?: string
}

/** @returns 0 when there is no such open training. */
export async function updateCompletion(sql: Sql, id: string, c: Completion): Promise<number> {
  return sql.run({
    name: 'governance.training.complete',
    text: `update governance.training
           set completed_on = $2, valid_until = $3, due = $3, certificate_sha256 = $4
           where id = $1 and ended_at is null`,
    values: [id, c.completedOn, c.validUntil, c.certificateSha256 ?? null],
  })
}
