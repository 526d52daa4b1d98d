import type { Sql } from '#kernel'
import type { ChangeKind, ChangeState } from './change.ts'
import type { Day } from './day.ts'
import { type Item, shelf } from './register-store.ts'

export interface StepRow {
  readonly step: string
  readonly by: string
  readonly at: string
  readonly note: string
}

export interface ChangeRow extends Item {
  readonly title: string
  readonly kind: ChangeKind
  readonly version: string | null
  readonly plan: string
  readonly rollbackPlan: string
  readonly proposedBy: string
  readonly state: ChangeState
  readonly steps: readonly StepRow[]
}

export const changes = shelf<ChangeRow>(
  'changes',
  `t.title, t.kind, t.version, t.plan, t.rollback_plan as "rollbackPlan",
   t.proposed_by as "proposedBy", t.state,
   (select coalesce(jsonb_agg(jsonb_build_object('step', s.step, 'by', s.by_id, 'note', s.note,
      'at', to_char(s.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by s.id), '[]')
    from governance.change_step s where s.change_id = t.id) as steps`,
)

export interface NewChange {
  readonly title: string
  readonly kind: ChangeKind
  readonly version?: string
  readonly plan: string
  readonly rollbackPlan: string
  readonly owner: string
  readonly due: Day
}

export async function insertChange(
  sql: Sql,
  c: NewChange & { readonly id: string; readonly proposedBy: string; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.change.insert',
    text: `insert into governance.change (id, title, kind, version, plan, rollback_plan, proposed_by,
             state, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, $10)`,
    values: [
      c.id,
      c.title,
      c.kind,
      c.version ?? null,
      c.plan,
      c.rollbackPlan,
      c.proposedBy,
      c.owner,
      c.due,
      c.now,
    ],
  })
}

export async function updateState(
  sql: Sql,
  id: string,
  state: ChangeState,
  endedAt: Date | null,
): Promise<void> {
  await sql.run({
    name: 'governance.change.state',
    text: 'update governance.change set state = $2, ended_at = $3 where id = $1',
    values: [id, state, endedAt],
  })
}

export async function insertStep(
  sql: Sql,
  s: { id: string; changeId: string; step: string; by: string; note: string; now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.change-step.insert',
    text: `insert into governance.change_step (id, change_id, step, by_id, note, at)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [s.id, s.changeId, s.step, s.by, s.note, s.now],
  })
}

export interface ChangeFigures {
  /** Changes that went live since `since`, rolled back later or not. */
  readonly live: number
  /** Of those: approved by another than the proposer, staged and tested before. */
  readonly complete: number
  /** Whether the release that runs is live by such a change. */
  readonly running: boolean
}

export async function changeFigures(
  sql: Sql,
  since: Date,
  version: string,
): Promise<ChangeFigures | undefined> {
  return sql.first<ChangeFigures>({
    name: 'governance.change.figures',
    text: `with went as (
             select c.version, c.state, s.at,
               exists (select from governance.change_step a where a.change_id = c.id
                 and a.step = 'approved' and a.by_id <> c.proposed_by and a.id < s.id)
               and exists (select from governance.change_step a where a.change_id = c.id
                 and a.step = 'staged' and a.id < s.id)
               and exists (select from governance.change_step a where a.change_id = c.id
                 and a.step = 'tested' and a.id < s.id) as complete
             from governance.change c
             join governance.change_step s on s.change_id = c.id and s.step = 'live')
           select count(*) filter (where at >= $1) as live,
             count(*) filter (where at >= $1 and complete) as complete,
             coalesce(bool_or(complete and state = 'live' and version = $2), false) as running
           from went`,
    values: [since, version],
  })
}
