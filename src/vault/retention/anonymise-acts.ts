import { type Act, controllerOf, Sealed } from '#kernel'
import { openRecord, subjectKeys } from '#keys'
import { activeController } from '../controllers/acts.ts'
import { type AnonymiseRule, type Category, categoryNamed } from '../controllers/contract.ts'
import { eraseWithoutRecords, touchAll } from '../erasure/acts.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { demandGranted } from '../records/access.ts'
import {
  contractMoved,
  kNotReached,
  noAnonymiseRule,
  recordMoved,
  unknownCategory,
} from '../refusals.ts'
import { lockSubjects } from '../subjects/store.ts'
import { recordContext } from '../subjects/subject.ts'
import { type Group, groupsOf, type Remains, remainsOf } from './anonymise.ts'
import { addRemains, deleteExactly, overRecords, remainsOfController } from './remains-store.ts'

/** So many records one run takes; whether more are due is said. */
const mostAtOnce = 5_000

/** Records whose time is over, as what would remain of each. */
export interface Over {
  readonly version: number
  readonly records: readonly {
    readonly subjectId: string
    readonly ordinal: number
    readonly version: number
    readonly remains: Remains
  }[]
  readonly more: boolean
}

/** What anonymising comes to. */
export interface Outcome {
  readonly category: string
  readonly k: number
  /** Records whose time is over that were looked at. */
  readonly records: number
  /** Of those, how many are counted in what remains, and how many leave nothing. */
  readonly kept: number
  readonly dropped: number
  /** Combinations alike enough, and those that are not. */
  readonly groups: number
  readonly tooFew: number
  /** The smallest combination, with what remains already; 0 where there is none. */
  readonly smallest: number
  readonly more: boolean
}

function ruled(act: Act, category: Category | undefined): Category & { anonymise: AnonymiseRule } {
  if (category === undefined) throw unknownCategory()
  demandGranted(act, category.name)
  if (category.anonymise === null) throw noAnonymiseRule()
  return { ...category, anonymise: category.anonymise }
}

/**
 * Opens records whose time is over, and makes of each what the contract lets remain. Who they were
 * does not come out.
 *
 * @throws {Refusal} `vault.unknown-category`, `vault.no-anonymise-rule`.
 */
export async function overOf(act: Act, name: string): Promise<Sealed<Over>> {
  const controller = await activeController(act)
  const { controllerId, version } = controller
  const { bit, anonymise } = ruled(act, categoryNamed(controller, name))
  const wanted = { controllerId, category: bit, now: act.now, limit: mostAtOnce + 1 }
  const found = await overRecords(act.sql, wanted)
  const records = found.slice(0, mostAtOnce)
  const keys = await subjectKeys(act, [...new Set(records.map(({ subjectId }) => subjectId))])
  act.tell({ category: name, over: records.length })
  return new Sealed((receipt) => ({
    version,
    more: found.length > mostAtOnce,
    records: records.map(({ sealed, ...record }) => {
      const key = keys.get(record.subjectId)!
      const text = openRecord(receipt, key, recordContext(record), sealed).toString()
      const values = JSON.parse(text) as Record<string, FieldValue>
      const { subjectId, ordinal, version } = record
      return { subjectId, ordinal, version, remains: remainsOf(anonymise, values) }
    }),
  }))
}

/** What anonymising these records would come to, with what remains already. */
export async function weigh(
  act: Act,
  name: string,
  { records, version, more }: Over,
): Promise<Outcome & { readonly enough: readonly Group[] }> {
  const controller = await activeController(act)
  if (controller.version !== version) throw contractMoved()
  const { bit, anonymise } = ruled(act, categoryNamed(controller, name))
  const already = new Map(
    (await remainsOfController(act.sql, controller.controllerId))
      .filter((row) => row.category === bit && row.version === version)
      .map(({ kept, count }) => [nameOf(kept), count]),
  )
  const groups = groupsOf(records.map(({ remains }) => remains))
  const sizes = groups.map(({ remains, count }) => count + (already.get(nameOf(remains)) ?? 0))
  const enough = groups.filter((_, i) => sizes[i]! >= anonymise.k)
  const kept = enough.reduce((sum, { count }) => sum + count, 0)
  return {
    category: name,
    k: anonymise.k,
    records: records.length,
    kept,
    dropped: records.length - kept,
    groups: enough.length,
    tooFew: groups.length - enough.length,
    smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
    more,
    enough,
  }
}

/** PostgreSQL gives the names of an object back in an order of its own. */
const nameOf = (kept: Remains) =>
  JSON.stringify(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)))

/**
 * Counts what may remain, and erases the records and with their last one the subjects, in one act.
 *
 * @param drop - lets combinations of too few leave nothing; without it they keep all from happening.
 * @throws {Refusal} `vault.k-not-reached`, `vault.record-moved`, `vault.contract-moved`.
 */
export async function anonymise(
  act: Act,
  name: string,
  over: Over,
  drop: boolean,
): Promise<Outcome> {
  const { enough, ...outcome } = await weigh(act, name, over)
  if (outcome.tooFew > 0 && !drop) throw kNotReached({ ...outcome })
  const controller = await activeController(act)
  const { controllerId, version } = controller
  const { bit } = categoryNamed(controller, name)!
  const ids = over.records.map(({ subjectId }) => subjectId)
  const subjects = await lockSubjects(act.sql, controllerId, ids)
  if (subjects.some(({ held }) => held)) throw recordMoved()
  const gone = await deleteExactly(act.sql, controllerId, bit, over.records)
  if (gone.length < over.records.length) throw recordMoved()
  if (enough.length > 0)
    await addRemains(act.sql, { controllerId, category: bit, version }, act.now, enough)
  touchAll(
    act,
    subjects,
    over.records.map(({ subjectId, ordinal }) => ({ subjectId, ordinal, category: bit })),
  )
  await eraseWithoutRecords(act, subjects)
  act.tell({ anonymised: { ...outcome, controllerId: controllerOf(act) } })
  return outcome
}
