import { type Act, Sealed } from '#kernel'
import { openRecord, subjectKeys } from '#keys'
import { activeController } from '../controllers/acts.ts'
import { type AnonymiseRule, categoryNamed } from '../controllers/contract.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { demandGranted } from '../records/access.ts'
import { reasonRequired, unknownCategory } from '../refusals.ts'
import { recordContext } from '../subjects/subject.ts'
import { type Group, groupsOf, readRule, remainsOf, ruleSentence } from './anonymise.ts'
import { someRecords } from './remains-store.ts'

const most = 5_000
/** Combinations that are shown, the most frequent first. */
const shown = 20

/** What a rule would leave of the records there are. */
export interface RulePreview {
  readonly category: string
  readonly sentence: string
  readonly k: number
  readonly records: number
  /** Whether there are more than were looked at. */
  readonly more: boolean
  readonly kept: number
  readonly dropped: number
  readonly groups: number
  readonly tooFew: number
  /** Only combinations that reach the rule's k. */
  readonly examples: readonly Group[]
}

/**
 * Tries a rule on the newest records of a category, before anybody agrees to it. What comes out are
 * counts, and combinations that stand for at least k records; nothing is changed.
 *
 * @throws {Refusal} `vault.anonymise-malformed`, `vault.unknown-category`, `vault.reason-required`,
 *   and the permission's own code.
 */
export async function previewRule(
  act: Act,
  name: string,
  wanted: AnonymiseRule,
): Promise<Sealed<RulePreview>> {
  if (act.reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  const category = categoryNamed(controller, name)
  if (category === undefined) throw unknownCategory()
  demandGranted(act, name)
  const rule = readRule(wanted, name, category.fields)
  const { controllerId } = controller
  const found = await someRecords(act.sql, {
    controllerId,
    category: category.bit,
    now: act.now,
    limit: most + 1,
  })
  const records = found.slice(0, most)
  const keys = await subjectKeys(act, [...new Set(records.map(({ subjectId }) => subjectId))])
  act.tell({ category: name, rule, looked: records.length })
  return new Sealed((receipt) => {
    const remains = records.map(({ sealed, ...record }) => {
      const key = keys.get(record.subjectId)!
      const text = openRecord(receipt, key, recordContext(record), sealed).toString()
      return remainsOf(rule, JSON.parse(text) as Record<string, FieldValue>)
    })
    const groups = groupsOf(remains)
    const enough = groups.filter(({ count }) => count >= rule.k)
    const kept = enough.reduce((sum, { count }) => sum + count, 0)
    return {
      category: name,
      sentence: ruleSentence({ name, anonymise: rule }),
      k: rule.k,
      records: records.length,
      more: found.length > most,
      kept,
      dropped: records.length - kept,
      groups: enough.length,
      tooFew: groups.length - enough.length,
      examples: enough.slice(0, shown),
    }
  })
}
