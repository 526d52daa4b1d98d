import type { KeyedStatement, Statement } from '#kernel'
import { Gather } from './gather.ts'
import { statementFor } from './keyed.ts'

interface Asked {
  readonly statement: KeyedStatement<object>
  readonly key: string
}

/** Rows of each statement, in one read-only transaction that sees one scope. */
export type ReadAtOnce = (scope: string, statements: readonly Statement[]) => Promise<object[][]>

/**
 * Reads by key that arrive together leave together: those of one scope share a transaction, and
 * those of one statement a list of keys. Whoever asks gets the rows of its own key only.
 */
export class SharedReads {
  readonly #readAtOnce: ReadAtOnce
  readonly #scopes = new Map<string, Gather<Asked, object[]>>()

  constructor(readAtOnce: ReadAtOnce) {
    this.#readAtOnce = readAtOnce
  }

  async ofKey<R extends object>(
    scope: string,
    statement: KeyedStatement<R>,
    key: string,
  ): Promise<R[]> {
    let gather = this.#scopes.get(scope)
    if (gather === undefined) {
      gather = new Gather((asked) => this.#together(scope, asked), mostAtOnce)
      this.#scopes.set(scope, gather)
    }
    try {
      return (await gather.add({ statement: statement as KeyedStatement<object>, key })) as R[]
    } finally {
      if (gather.idle) this.#scopes.delete(scope)
    }
  }

  async #together(
    scope: string,
    asked: readonly Asked[],
  ): Promise<(object[] | Promise<object[]>)[]> {
    try {
      return await this.#answers(scope, asked)
    } catch (error) {
      if (asked.length === 1) throw error
      // What one of them asked may be what failed: nobody pays for another.
      return asked.map(async (one) => (await this.#answers(scope, [one]))[0]!)
    }
  }

  async #answers(scope: string, asked: readonly Asked[]): Promise<object[][]> {
    const groups = Map.groupBy(asked, ({ statement }) => likeness(statement))
    const statements = [...groups.values()].map((group) =>
      statementFor(group[0]!.statement, [...new Set(group.map(({ key }) => key))]),
    )
    const found = await this.#readAtOnce(scope, statements)
    const byLikeness = new Map(
      [...groups].map(([name, [first]], i) => [
        name,
        Map.groupBy(found[i]!, (row) => first!.statement.keyOf(row)),
      ]),
    )
    return asked.map(({ statement, key }) => byLikeness.get(likeness(statement))!.get(key) ?? [])
  }
}

/** Statements and keys of one transaction, together. */
const mostAtOnce = 512

const likeness = ({ name, values = [] }: KeyedStatement<object>) => [name, ...values].join('\0')
