import type { Sql } from '#kernel'
import { Erasures, type StatingEntry } from '../erasure/erasures.ts'
import { statingEntries } from './store.ts'

/** Before every id. */
const nothing = '00000000-0000-0000-0000-000000000000'

/** Some of what entries of a log have stated, and where the next begin. */
export interface StatementPage {
  readonly count: number
  readonly lines: Buffer
  /** To be read from on; undefined at the end. */
  readonly after: string | undefined
}

/**
 * What entries of a log have stated, as NDJSON (index, entryId, statement; the SHA-256 of a statement stands
 * in that entry's leaf as `stm`), some at a time: a log may hold more of them than memory does. In the
 * order in which they happened; those without a place are left out.
 */
export async function statementPage(
  sql: Sql,
  log: string,
  after = nothing,
): Promise<StatementPage> {
  const entries = await statingEntries(sql, log, after)
  const lines = entries
    .filter(({ index }) => index !== null)
    .map(({ index, entryId, statement }) =>
      JSON.stringify({ index, entryId, statement: statement.toString('utf8') }),
    )
  return {
    count: lines.length,
    lines: Buffer.from(lines.map((line) => `${line}\n`).join('')),
    after: entries.at(-1)?.entryId,
  }
}

/** All pages of a log, each read when it is asked for. */
export async function* readStatements(sql: Sql, log: string): AsyncGenerator<Buffer> {
  for (let page = await statementPage(sql, log); page.after !== undefined;) {
    yield page.lines
    page = await statementPage(sql, log, page.after)
  }
}

/** What entries of a log have erased. */
export async function erasuresOf(sql: Sql, log: string): Promise<Erasures> {
  const erasures = new Erasures()
  let entries: StatingEntry[] = []
  do {
    entries = await statingEntries(sql, log, entries.at(-1)?.entryId ?? nothing)
    erasures.add(entries)
  } while (entries.length > 0)
  return erasures
}
