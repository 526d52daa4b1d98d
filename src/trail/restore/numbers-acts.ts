import type { Act, Sql } from '#kernel'
import type { JournalEntry } from './journal-store.ts'
import { numbersTaken } from '../refusals.ts'
import { setsBehind, waitingStatements } from '../entries/set-store.ts'
import { parseStatement } from '../entries/statement.ts'
import { unpackTouched } from '../entries/touched.ts'

/** Numbers within one log: of a subject, and of a record. */
export interface Numbers {
  readonly subject: number
  readonly record: number
}

const none: Numbers = { subject: 0, record: 0 }
const window = 10_000

/** The greatest numbers named in these sets; 0 where there are none. */
function greatestOf(sets: readonly (Buffer | null)[], from: Numbers = none): Numbers {
  let { subject, record } = from
  for (const set of sets)
    for (const touch of set === null ? [] : unpackTouched(set)) {
      if (touch.subject > subject) subject = touch.subject
      if (touch.record > record) record = touch.record
    }
  return { subject, record }
}

/** The greatest numbers that entries of a log name behind a position over all logs. */
export async function greatestNamed(sql: Sql, log: string, position: number): Promise<Numbers> {
  let greatest = none
  for (let after: number | undefined = position; after !== undefined;) {
    const rows = await setsBehind(sql, log, after, window)
    greatest = greatestOf(
      rows.map(({ touched }) => touched),
      greatest,
    )
    after = rows.length === window ? rows.at(-1)!.position : undefined
  }
  return greatest
}

/**
 * Refuses entries that name a number which was given anew after the restore: of two people one would be
 * counted as the other for ever. What waits for its place was written after the restore, and says
 * there from which number on. Call it when what is brought back waits no more.
 *
 * @throws {Refusal} `trail.numbers-taken`.
 */
export async function demandFreeNumbers(act: Act, rows: readonly JournalEntry[]): Promise<void> {
  const byLog = Map.groupBy(rows, ({ log }) => log)
  for (const { log, statement } of await waitingStatements(act.sql, [...byLog.keys()])) {
    const { numbers } = parseStatement(statement)
    if (numbers === undefined) continue
    const { subject, record } = greatestOf(byLog.get(log)!.map(({ touched }) => touched))
    if (subject >= numbers.subject || record >= numbers.record) throw numbersTaken(log)
  }
}
