import type { Sql } from '#kernel'

/** An e-mail's keyed index. */
export interface EmailIndex {
  /** The version of the house's index key that writes. */
  readonly version: number
  /** Under that version. */
  readonly value: Buffer
  /** Under every living version: to find by. */
  readonly all: readonly Buffer[]
}

/** Persons whose e-mail is found by another version of the index key; by `id`, sealed. */
export function personsUnderOther(
  sql: Sql,
  version: number,
  limit: number,
): Promise<{ id: string; email: Buffer }[]> {
  return sql.rows({
    name: 'identity.person.under-other',
    text: `select id, email from identity.person where email_index_version <> $1
           order by id limit $2`,
    values: [version, limit],
  })
}

/** An e-mail is never changed; a person that is gone meanwhile is left alone. */
export async function updateEmailIndexes(
  sql: Sql,
  version: number,
  persons: readonly { readonly id: string; readonly value: Buffer }[],
): Promise<void> {
  await sql.run({
    name: 'identity.person.index-anew',
    text: `update identity.person p set email_index = n.value, email_index_version = $1
           from unnest($2::uuid[], $3::bytea[]) as n (id, value) where p.id = n.id`,
    values: [version, persons.map(({ id }) => id), persons.map(({ value }) => value)],
  })
}

export async function countOtherEmails(sql: Sql, version: number): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'identity.person.count-other',
    text: 'select count(*) as count from identity.person where email_index_version <> $1',
    values: [version],
  })
  return row?.count ?? 0
}

export async function countPersons(sql: Sql): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'identity.person.count',
    text: 'select count(*) as count from identity.person',
  })
  return row?.count ?? 0
}
