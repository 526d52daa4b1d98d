import { type Act, controllerOf, type Cross, type Sql } from '#kernel'
import { placedIn, setsOf, undoneByRestores } from '#trail'
import { activeController } from '../controllers/acts.ts'
import { numberPast } from '../controllers/number-acts.ts'
import { discrepancyMoved, reasonRequired, unknownDiscrepancy } from '../refusals.ts'
import { type Discrepancy, type LiveRecord, RecordStates, tellingActions } from './record-states.ts'
import {
  deleteDiscrepancies,
  insertDiscrepancies,
  openDiscrepancies,
  type OpenDiscrepancy,
  restrictByOrdinal,
  saveVerified,
  standingAfter,
  standingOf,
} from './store.ts'

/** Entries of a log looked through in one act, and subjects. */
const window = 20_000
const subjectsAtOnce = 2_000
/** Differences named; of more, what is counted. */
const mostNamed = 1_000
/** Looks at a difference again, for as long as somebody keeps changing the record. */
const mostLooks = 20

export interface VerifyStep {
  readonly stage: 'entries' | 'records'
  readonly checked: number
  /** Absent where it is not known beforehand. */
  readonly of?: number
}

export interface RecordReport {
  readonly entries: number
  /** Records and files that stand. */
  readonly records: number
  /** Of those, how many were corrected or restored by a release whose entries do not tell all of that. */
  readonly uncertain: number
  readonly discrepancies: readonly Discrepancy[]
  /** True where there were more than are named. */
  readonly more: boolean
  /** Subjects that were restricted because of what was found. */
  readonly restricted: number
}

/**
 * Holds every record of a controller against what the trail's entries say became of it, in acts that
 * each look at a part. What is changed meanwhile is looked at again, until it stands still.
 *
 * It believes the entries: whether they are all there, and unchanged, is `verifyTrail`'s to say.
 */
export class RecordVerification {
  readonly #controllerId: string
  #states: RecordStates | undefined
  #size = 0
  #subject: number | undefined = 0
  #records = 0
  readonly #suspects = new Map<string, Discrepancy>()
  #more = false

  constructor(controllerId: string) {
    this.#controllerId = controllerId
  }

  /** Goes on. @returns undefined when all was looked at. */
  async step(sql: Sql): Promise<VerifyStep | undefined> {
    if (this.#states === undefined) {
      this.#states = new RecordStates(await undoneByRestores(sql))
      this.#size = await placedIn(sql, this.#controllerId)
    }
    const states = this.#states
    if (this.#subject === 0 && states.next < this.#size) {
      await this.#take(sql, Math.min(states.next + window, this.#size))
      return { stage: 'entries', checked: states.next, of: this.#size }
    }
    if (this.#subject === 0) await this.#take(sql)
    if (this.#subject === undefined) return undefined
    const { rows, last } = await standingAfter(
      sql,
      this.#controllerId,
      this.#subject,
      subjectsAtOnce,
    )
    this.#records += rows.length
    this.#subject = last
    const different = rows.filter((row) => states.differenceOf(row) !== undefined)
    // Most were written since the entries were read.
    if (different.length > 0 || last === undefined) await this.#take(sql)
    for (const row of different) this.#suspect(states.differenceOf(row))
    if (last !== undefined) return { stage: 'records', checked: this.#records }
    for (const missing of states.unseen()) if (!this.#suspect(missing)) break
    await this.#lookAgain(sql, states)
    return undefined
  }

  async #take(sql: Sql, until?: number): Promise<void> {
    const states = this.#states!
    const span = { from: states.next, ...(until === undefined ? {} : { until }) }
    states.take(await setsOf(sql, this.#controllerId, tellingActions, span), until)
  }

  /** @returns whether there is room for more. */
  #suspect(difference: Discrepancy | undefined): boolean {
    if (difference === undefined) return true
    if (this.#suspects.size < mostNamed) this.#suspects.set(nameOf(difference), difference)
    else this.#more = true
    return !this.#more
  }

  /**
   * Whoever changes a record commits the row and its entry together, but rows and entries are read one
   * after the other. A row that is the same before and after the entries were read had no change between.
   */
  async #lookAgain(sql: Sql, states: RecordStates): Promise<void> {
    let open = new Map(this.#suspects)
    for (let looks = 0; open.size > 0 && looks < mostLooks; looks += 1) {
      const subjects = [...new Set([...open.values()].map(({ subject }) => subject))]
      const before = new Set((await this.#rowsOf(sql, subjects)).map(rowName))
      await this.#take(sql)
      const rows = await this.#rowsOf(sql, subjects)
      const standing = new Map(rows.map((row) => [nameOf(row), row]))
      const moving = new Map<string, Discrepancy>()
      for (const [name, suspect] of open) {
        const row = standing.get(name)
        const now = row ? states.differenceOf(row) : missingStill(states, suspect, rows)
        if (row !== undefined && !before.has(rowName(row))) moving.set(name, suspect)
        else if (now === undefined) this.#suspects.delete(name)
        else this.#suspects.set(name, now)
      }
      open = moving
    }
    // What never stood still is no finding.
    for (const name of open.keys()) this.#suspects.delete(name)
  }

  #rowsOf(sql: Sql, subjects: readonly number[]): Promise<LiveRecord[]> {
    return standingOf(sql, this.#controllerId, subjects)
  }

  /** What was found. @throws {TypeError} before its end. */
  get found(): Omit<RecordReport, 'restricted'> {
    if (this.#states === undefined || this.#subject !== undefined)
      throw new TypeError('the verification is not at its end')
    return {
      entries: this.#states.entries,
      records: this.#records,
      uncertain: this.#states.uncertain,
      discrepancies: [...this.#suspects.values()].sort((a, b) => a.record - b.record),
      more: this.#more,
    }
  }

  /** The greatest numbers that the entries name. */
  get greatest(): { readonly subject: number; readonly record: number } {
    return this.#states?.greatest ?? { subject: 0, record: 0 }
  }
}

const nameOf = ({ record, subject, category }: Omit<Discrepancy, 'kind' | 'told' | 'found'>) =>
  `${record} ${subject} ${category}`
const rowName = (row: LiveRecord) => `${nameOf(row)} ${row.version}`

function missingStill(
  states: RecordStates,
  { record }: Discrepancy,
  rows: readonly LiveRecord[],
): Discrepancy | undefined {
  return rows.some((row) => row.record === record) ? undefined : states.missingOf(record)
}

/**
 * Writes down how a verification ended. A subject of whom something is wrong is restricted until a person
 * has looked: data known not to be what was last stored is neither read nor changed. Counters that fell behind
 * the numbers in the entries, by whatever way the rows became older, go on past them.
 */
async function keepVerified(act: Act, verification: RecordVerification) {
  const controllerId = controllerOf(act)
  const { found } = verification
  await numberPast(act, verification.greatest)
  const { entries, records, uncertain, discrepancies } = found
  const open = await openDiscrepancies(act.sql, controllerId)
  const before = new Set(open.map(nameOf))
  const isNew = discrepancies.filter((one) => !before.has(nameOf(one)))
  await deleteDiscrepancies(
    act.sql,
    controllerId,
    [...open, ...discrepancies].map(({ record }) => record),
  )
  const since = new Map(open.map((one) => [nameOf(one), one.foundAt]))
  for (const [foundAt, those] of Map.groupBy(
    discrepancies,
    (one) => since.get(nameOf(one)) ?? act.now,
  ))
    await insertDiscrepancies(act.sql, controllerId, foundAt, those)
  const restricted = await restrictByOrdinal(
    act.sql,
    controllerId,
    isNew.filter(({ kind }) => kind !== 'missing').map(({ subject }) => subject),
  )
  await saveVerified(act.sql, { controllerId, verifiedAt: act.now, entries, records, uncertain })
  act.tell({ entries, records, uncertain, discrepancies: discrepancies.slice(0, 20), restricted })
  return { ...found, restricted: restricted.length }
}

/** Holds all records of the crossing's controller against the trail, and writes down what is wrong. */
export async function* verifyRecords(
  cross: Cross,
  controllerId: string,
): AsyncGenerator<VerifyStep, RecordReport> {
  const verification = new RecordVerification(controllerId)
  for (;;) {
    const step = await cross(async (act) => {
      await activeController(act)
      return verification.step(act.sql)
    }, 'read')
    if (step === undefined) break
    yield step
  }
  return cross((act) => keepVerified(act, verification))
}

export async function listDiscrepancies(act: Act): Promise<readonly OpenDiscrepancy[]> {
  await activeController(act)
  return openDiscrepancies(act.sql, controllerOf(act))
}

/**
 * Takes a record as it stands, though its entries say something else: the entry of this says so to everybody
 * who walks the log. The subject stays restricted; that is lifted by itself.
 *
 * @throws {Refusal} `vault.unknown-discrepancy`, `vault.discrepancy-moved`, `vault.reason-required`.
 */
export async function settleDiscrepancy(act: Act, record: number): Promise<OpenDiscrepancy> {
  if (act.reason === undefined) throw reasonRequired()
  await activeController(act)
  const controllerId = controllerOf(act)
  const open = (await openDiscrepancies(act.sql, controllerId)).filter((d) => d.record === record)
  const [one, ...others] = open
  if (one === undefined) throw unknownDiscrepancy()
  const rows = (await standingOf(act.sql, controllerId, [one.subject])).filter(
    (row) => row.record === record,
  )
  const found = rows.map((row) => row.version ?? 1)[0] ?? 0
  if (others.length > 0 || rows.length > 1 || found !== one.found) throw discrepancyMoved()
  const { subject, category } = one
  act.declare({ settles: { record, subject, category, version: found } })
  act.concern(subject)
  act.tell({ settled: { record, kind: one.kind, told: one.told, found } })
  await deleteDiscrepancies(act.sql, controllerId, [record])
  return one
}
