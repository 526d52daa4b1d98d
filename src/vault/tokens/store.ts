import type { Sql } from '#kernel'

/** What a token stands for. */
export interface TokenPlace {
  readonly hash: Buffer
  readonly subjectId: string
  /** The category's bit. */
  readonly category: number
  readonly field: string
}

/** Keeps new tokens. @returns the hashes that were free. */
export async function insertTokens(
  sql: Sql,
  controllerId: string,
  now: Date,
  tokens: readonly TokenPlace[],
): Promise<Buffer[]> {
  const rows = await sql.rows<{ hash: Buffer }>({
    name: 'vault.token.insert',
    text: `insert into vault.token
        (controller_id, token_hash, subject_id, category, field, made_at)
      select $1, t.*, $2 from unnest($3::bytea[], $4::uuid[], $5::smallint[], $6::text[]) t
      on conflict do nothing returning token_hash as hash`,
    values: [
      controllerId,
      now,
      tokens.map(({ hash }) => hash),
      tokens.map(({ subjectId }) => subjectId),
      tokens.map(({ category }) => category),
      tokens.map(({ field }) => field),
    ],
  })
  return rows.map(({ hash }) => hash)
}

export function tokensBy(
  sql: Sql,
  controllerId: string,
  hashes: readonly Buffer[],
): Promise<TokenPlace[]> {
  return sql.rows({
    name: 'vault.token.by-hash',
    text: `select token_hash as hash, subject_id as "subjectId", category, field
      from vault.token where controller_id = $1 and token_hash = any($2::bytea[])`,
    values: [controllerId, hashes],
  })
}
