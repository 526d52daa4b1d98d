import type { Sql } from '#kernel'

/** Which keyring this data belongs to; undefined before the first start. */
export async function rememberedKeyring(sql: Sql): Promise<string | undefined> {
  const row = await sql.first<{ id: string }>({
    name: 'keys.keyring.id',
    text: 'select id from keys.keyring',
  })
  return row?.id
}

/** Remembers which keyring this data belongs to, if none is remembered. Returns the one that is. */
export async function rememberKeyring(sql: Sql, id: string, now: Date): Promise<string> {
  await sql.run({
    name: 'keys.keyring.remember',
    text: 'insert into keys.keyring (id, created_at) values ($1, $2) on conflict do nothing',
    values: [id, now],
  })
  return (await rememberedKeyring(sql))!
}
