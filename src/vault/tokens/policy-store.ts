import type { Sql } from '#kernel'

/** What was decided on tokens of a field. */
export interface TokenPolicyRow {
  /** The category's bit. */
  readonly category: number
  readonly field: string
  readonly form: 'none' | 'random' | 'pattern'
  readonly pattern: string | null
  readonly luhn: boolean
}

export function tokenPolicies(sql: Sql, controllerId: string): Promise<TokenPolicyRow[]> {
  return sql.rows({
    name: 'vault.token-policy.list',
    text: `select category, field, form, pattern, luhn from vault.token_policy
      where controller_id = $1`,
    values: [controllerId],
  })
}

export async function setTokenPolicy(
  sql: Sql,
  controllerId: string,
  now: Date,
  p: TokenPolicyRow,
): Promise<void> {
  await sql.run({
    name: 'vault.token-policy.set',
    text: `insert into vault.token_policy
        (controller_id, category, field, form, pattern, luhn, set_at)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (controller_id, category, field) do update
      set form = excluded.form, pattern = excluded.pattern, luhn = excluded.luhn,
        set_at = excluded.set_at`,
    values: [controllerId, p.category, p.field, p.form, p.pattern, p.luhn, now],
  })
}

export async function unsetTokenPolicy(
  sql: Sql,
  controllerId: string,
  category: number,
  field: string,
): Promise<void> {
  await sql.run({
    name: 'vault.token-policy.unset',
    text: `delete from vault.token_policy
      where controller_id = $1 and category = $2 and field = $3`,
    values: [controllerId, category, field],
  })
}

/** How many tokens stand for each field. */
export function countTokens(
  sql: Sql,
  controllerId: string,
): Promise<
  {
    readonly category: number
    readonly field: string
    readonly tokens: number
    readonly oldestAt: Date
    readonly newestAt: Date
  }[]
> {
  return sql.rows({
    name: 'vault.token.count',
    text: `select category, field, count(*) as tokens, min(made_at) as "oldestAt",
        max(made_at) as "newestAt"
      from vault.token where controller_id = $1 group by category, field`,
    values: [controllerId],
  })
}

/** Deletes these tokens, of categories that may be touched. */
export function deleteTokensBy(
  sql: Sql,
  controllerId: string,
  hashes: readonly Buffer[],
  categories: readonly number[],
): Promise<number> {
  return sql.run({
    name: 'vault.token.delete-by-hash',
    text: `delete from vault.token where controller_id = $1 and token_hash = any($2::bytea[])
      and category = any($3::smallint[])`,
    values: [controllerId, hashes, categories],
  })
}

/** Deletes all tokens of a field, or those of one subject. */
export function deleteTokensOf(
  sql: Sql,
  controllerId: string,
  category: number,
  field: string,
  subjectId: string | undefined,
): Promise<number> {
  return sql.run({
    name: 'vault.token.delete-of-field',
    text: `delete from vault.token where controller_id = $1 and category = $2 and field = $3
      and ($4::uuid is null or subject_id = $4)`,
    values: [controllerId, category, field, subjectId ?? null],
  })
}
