import type { Sql } from '#kernel'

/** What the integrator must know before it does anything. */
export interface Standing {
  readonly waits: boolean
  readonly refused: boolean
  /** Since when the rows are those of a backup, and nobody has said what became of the rest. */
  readonly restoredAt: Date | null
  readonly restoredFrom: string | null
}

export async function readStanding(sql: Sql): Promise<Standing> {
  const row = await sql.first<Standing>({
    name: 'trail.state.standing',
    text: `
      -- The newest first: what was placed is gone from the other end, and walked over there until it is cleared away.
      select (select id from trail.pending order by id desc limit 1) is not null as waits,
        refused_because is not null as refused,
        restored_at as "restoredAt", restored_from as "restoredFrom"
      from trail.state`,
  })
  return row!
}

/** Whether the trail waits for what is missing of it: brought back, or given up. */
export async function isStopped(sql: Sql): Promise<boolean> {
  const row = await sql.first<{ stopped: boolean }>({
    name: 'trail.state.stopped',
    text: 'select refused_because is not null or restored_at is not null as stopped from trail.state',
  })
  return row!.stopped
}

/** The first tree that is smaller than it was signed. */
export async function firstShort(
  sql: Sql,
  signed: readonly { readonly log: string; readonly size: number }[],
): Promise<{ log: string; size: number; signed: number } | undefined> {
  return sql.first({
    name: 'trail.log.short',
    text: `
      select s.log, coalesce(l.size, 0) as size, s.size as signed
      from unnest($1::text[], $2::bigint[]) as s (log, size) left join trail.log l using (log)
      where coalesce(l.size, 0) < s.size order by s.log limit 1`,
    values: [signed.map(({ log }) => log), signed.map(({ size }) => size)],
  })
}

export async function setRestored(sql: Sql, at: Date, from: string, because: string) {
  await sql.run({
    name: 'trail.state.restored',
    text: `
      update trail.state set restored_at = $1, restored_from = $2, refused_at = $1,
        refused_because = $3`,
    values: [at, from, because],
  })
}

export async function clearRestored(sql: Sql): Promise<void> {
  await sql.run({
    name: 'trail.state.settled',
    text: `
      update trail.state set restored_at = null, restored_from = null, refused_at = null,
        refused_because = null`,
  })
}

export async function insertSuccession(sql: Sql, generation: number, at: Date): Promise<void> {
  await sql.run({
    name: 'trail.succession.insert',
    text: 'insert into trail.succession (generation, at) values ($1, $2)',
    values: [generation, at],
  })
}

/** What a succession gave up of one log. */
export interface LostLog {
  readonly log: string
  readonly keptSize: number | null
  readonly lostNote: string | null
}

export async function insertLost(sql: Sql, generation: number, lost: readonly LostLog[]) {
  await sql.run({
    name: 'trail.succession.log',
    text: `
      insert into trail.succession_log (generation, log, kept_size, lost_note)
      select $1, * from unnest($2::text[], $3::bigint[], $4::text[])`,
    values: [
      generation,
      lost.map(({ log }) => log),
      lost.map(({ keptSize }) => keptSize),
      lost.map(({ lostNote }) => lostNote),
    ],
  })
}

export async function lostOf(sql: Sql, generation: number): Promise<LostLog[]> {
  return sql.rows({
    name: 'trail.succession.lost',
    text: `
      select log, kept_size as "keptSize", lost_note as "lostNote" from trail.succession_log
      where generation = $1 order by log`,
    values: [generation],
  })
}

export async function listSuccessions(sql: Sql): Promise<{ generation: number; at: Date }[]> {
  return sql.rows({
    name: 'trail.succession.list',
    text: 'select generation, at from trail.succession order by generation',
  })
}

/** Entries up to this position over all logs have their places. */
export async function readPosition(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.state.reached',
    text: 'select position from trail.state',
  })
  return row!.position
}
