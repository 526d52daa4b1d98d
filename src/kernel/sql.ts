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
  /** One key's rows. An act that only reads may be answered together with others of its scope. */
  ofKey<R extends object>(statement: KeyedStatement<R>, key: string): Promise<R[]>
}

export interface Statement {
  /** `<room>.<verb>`; leave it out for statements whose text is built. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/** A statement that only reads, by UUID, and can be asked for several keys as well as for one. */
export interface KeyedStatement<R extends object> {
  readonly name: string
  /** `among` compares with the keys, `$1`: `= $1::uuid` or `= any($1::uuid[])`. */
  readonly text: (among: string) => string
  /** Parameters from `$2` on. */
  readonly values?: readonly (string | number)[]
  /** The key a row answers. */
  readonly keyOf: (row: R) => string
}
