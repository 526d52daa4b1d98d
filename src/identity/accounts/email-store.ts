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
    text: `select p.id, p.email from identity.person p where p.email_index_version <> $1 and ${findable}
           order by p.id limit $2`,
    values: [version, limit],
  })
}

/**
 * Lets one transaction at a time take an address: while the index key turns, two could write the same
 * one under two versions, and no constraint would see it.
 */
export function holdAddresses(sql: Sql) {
  return sql.run({
    name: 'identity.person.hold',
    text: `select pg_advisory_xact_lock(hashtext('identity.person'))`,
  })
}

/** Whom a directory has removed is found by no address. */
const findable = `not exists (select from identity.directory_person d
  where d.person_id = p.id and d.removed_at is not null)`

/** Whose e-mail was written anew meanwhile, or who is gone or removed, is left alone. */
export async function updateEmailIndexes(
  sql: Sql,
  version: number,
  persons: readonly { readonly id: string; readonly value: Buffer }[],
): Promise<void> {
  await sql.run({
    name: 'identity.person.index-anew',
    text: `update identity.person p set email_index = n.value, email_index_version = $1
           from unnest($2::uuid[], $3::bytea[]) as n (id, value)
           where p.id = n.id and p.email_index_version <> $1 and ${findable}`,
    values: [version, persons.map(({ id }) => id), persons.map(({ value }) => value)],
  })
}

export async function countOtherEmails(sql: Sql, version: number): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'identity.person.count-other',
    text: `select count(*) as count from identity.person p
           where p.email_index_version <> $1 and ${findable}`,
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
