import type { Sql } from '#kernel'

/**
 * Puts a job into the queue, in the caller's transaction: it runs if and only if that commits.
 *
 * @param key - replaces a waiting job of the same key instead of adding another.
 * @param runAt - not before this instant; default at once.
 * @param afterMs - in place of it: not before so long from now, by PostgreSQL's clock, which runs the queue.
 * @param line - jobs that stand in the same line run one after the other, never side by side.
 */
export async function enqueue(
  sql: Sql,
  action: string,
  payload: Readonly<Record<string, unknown>> = {},
  {
    key,
    runAt,
    afterMs,
    line,
  }: {
    readonly key?: string
    readonly runAt?: Date
    readonly afterMs?: number
    readonly line?: string
  } = {},
): Promise<void> {
  await sql.run({
    name: 'ground.enqueue',
    text: `select graphile_worker.add_job($1, payload := $2::json, job_key := $3,
             run_at := coalesce($4::timestamptz, now() + $5 * interval '1 millisecond'),
             queue_name := $6, max_attempts := 8)`,
    values: [
      action,
      JSON.stringify(payload),
      key ?? null,
      runAt ?? null,
      afterMs ?? 0,
      line ?? null,
    ],
  })
}

/**
 * Forgets runs of the schedule that are dated in the future: the clock ran ahead and was set back since. Until it had
 * caught up, no run of theirs would be due again.
 */
export async function forgetRunsAhead(sql: Sql): Promise<void> {
  await sql.run({
    name: 'ground.schedule.forget-ahead',
    text: `update graphile_worker._private_known_crontabs set last_execution = now(), known_since = least(known_since, now())
           where greatest(last_execution, known_since) > now() + interval '5 minutes'`,
  })
}
