import { randomBytes } from 'node:crypto'
import { type Act, controllerOf, Sealed } from '#kernel'
import { activeController } from '../controllers/acts.ts'
import type { FieldValue } from '../fields/field-value.ts'
import { type Sight, sightOf } from '../records/access.ts'
import { demandReadable, gather } from '../records/read-acts.ts'
import { liveRecords } from '../records/store.ts'
import { fieldOutsidePurpose, noSuchRecord, tokensUsedUp, unknownTokens } from '../refusals.ts'
import { subjectsById } from '../subjects/store.ts'
import { demandFresh } from '../transfer/fresh.ts'
import { demandTokenForm } from './policy-acts.ts'
import { insertTokens, type TokenPlace, tokensBy } from './store.ts'
import { drawToken, placesOf, randomToken, tokenHash, type TokenPattern } from './token.ts'

/** More than these in one act are as much as an export. */
const fewTokens = 10
const attempts = 5

/** A field of a subject's record. */
export interface FieldOf {
  readonly subjectId: string
  readonly category: string
  readonly field: string
}

export interface NewToken extends FieldOf {
  readonly token: string
}

/**
 * Makes a token for each of these fields: by chance, or drawn into a pattern. It stands for whatever
 * the field holds when it is opened, and ends with the record.
 *
 * @throws {Refusal} `vault.token-pattern-malformed`, `vault.token-form-other`, `vault.no-such-record`, `vault.tokens-used-up`,
 *   and as reading the fields does.
 */
export async function makeTokens(
  act: Act,
  fields: readonly FieldOf[],
  pattern?: TokenPattern,
): Promise<NewToken[]> {
  if (pattern !== undefined) placesOf(pattern)
  const controller = await activeController(act)
  const { controllerId } = controller
  const sight = sightOf(act, controller, categoriesIn(fields))
  const bits = bitsOf(sight, fields)
  const placed = fields.map((one) => ({ ...one, bit: bits.get(one.category)! }))
  await demandTokenForm(act, placed, pattern)
  const ids = [...new Set(fields.map(({ subjectId }) => subjectId))]
  const subjects = await subjectsById(act.sql, controllerId, ids)
  demandReadable(act, controller, subjects, ids.length)
  const records = await liveRecords(act.sql, controllerId, ids, [...bits.values()], act.now)
  const ordinals = new Map(subjects.map(({ subjectId, ordinal }) => [subjectId, ordinal]))
  const standing = new Map(records.map((r) => [`${r.subjectId} ${r.category}`, r]))
  for (const { subjectId, category } of fields) {
    const record = standing.get(`${subjectId} ${bits.get(category)!}`)
    if (record === undefined) throw noSuchRecord()
    const subject = ordinals.get(subjectId)!
    act.touch({ subject, record: record.ordinal, category: record.category })
  }
  const draw = () =>
    pattern === undefined ? randomToken(randomBytes) : drawToken(pattern, randomBytes)
  const made = await keepNew(act, fields, bits, draw)
  act.tell({ tokensMade: made.length, fields: placesIn(fields) })
  return made
}

/** Draws again for those whose token is taken. */
async function keepNew(
  act: Act,
  fields: readonly FieldOf[],
  bits: ReadonlyMap<string, number>,
  draw: () => string,
): Promise<NewToken[]> {
  const controllerId = controllerOf(act)
  const made = new Map<FieldOf, string>()
  for (let left = attempts; left > 0 && made.size < fields.length; left -= 1) {
    const drawn = new Map<string, { field: FieldOf; token: string }>()
    for (const field of fields.filter((one) => !made.has(one))) {
      const token = draw()
      drawn.set(tokenHash(controllerId, token).toString('hex'), { field, token })
    }
    const places = [...drawn].map(([hash, { field }]): TokenPlace => {
      const { subjectId, category, field: name } = field
      return {
        hash: Buffer.from(hash, 'hex'),
        subjectId,
        category: bits.get(category)!,
        field: name,
      }
    })
    for (const hash of await insertTokens(act.sql, controllerId, act.now, places)) {
      const { field, token } = drawn.get(hash.toString('hex'))!
      made.set(field, token)
    }
  }
  if (made.size < fields.length) throw tokensUsedUp()
  return fields.map((field) => ({ ...field, token: made.get(field)! }))
}

export interface OpenedToken extends NewToken {
  /** Null where the record has no such value now. */
  readonly value: FieldValue | null
}

/**
 * Opens tokens for the act's purpose. Each touches the record it stands for.
 *
 * @throws {Refusal} `vault.unknown-tokens`, `vault.fresh-factor-required` for more than ten, and as
 *   reading the fields does.
 */
export async function openTokens(
  act: Act,
  tokens: readonly string[],
): Promise<Sealed<OpenedToken[]>> {
  const controller = await activeController(act)
  const { controllerId, categories } = controller
  const wanted = [...new Set(tokens)]
  if (wanted.length > fewTokens) demandFresh(act)
  const byHash = new Map(
    wanted.map((token) => [tokenHash(controllerId, token).toString('hex'), token]),
  )
  const hashes = [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex'))
  const places = await tokensBy(act.sql, controllerId, hashes)
  if (places.length < wanted.length) throw unknownTokens(wanted.length - places.length)
  const names = new Map(categories.map(({ bit, name }) => [bit, name]))
  const fields = places.map(({ hash, subjectId, category, field }): NewToken => ({
    token: byHash.get(hash.toString('hex'))!,
    subjectId,
    category: names.get(category)!,
    field,
  }))
  const sight = sightOf(act, controller, categoriesIn(fields))
  const bits = bitsOf(sight, fields)
  const ids = [...new Set(fields.map(({ subjectId }) => subjectId))]
  const subjects = await subjectsById(act.sql, controllerId, ids)
  demandReadable(act, controller, subjects, ids.length)
  const revealed = new Set(bits.values())
  const sealed = await gather(act, subjects, { ...sight, revealed })
  act.tell({ tokensOpened: wanted.length, revealed: placesIn(fields) })
  return new Sealed(async (receipt) => {
    const open = new Map((await sealed.open(receipt)).map((one) => [one.subjectId, one]))
    return fields.map((field) => {
      const records = open.get(field.subjectId)?.records
      const record = records?.find(({ category }) => category === field.category)
      return { ...field, value: record?.fields[field.field] ?? null }
    })
  })
}

const categoriesIn = (fields: readonly FieldOf[]) => [
  ...new Set(fields.map(({ category }) => category)),
]
const placesIn = (fields: readonly FieldOf[]) => [
  ...new Set(fields.map(({ category, field }) => `${category}.${field}`)),
]

/** Bits by category; every field must be one the purpose may use. */
function bitsOf({ categories }: Sight, fields: readonly FieldOf[]): Map<string, number> {
  const seen = new Map(categories.map((category) => [category.name, category]))
  for (const { category, field } of fields)
    if (!seen.get(category)!.fields.some(({ name }) => name === field))
      throw fieldOutsidePurpose(category, field)
  return new Map(categories.map(({ name, bit }) => [name, bit]))
}
