import type { Sql } from '#kernel'
import type { PayloadEntry, SequencedEntry } from './entry.ts'

export const columns = `
  s.position, s.log, s.idx as index, e.id as "entryId", e.at, e.actor_kind as "actorKind",
  e.actor_id as "actorId", e.session_id as "sessionId", e.credential_id as "credentialId",
  e.controller_id as "controllerId", e.action, e.outcome, e.code, e.purpose,
  e.grant_id as "grantId", e.subjects, e.records, e.categories, e.touched, e.statement,
  e.source_key as "sourceKey"`

/**
 * The entry `e` of a place `s`, by its id; the limit keeps PostgreSQL from finding it any other way. Left
 * to itself it reads the whole table for a few hundred places, wherever it believes that the table is
 * small or the places are many, as it does of one that grows.
 */
export const itsEntry = 'lateral (select * from trail.entry where id = s.id limit 1) e'

/** Position of the newest integrated entry; 0 before the first. */
export async function headPosition(sql: Sql): Promise<number> {
  const row = await sql.first<{ position: number }>({
    name: 'trail.state.position.read',
    text: 'select position from trail.state',
  })
  return row!.position
}

/** Entries after a position, in the order of integration over all logs. */
export async function entriesFrom(
  sql: Sql,
  afterPosition: number,
  limit: number,
): Promise<SequencedEntry[]> {
  return sql.rows({
    name: 'trail.entry.from',
    text: `
      select ${columns}
      from trail.sequence s cross join ${itsEntry}
      where s.position > $1 order by s.position limit $2`,
    values: [afterPosition, limit],
  })
}

/** Whose entries, or from where. Everything given must match, and something must be given. */
export interface Suspect {
  readonly credentialId?: string
  readonly sessionId?: string
  readonly actorId?: string
  readonly sourceKey?: Buffer
}

/** An entry that may still wait for its place. */
export interface WindowEntry extends Omit<SequencedEntry, 'position' | 'index'> {
  readonly position: number | null
  readonly index: number | null
}

/** Entries read at once: of a thief who reads all night there are too many to hold, or to wait for. */
const pageLength = 1000

/**
 * A suspect's entries in `[from, until)`, oldest first, with their exact sets; also those that are
 * committed and not integrated yet, so that no act is missed. They come in pages, between which others
 * have their turn; what commits meanwhile, before the page that is read, is not among them.
 *
 * @throws {TypeError} when nothing of the suspect is known.
 */
export async function* entriesOf(
  sql: Sql,
  {
    credentialId,
    sessionId,
    actorId,
    sourceKey,
    from,
    until,
  }: Suspect & {
    readonly from: Date
    readonly until: Date
  },
): AsyncGenerator<WindowEntry[]> {
  const known = [
    ['credential_id', credentialId],
    ['session_id', sessionId],
    ['actor_id', actorId],
    ['source_key', sourceKey],
  ] as const
  const given = known.filter(([, value]) => value !== undefined)
  if (given.length === 0) throw new TypeError('a suspect must be known by something')
  let last: WindowEntry | undefined
  do {
    const page: WindowEntry[] = await sql.rows({
      // Unnamed: planned for this suspect, who may be one of many or nearly everybody.
      text: `
        select ${columns.replace('s.log', 'e.log')}
        from (
          select * from trail.entry e
          where e.at >= $1 and e.at < $2 and (e.at, e.id) > ($1, $3::uuid)
            ${given.map(([column], i) => `and e.${column} = $${i + 4}`).join(' ')}
          order by e.at, e.id limit ${pageLength}
        ) e left join trail.sequence s using (id)
        order by e.at, e.id`,
      values: [
        last?.at ?? from,
        until,
        last?.entryId ?? '00000000-0000-0000-0000-000000000000',
        ...given.map(([, value]) => value),
      ],
    })
    yield page
    last = page.length < pageLength ? undefined : page.at(-1)
  } while (last !== undefined)
}

export async function findEntry(sql: Sql, entryId: string): Promise<PayloadEntry | undefined> {
  return sql.first({
    name: 'trail.entry.find',
    text: `
      select ${columns}, e.body, e.leaf, p.sealed as payload
      from trail.sequence s join trail.entry e using (id)
        left join trail.payload p on p.entry_id = e.id
      where s.id = $1`,
    values: [entryId],
  })
}

/** Whether an entry is committed and waits for its place. */
export async function isPending(sql: Sql, entryId: string): Promise<boolean> {
  const row = await sql.first<{ waits: boolean }>({
    name: 'trail.pending.one',
    text: 'select exists (select from trail.pending where id = $1) as waits',
    values: [entryId],
  })
  return row!.waits
}

/** Bodies of the entries `[start, end)` of a log, in order. */
export async function bodiesOf(
  sql: Sql,
  log: string,
  start: number,
  end: number,
): Promise<Buffer[]> {
  const rows = await sql.rows<{ body: Buffer }>({
    name: 'trail.entry.bodies',
    text: `
      select e.body from trail.sequence s cross join ${itsEntry}
      where s.log = $1 and s.idx >= $2 and s.idx < $3 order by s.idx`,
    values: [log, start, end],
  })
  return rows.map(({ body }) => body)
}
