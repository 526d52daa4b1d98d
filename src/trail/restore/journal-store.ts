import type { Sql } from '#kernel'
import type { StoredCheckpoint } from '../tree/checkpoint-store.ts'
import type { NewEntry } from '../entries/store.ts'
import type { PayloadEntry } from '../entries/entry.ts'
import { columns, itsEntry } from '../entries/read-store.ts'

/** A row of the journal: an entry at its place, with everything that lies beside it. */
export interface JournalEntry extends Omit<PayloadEntry, 'controllerId'> {
  readonly subject: number | null
}

/** Entries after a position, in order, with their payloads. */
export async function journalEntries(
  sql: Sql,
  after: number,
  limit: number,
): Promise<JournalEntry[]> {
  return sql.rows({
    name: 'trail.journal.entries',
    text: `
      select ${columns}, e.body, e.leaf, p.sealed as payload, p.subject
      from trail.sequence s cross join ${itsEntry}
        left join trail.payload p on p.entry_id = e.id
      where s.position > $1 order by s.position limit $2`,
    values: [after, limit],
  })
}

/** Checkpoints that are leaves of the root tree, from a leaf on. */
export async function journalCheckpoints(
  sql: Sql,
  from: number,
  limit: number,
): Promise<StoredCheckpoint[]> {
  return sql.rows({
    name: 'trail.journal.checkpoints',
    text: `
      select log, size, root, at, note, root_index as "rootIndex", generation from trail.checkpoint
      where root_index >= $1 order by root_index limit $2`,
    values: [from, limit],
  })
}

/** How much of the journal lies in a place. */
export interface Copied {
  readonly place: string
  /** Entries up to this position. */
  readonly position: number
  /** Leaves of the root tree before this one. */
  readonly rootIndex: number
  /** When something was last put there. */
  readonly at: Date
  /** When what is over was last removed. */
  readonly sweptAt: Date
  readonly failedAt: Date | null
  readonly problem: string | null
}

const copiedColumns = `place, position, root_index as "rootIndex", at, swept_at as "sweptAt",
  failed_at as "failedAt", problem`

export async function copiedTo(sql: Sql, place: string, now: Date): Promise<Copied> {
  await sql.run({
    name: 'trail.copied.begin',
    text: `insert into trail.copied (place, at, swept_at) values ($1, $2, $2) on conflict do nothing`,
    values: [place, now],
  })
  return (await sql.first({
    name: 'trail.copied.find',
    text: `select ${copiedColumns} from trail.copied where place = $1`,
    values: [place],
  }))!
}

export async function allCopied(sql: Sql): Promise<Copied[]> {
  return sql.rows({
    name: 'trail.copied.all',
    text: `select ${copiedColumns} from trail.copied order by place`,
  })
}

/** Notes how far the copies have come; what had failed is over. */
export async function saveCopied(
  sql: Sql,
  { place, position, rootIndex, at, sweptAt }: Omit<Copied, 'failedAt' | 'problem'>,
): Promise<void> {
  await sql.run({
    name: 'trail.copied.save',
    text: `
      update trail.copied set position = $2, root_index = $3, at = $4, swept_at = $5,
        failed_at = null, problem = null
      where place = $1`,
    values: [place, position, rootIndex, at, sweptAt],
  })
}

/** Notes that a place does not take copies; the first instant stays. */
export async function saveCopyProblem(
  sql: Sql,
  place: string,
  now: Date,
  problem: string,
): Promise<void> {
  await sql.run({
    name: 'trail.copied.problem',
    text: `
      update trail.copied set failed_at = coalesce(failed_at, $2), problem = $3 where place = $1`,
    values: [place, now, problem],
  })
}

/** Ids among these that are there already with another leaf. */
export async function otherLeaves(
  sql: Sql,
  entries: readonly Pick<NewEntry, 'entryId' | 'leaf'>[],
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'trail.refill.others',
    text: `
      select id from unnest($1::uuid[], $2::bytea[]) as told (id, leaf)
      join trail.entry e using (id) where e.leaf <> told.leaf`,
    values: [entries.map((e) => e.entryId), entries.map((e) => e.leaf)],
  })
  return rows.map(({ id }) => id)
}

/** The ids among these that are in the database already: in the queue, when the backup was made. */
export async function knownEntries(sql: Sql, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql.rows<{ id: string }>({
    name: 'trail.refill.known',
    text: 'select id from trail.entry where id = any ($1::uuid[])',
    values: [ids],
  })
  return new Set(rows.map(({ id }) => id))
}

/** Takes entries out of the queue. */
export async function unqueue(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.run({
    name: 'trail.refill.unqueue',
    text: 'delete from trail.pending where id = any ($1::uuid[])',
    values: [ids],
  })
}
