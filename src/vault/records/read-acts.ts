import { Kept } from '#ground'
import { type Act, controllerOf, Sealed } from '#kernel'
import { openRecord, type SubjectKey, subjectKeys } from '#keys'
import { activeController } from '../controllers/acts.ts'
import type { Category, Controller } from '../controllers/contract.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { mask } from '../fields/mask.ts'
import { subjectErased, subjectRestricted, tooManySubjects, unknownSubject } from '../refusals.ts'
import { listAfter, subjectsById } from '../subjects/store.ts'
import {
  identifierContext,
  type ListedSubject,
  type OpenRecord,
  type OpenSubject,
  recordContext,
  type SealedRecord,
  type Subject,
} from '../subjects/subject.ts'
import { type Sight, sightOf, whyNot } from './access.ts'
import { liveRecords } from './store.ts'

/** How many subjects one act may read. */
const mostSubjects = 1000

/**
 * Reads subjects with their records of these categories, or of all that the purpose covers and the
 * grants allow. Masked, unless `vault.record.reveal` is granted for the category. A record past its
 * time is not given out, whether or not it has been erased already.
 *
 * @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`, `vault.subject-restricted` if
 *   one of them is; `vault.purpose-not-agreed`, `vault.category-outside-purpose` and their like.
 */
export async function readSubjects(
  act: Act,
  subjectIds: readonly string[],
  categories?: readonly string[],
): Promise<Sealed<OpenSubject[]>> {
  const ids = [...new Set(subjectIds)]
  if (ids.length > mostSubjects) throw tooManySubjects(mostSubjects)
  const question = ids.length === 1 ? asked(act, categories) : undefined
  const early = question === undefined ? undefined : takeEarly(act, ids, question)
  const [controller, subjects] = await Promise.all([
    activeController(act),
    subjectsById(act.sql, controllerOf(act), ids),
  ])
  const sight = sightOf(act, controller, categories)
  demandReadable(act, controller, subjects, ids.length)
  const bits = bitsOf(sight)
  const taken = early?.bits.join() === bits.join() ? early.taken : take(act, ids, bits)
  if (question !== undefined) likelyBits.set(question, bits, act.now)
  return sealed(act, subjects, sight, await taken)
}

/** The categories that the same question was last answered with, by {@link asked}. */
const likelyBits = new Kept<readonly number[]>(1000, 600_000)
const asked = ({ scope, purpose, actor }: Act, categories: readonly string[] | undefined) =>
  JSON.stringify([scope, purpose, actor.id, categories])

/**
 * What one subject's read will most likely need, asked for along with what decides it: one way to the
 * database instead of two. Where the contract or the rights have changed it is let lie, unopened.
 */
function takeEarly(act: Act, ids: readonly string[], question: string) {
  const bits = likelyBits.get(question, act.now)
  if (bits === undefined) return undefined
  const taken = take(act, ids, bits)
  // Whoever uses it hears of its failure; whoever is refused for another reason need not.
  taken.catch(() => {})
  return { bits, taken }
}

/**
 * Demands that all of the subjects asked for stand, and that neither a restriction nor what they
 * said themselves keeps them from being read.
 *
 * @throws {Refusal} `vault.unknown-subject`, `vault.subject-erased`, `vault.subject-restricted`,
 *   `vault.consent-missing`, `vault.purpose-objected`.
 */
export function demandReadable(
  act: Act,
  controller: Controller,
  subjects: readonly Subject[],
  wanted: number,
): void {
  if (subjects.length < wanted) throw unknownSubject()
  if (subjects.some(({ erasedAt }) => erasedAt !== null)) throw subjectErased()
  if (subjects.some(({ restricted }) => restricted)) throw subjectRestricted()
  for (const subject of subjects) {
    const refusal = whyNot(act, controller, subject)
    if (refusal !== undefined) throw refusal
  }
}

interface Taken {
  readonly keys: ReadonlyMap<string, SubjectKey>
  readonly records: readonly SealedRecord[]
}

/** Subjects' keys, and their live records of these categories, from the tables. */
async function take(act: Act, ids: readonly string[], bits: readonly number[]): Promise<Taken> {
  const [keys, records] = await Promise.all([
    subjectKeys(act, ids),
    liveRecords(act.sql, controllerOf(act), ids, bits, act.now),
  ])
  return { keys, records }
}

const bitsOf = ({ categories }: Sight) => categories.map(({ bit }) => bit)

/** Takes live subjects' records from the tables, touches each, and seals them for the receipt. */
export async function gather(
  act: Act,
  subjects: readonly Subject[],
  sight: Sight,
): Promise<Sealed<OpenSubject[]>> {
  const ids = subjects.map(({ subjectId }) => subjectId)
  return sealed(act, subjects, sight, await take(act, ids, bitsOf(sight)))
}

function sealed(
  act: Act,
  subjects: readonly Subject[],
  sight: Sight,
  { keys, records }: Taken,
): Sealed<OpenSubject[]> {
  const ordinals = new Map(subjects.map(({ subjectId, ordinal }) => [subjectId, ordinal]))
  for (const { subjectId, ordinal, category } of records)
    act.touch({ subject: ordinals.get(subjectId)!, record: ordinal, category })
  const ofSubject = Map.groupBy(records, ({ subjectId }) => subjectId)
  // Who has no record is shown all the same.
  for (const { subjectId, ordinal } of subjects)
    if (!ofSubject.has(subjectId)) act.touchSubject(ordinal)
  if (subjects.length === 1) act.concern(subjects[0]!.ordinal)
  act.tell({
    categories: sight.categories.map(({ name }) => name),
    revealed: sight.categories.filter(({ bit }) => sight.revealed.has(bit)).map(({ name }) => name),
  })
  const seen = new Map(sight.categories.map((category) => [category.bit, category]))
  const isRevealed = sight.categories.every(({ bit }) => sight.revealed.has(bit))
  return new Sealed((receipt) => {
    const open = (key: SubjectKey, context: readonly string[], blob: Buffer) =>
      openRecord(receipt, key, context, blob).toString()
    return subjects.map((subject): OpenSubject => {
      const { subjectId, ordinal, restricted } = subject
      const key = keys.get(subjectId)!
      const subjectKey = isRevealed
        ? open(key, identifierContext, subject.keySealed!)
        : mask({ kind: 'identifier', special: false }, '')
      const own = ofSubject.get(subjectId) ?? []
      return {
        subjectId,
        ordinal,
        subjectKey,
        restricted,
        records: own.map((record) =>
          opened(
            seen.get(record.category)!,
            record,
            sight.revealed.has(record.category),
            (context) => open(key, context, record.sealed),
          ),
        ),
      }
    })
  })
}

function opened(
  { name, fields }: Category,
  record: SealedRecord,
  revealed: boolean,
  open: (context: string[]) => string,
): OpenRecord {
  const text = open(recordContext(record))
  const values = JSON.parse(text) as { [field: string]: FieldValue }
  const shown = fields
    .filter((field) => Object.hasOwn(values, field.name))
    .map((field) => {
      const value = values[field.name]!
      return [field.name, revealed ? value : mask(field, value)] as const
    })
  return {
    category: name,
    version: record.version,
    storedAt: record.storedAt,
    eraseAfter: record.eraseAfter,
    masked: !revealed,
    fields: Object.fromEntries(shown),
  }
}

/** The next live subjects after an ordinal, under their pseudonyms, with the number of their records. */
export async function listSubjects(
  act: Act,
  after: number,
  limit: number,
): Promise<ListedSubject[]> {
  await activeController(act)
  return listAfter(act.sql, controllerOf(act), after, limit)
}
