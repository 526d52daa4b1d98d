import type { Sql } from '#kernel'

/** Ids of entries of a log that concern one of these subjects and nobody else, and still have a payload. */
export async function payloadsOfSubjects(
  sql: Sql,
  log: string,
  subjects: readonly number[],
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'trail.payload.of-subjects',
    text: `
      select entry_id as id from trail.payload
      where log = $1 and subject = any ($2::bigint[]) order by entry_id`,
    values: [log, subjects],
  })
  return rows.map(({ id }) => id)
}

/** An actor's entries before an instant that still have a payload and may go, in one log or in all. */
export async function payloadsOfActor(
  sql: Sql,
  actorId: string,
  before: Date,
  limit: number,
  log: string | null = null,
): Promise<{ id: string; log: string }[]> {
  return sql.rows({
    name: 'trail.payload.of-actor',
    text: `
      select e.id, e.log from trail.entry e join trail.payload p on p.entry_id = e.id
      where e.actor_id = $1 and e.at < $2 and ($4::text is null or e.log = $4)
        and not trail.is_held(e.log)
      order by e.log, e.id limit $3`,
    values: [actorId, before, limit, log],
  })
}

export async function isHeld(sql: Sql, log: string): Promise<boolean> {
  const row = await sql.first<{ held: boolean }>({
    name: 'trail.hold.is',
    text: 'select trail.is_held($1) as held',
    values: [log],
  })
  return row!.held
}

/** Notes that payloads of these subjects may be left, or come yet. */
export async function oweErasures(
  sql: Sql,
  log: string,
  subjects: readonly number[],
  since: Date,
): Promise<void> {
  await sql.run({
    name: 'trail.owed.insert',
    text: `
      insert into trail.owed_erasure (log, subject, since)
      select $1, subject, $3 from unnest($2::bigint[]) as subject
      on conflict (log, subject) do nothing`,
    values: [log, subjects, since],
  })
}

/** Whether anything is owed long enough, and no hold keeps it. */
export async function anyOwing(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ owing: boolean }>({
    name: 'trail.owed.any',
    text: `
      select exists (select from trail.owed_erasure
        where since < now() - interval '150 seconds' and not trail.is_held(log)) as owing`,
  })
  return row!.owing
}

/** The first log with erasures owed since before `before`, and no hold on it. */
export async function nextOwingLog(sql: Sql, before: Date): Promise<string | undefined> {
  const row = await sql.first<{ log: string }>({
    name: 'trail.owed.next',
    text: `
      select log from trail.owed_erasure where since < $1 and not trail.is_held(log)
      order by log limit 1`,
    values: [before],
  })
  return row?.log
}

/** Takes subjects off the list: those owed since before `before`, at most `limit`. */
export async function takeOwed(
  sql: Sql,
  log: string,
  before: Date,
  limit: number,
): Promise<number[]> {
  const rows = await sql.rows<{ subject: number }>({
    name: 'trail.owed.take',
    text: `
      delete from trail.owed_erasure where log = $1 and subject in (
        select subject from trail.owed_erasure where log = $1 and since < $2
        order by subject limit $3)
      returning subject`,
    values: [log, before, limit],
  })
  return rows.map(({ subject }) => subject)
}
