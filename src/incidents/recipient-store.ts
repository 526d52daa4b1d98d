import type { Sql } from '#kernel'

/** An address a notice has reached, as a keyed hash; kept while others still wait for it. */
export interface Recipient {
  readonly deliveryId: string
  readonly noticeId: string
  readonly controllerId: string
  readonly value: Buffer
  /** The version of the house's index key it was made with. */
  readonly version: number
}

export async function insertRecipient(sql: Sql, r: Recipient): Promise<void> {
  await sql.run({
    name: 'incidents.recipient.insert',
    text: `insert into incidents.recipient
             (delivery_id, notice_id, controller_id, value, index_version)
           values ($1, $2, $3, $4, $5)`,
    values: [r.deliveryId, r.noticeId, r.controllerId, r.value, r.version],
  })
}

export async function recipientsOf(sql: Sql, noticeId: string): Promise<Buffer[]> {
  const rows = await sql.rows<{ value: Buffer }>({
    name: 'incidents.recipient.list',
    text: 'select value from incidents.recipient where notice_id = $1',
    values: [noticeId],
  })
  return rows.map(({ value }) => value)
}

export async function deleteRecipients(sql: Sql, noticeId: string): Promise<void> {
  await sql.run({
    name: 'incidents.recipient.delete',
    text: 'delete from incidents.recipient where notice_id = $1',
    values: [noticeId],
  })
}

/** Recipients under another version than this. Few: those of notices that not all have. */
export function recipientsUnderOther(
  sql: Sql,
  version: number,
): Promise<Pick<Recipient, 'deliveryId' | 'controllerId' | 'value'>[]> {
  return sql.rows({
    name: 'incidents.recipient.under-other',
    text: `select delivery_id as "deliveryId", controller_id as "controllerId", value
           from incidents.recipient where index_version <> $1 order by delivery_id`,
    values: [version],
  })
}

export async function countOtherRecipients(sql: Sql, version: number): Promise<number> {
  const row = await sql.first<{ count: number }>({
    name: 'incidents.recipient.count-other',
    text: 'select count(*) as count from incidents.recipient where index_version <> $1',
    values: [version],
  })
  return row?.count ?? 0
}

export async function updateRecipients(
  sql: Sql,
  version: number,
  anew: readonly { readonly deliveryId: string; readonly value: Buffer }[],
): Promise<void> {
  await sql.run({
    name: 'incidents.recipient.index-anew',
    text: `update incidents.recipient r set value = n.value, index_version = $1
           from unnest($2::uuid[], $3::bytea[]) as n (id, value) where r.delivery_id = n.id`,
    values: [version, anew.map(({ deliveryId }) => deliveryId), anew.map(({ value }) => value)],
  })
}

export async function dropRecipients(sql: Sql, deliveryIds: readonly string[]): Promise<void> {
  await sql.run({
    name: 'incidents.recipient.drop',
    text: 'delete from incidents.recipient where delivery_id = any($1::uuid[])',
    values: [deliveryIds],
  })
}
