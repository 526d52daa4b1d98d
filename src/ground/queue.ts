import type { Sql } from '#kernel'

/**
 * Puts a job into the queue, in the caller's transaction: it runs if and only if that commits.
 *
 * @param key - replaces a waiting job of the same key instead of adding another.
 * @param runAt - not before this instant; default at once.
 */
export async function enqueue(
  sql: Sql,
  action: string,
  payload: Readonly<Record<string, unknown>> = {},
  { key, runAt }: { readonly key?: string; readonly runAt?: Date } = {},
): Promise<void> {
  await sql.run({
    name: 'ground.enqueue',
    text: `select graphile_worker.add_job($1, payload := $2::json, job_key := $3,
             run_at := $4::timestamptz, max_attempts := 8)`,
    values: [action, JSON.stringify(payload), key ?? null, runAt ?? null],
  })
}
