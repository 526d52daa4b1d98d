import type { KeyedStatement, Sql, Statement } from '#kernel'

/**
 * A keyed statement for these keys. For a list PostgreSQL reckons with ten elements, so that it never
 * finds a kept plan good enough and plans each call anew; one key is therefore asked for as one.
 */
export function statementFor<R extends object>(
  { name, text, values = [] }: KeyedStatement<R>,
  keys: readonly string[],
): Statement {
  const [only] = keys
  return keys.length === 1
    ? { name: `${name}.one`, text: text('= $1::uuid'), values: [only, ...values] }
    : { name: `${name}.many`, text: text('= any($1::uuid[])'), values: [keys, ...values] }
}

/** Rows of all these keys; for a single one, together with whoever else asks the like. */
export function ofKeys<R extends object>(
  sql: Sql,
  statement: KeyedStatement<R>,
  keys: readonly string[],
): Promise<R[]> {
  const [only] = keys
  return keys.length === 1 && only !== undefined
    ? sql.ofKey(statement, only)
    : sql.rows(statementFor(statement, keys))
}
