import type { Sql } from '#kernel'

/** A person's password hash; `held` keeps the account as it is until the transaction ends. */
export async function currentPasswordHash(
  sql: Sql,
  personId: string,
  how: 'seen' | 'held' = 'seen',
): Promise<string | undefined> {
  const row = await sql.first<{ passwordHash: string | null }>({
    name: `identity.person.password.${how}`,
    text: `select password_hash as "passwordHash" from identity.person where id = $1
           ${how === 'held' ? 'for no key update' : ''}`,
    values: [personId],
  })
  return row?.passwordHash ?? undefined
}

/**
 * Notes where a person signs in from.
 *
 * @returns `first` for the first place ever, `new` for one not seen since `since`, else `known`.
 */
export async function noteDevice(
  sql: Sql,
  personId: string,
  deviceKey: Buffer,
  at: Date,
  since: Date,
): Promise<'first' | 'new' | 'known'> {
  const row = await sql.first<{ any: boolean; known: boolean }>({
    name: 'identity.device.note',
    text: `with before as (
             select coalesce(bool_or(true), false) as any,
               coalesce(bool_or(device_key = $2 and seen_at > $4), false) as known
             from identity.known_device where person_id = $1
           ), noted as (
             insert into identity.known_device (person_id, device_key, seen_at) values ($1, $2, $3)
             on conflict (person_id, device_key) do update set seen_at = excluded.seen_at
           ), gone as (
             delete from identity.known_device
             where person_id = $1 and seen_at <= $4 and device_key <> $2
           )
           select "any", known from before`,
    values: [personId, deviceKey, at, since],
  })
  if (row?.any !== true) return 'first'
  return row.known ? 'known' : 'new'
}
