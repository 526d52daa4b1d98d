import { type Act, controllerOf } from '#kernel'
import { activeController, contractOf } from '../controllers/acts.ts'
import { type Category, categoryNamed, type Controller } from '../controllers/contract.ts'
import { demandGranted, grantedOf } from '../records/access.ts'
import { reasonRequired, tokenFormOther, unknownCategory, unknownField } from '../refusals.ts'
import {
  countTokens,
  deleteTokensBy,
  deleteTokensOf,
  tokenPolicies,
  type TokenPolicyRow,
  unsetTokenPolicy,
  setTokenPolicy as keepPolicy,
} from './policy-store.ts'
import { placesOf, type TokenForm, tokenHash, type TokenPattern } from './token.ts'

export interface TokenPolicy {
  readonly category: string
  readonly field: string
  readonly form: TokenForm
  readonly pattern: string | null
  readonly luhn: boolean
}

/** A field's policy, and what there is of its tokens. */
export interface TokenField extends TokenPolicy {
  readonly tokens: number
  readonly oldestAt: Date | null
  readonly newestAt: Date | null
}

/** Every field of the categories the act may see, with its policy and how many tokens stand for it. */
export async function listTokenFields(act: Act): Promise<TokenField[]> {
  const controller = await contractOf(act)
  const { controllerId } = controller
  const [rows, counts] = await Promise.all([
    tokenPolicies(act.sql, controllerId),
    countTokens(act.sql, controllerId),
  ])
  return grantedOf(act, controller).flatMap(({ name, bit, fields }) =>
    fields.map((field) => {
      const here = (row: { readonly category: number; readonly field: string }) =>
        row.category === bit && row.field === field.name
      const count = counts.find(here)
      return {
        ...policyOf(name, field.name, rows.find(here)),
        tokens: count?.tokens ?? 0,
        oldestAt: count?.oldestAt ?? null,
        newestAt: count?.newestAt ?? null,
      }
    }),
  )
}

const policyOf = (
  category: string,
  field: string,
  row: TokenPolicyRow | undefined,
): TokenPolicy => ({
  category,
  field,
  form: row?.form ?? 'any',
  pattern: row?.pattern ?? null,
  luhn: row?.luhn ?? false,
})

/**
 * Says how tokens of a field may look from now on. Those there are stay, until somebody revokes them.
 *
 * @throws {Refusal} `vault.reason-required`, `vault.unknown-category`, `vault.unknown-field`,
 *   `vault.token-pattern-malformed`.
 */
export async function setTokenPolicy(act: Act, policy: TokenPolicy): Promise<TokenPolicy> {
  if (act.reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  const { controllerId } = controller
  const { bit } = fieldPlace(act, controller, policy)
  const { field, form } = policy
  const before = (await tokenPolicies(act.sql, controllerId)).find(
    (row) => row.category === bit && row.field === field,
  )
  const pattern = form === 'pattern' ? (policy.pattern ?? '') : null
  const luhn = form === 'pattern' && policy.luhn
  if (pattern !== null) placesOf({ pattern, luhn })
  if (form === 'any') await unsetTokenPolicy(act.sql, controllerId, bit, field)
  else
    await keepPolicy(act.sql, controllerId, act.now, { category: bit, field, form, pattern, luhn })
  const after = { ...policy, pattern, luhn }
  act.tell({ before: policyOf(policy.category, field, before), after })
  return after
}

/** Demands that tokens of these fields may be made so. @throws {Refusal} `vault.token-form-other`. */
export async function demandTokenForm(
  act: Act,
  fields: readonly { readonly bit: number; readonly category: string; readonly field: string }[],
  wanted: TokenPattern | undefined,
): Promise<void> {
  const rows = await tokenPolicies(act.sql, controllerOf(act))
  for (const { bit, category, field } of fields) {
    const row = rows.find((one) => one.category === bit && one.field === field)
    if (row === undefined) continue
    const fits =
      row.form === 'random'
        ? wanted === undefined
        : row.form === 'pattern' &&
          wanted?.pattern === row.pattern &&
          (wanted?.luhn ?? false) === row.luhn
    if (!fits) throw tokenFormOther(category, field, row.form, row.pattern)
  }
}

export type Revoking =
  | { readonly tokens: readonly string[] }
  | { readonly category: string; readonly field: string; readonly subjectId?: string }

/**
 * Revokes tokens: these, or all of a field, or of one subject's field. They stand for nothing any more;
 * the data stays.
 *
 * @returns how many there were.
 * @throws {Refusal} `vault.reason-required`, `vault.unknown-category`, `vault.unknown-field`.
 */
export async function revokeTokens(act: Act, which: Revoking): Promise<number> {
  if (act.reason === undefined) throw reasonRequired()
  const controller = await activeController(act)
  const { controllerId } = controller
  let revoked: number
  if ('tokens' in which) {
    const may = grantedOf(act, controller).map(({ bit }) => bit)
    const hashes = which.tokens.map((token) => tokenHash(controllerId, token))
    revoked = await deleteTokensBy(act.sql, controllerId, hashes, may)
    act.tell({ revoked })
  } else {
    const { bit } = fieldPlace(act, controller, which)
    const { category, field, subjectId } = which
    revoked = await deleteTokensOf(act.sql, controllerId, bit, field, subjectId)
    act.tell({ revoked, category, field, ...(subjectId === undefined ? {} : { subjectId }) })
  }
  return revoked
}

function fieldPlace(
  act: Act,
  controller: Controller,
  { category, field }: { readonly category: string; readonly field: string },
): Category {
  const found = categoryNamed(controller, category)
  if (found === undefined) throw unknownCategory()
  demandGranted(act, category)
  if (!found.fields.some(({ name }) => name === field)) throw unknownField(category)
  return found
}
