/**
 * An open database transaction (or a pool, outside of one), as acts and stores see it.
 *
 * Statements are plain SQL with `$1` parameters. Rows come back as `ground` parses them:
 * `timestamptz` as Date, `int8` as number, `bytea` as Buffer, `jsonb` parsed.
 */
export interface Sql {
  /** Runs one statement and returns its rows. A name makes it a prepared statement: unique per text. */
  rows<R extends object>(statement: Statement): Promise<R[]>
  /** As {@link rows}, and the first row or undefined. */
  first<R extends object>(statement: Statement): Promise<R | undefined>
  /** Runs one statement and returns how many rows it changed. */
  run(statement: Statement): Promise<number>
}

export interface Statement {
  /** `<room>.<verb>`; leave it out for statements whose text is built. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}
