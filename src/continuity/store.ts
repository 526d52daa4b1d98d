import type { Sql } from '#kernel'
import type { Backup } from './backup.ts'
import type { Drill, Objective } from './drill.ts'

const backupColumns = `id, started_at as "startedAt", finished_at as "finishedAt", state, file, bytes,
  encode(sha256, 'hex') as sha256, row_count as "rowCount", table_count as "tableCount", places,
  of_places as "ofPlaces", problem, verified_at as "verifiedAt"`

/** Notes a backup as begun, unless one is under way; those whose process died are closed first. */
export async function insertBackup(
  sql: Sql,
  b: { id: string; startedAt: Date; file: string; ofPlaces: number; lostBefore: Date },
): Promise<boolean> {
  // One at a time, also between nodes: whoever comes second waits here, then sees the first's row.
  await sql.run({ name: 'continuity.backup.one', text: 'select pg_advisory_xact_lock(4711070)' })
  await sql.run({
    name: 'continuity.backup.lost',
    text: `update continuity.backup set state = 'failed', finished_at = $2,
             problem = 'its process ended before it did'
           where state = 'running' and started_at < $1`,
    values: [b.lostBefore, b.startedAt],
  })
  const inserted = await sql.run({
    name: 'continuity.backup.insert',
    text: `insert into continuity.backup (id, started_at, state, file, of_places)
           select $1, $2, 'running', $3, $4
           where not exists (select from continuity.backup where state = 'running')`,
    values: [b.id, b.startedAt, b.file, b.ofPlaces],
  })
  return inserted === 1
}

export interface Outcome {
  readonly bytes: number
  readonly sha256: string
  readonly rowCount: number
  readonly tableCount: number
  readonly places: number
}

export async function finishBackup(sql: Sql, id: string, at: Date, o: Outcome): Promise<void> {
  await sql.run({
    name: 'continuity.backup.finish',
    text: `update continuity.backup set state = 'finished', finished_at = $2, verified_at = $2,
             bytes = $3, sha256 = decode($4, 'hex'), row_count = $5, table_count = $6, places = $7
           where id = $1`,
    values: [id, at, o.bytes, o.sha256, o.rowCount, o.tableCount, o.places],
  })
}

export async function failBackup(sql: Sql, id: string, at: Date, problem: string): Promise<void> {
  await sql.run({
    name: 'continuity.backup.fail',
    text: `update continuity.backup set state = 'failed', finished_at = $2, problem = $3 where id = $1`,
    values: [id, at, problem],
  })
}

/** What a look at the copies found: in how many places the right bytes lie. */
export async function noteVerified(
  sql: Sql,
  id: string,
  at: Date,
  places: number,
  problem: string | null,
): Promise<void> {
  await sql.run({
    name: 'continuity.backup.verified',
    text: `update continuity.backup set places = $3, problem = $4,
             verified_at = case when $3 > 0 then $2 else verified_at end
           where id = $1`,
    values: [id, at, places, problem],
  })
}

export async function noteGone(sql: Sql, ids: readonly string[], at: Date): Promise<void> {
  await sql.run({
    name: 'continuity.backup.gone',
    text: 'update continuity.backup set gone_at = $2 where id = any($1::uuid[])',
    values: [ids, at],
  })
}

export async function findBackup(sql: Sql, id: string): Promise<Backup | undefined> {
  return sql.first<Backup>({
    name: 'continuity.backup.find',
    text: `select ${backupColumns} from continuity.backup where id = $1`,
    values: [id],
  })
}

/** Newest first; without those whose files have been removed. */
export async function listBackups(sql: Sql, limit: number): Promise<Backup[]> {
  return sql.rows<Backup>({
    name: 'continuity.backup.list',
    text: `select ${backupColumns} from continuity.backup where gone_at is null
           order by started_at desc limit $1`,
    values: [limit],
  })
}

/** Finished ones that may go: older than `before`, and not the newest of all. */
export async function dueToGo(sql: Sql, before: Date): Promise<{ id: string; file: string }[]> {
  return sql.rows({
    name: 'continuity.backup.due',
    text: `select id, file from continuity.backup
           where gone_at is null and started_at < $1 and id <> (
             select id from continuity.backup where state = 'finished' and gone_at is null
             order by started_at desc limit 1)`,
    values: [before],
  })
}

export async function insertDrill(sql: Sql, d: Drill): Promise<void> {
  await sql.run({
    name: 'continuity.drill.insert',
    text: `insert into continuity.drill
             (id, kind, at, passed, backup_id, recovery_point_seconds, recovery_time_seconds, facts)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      d.id,
      d.kind,
      d.at,
      d.passed,
      d.backupId,
      d.recoveryPointSeconds,
      d.recoveryTimeSeconds,
      JSON.stringify(d.facts),
    ],
  })
}

export async function listDrills(sql: Sql, limit: number): Promise<Drill[]> {
  return sql.rows<Drill>({
    name: 'continuity.drill.list',
    text: `select id, kind, at, passed, backup_id as "backupId",
             recovery_point_seconds as "recoveryPointSeconds",
             recovery_time_seconds as "recoveryTimeSeconds", facts
           from continuity.drill order by at desc limit $1`,
    values: [limit],
  })
}

export async function insertObjective(sql: Sql, id: string, at: Date, o: Objective): Promise<void> {
  await sql.run({
    name: 'continuity.objective.insert',
    text: `insert into continuity.objective (id, at, recovery_point_minutes, recovery_time_minutes)
           values ($1, $2, $3, $4)`,
    values: [id, at, o.recoveryPointMinutes, o.recoveryTimeMinutes],
  })
}

export async function currentObjective(sql: Sql): Promise<Objective | undefined> {
  return sql.first<Objective>({
    name: 'continuity.objective.current',
    text: `select recovery_point_minutes as "recoveryPointMinutes",
             recovery_time_minutes as "recoveryTimeMinutes"
           from continuity.objective order by at desc, id desc limit 1`,
  })
}

/** The id of this installation, where it has one. */
export async function installation(sql: Sql): Promise<string | undefined> {
  const row = await sql.first<{ id: string }>({ text: 'select id from ground.installation' })
  return row?.id
}

/** Numbers of the migrations this schema was made with, ascending. */
export async function appliedMigrations(sql: Sql): Promise<number[]> {
  const rows = await sql.rows<{ number: number }>({
    text: 'select number from public.holdfast_migration order by number',
  })
  return rows.map(({ number }) => number)
}
