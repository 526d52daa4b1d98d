import type { Sql } from '#kernel'
import type { Day } from './day.ts'
import { type Register, type RegisterName, registers } from './register.ts'

/** What every row of every register has. */
export interface Item {
  readonly id: string
  readonly owner: string
  readonly due: Day
  readonly createdAt: Date
  readonly endedAt: Date | null
}

/** How a register's rows are read: its own columns beside those of {@link Item}. */
export interface Shelf<Row extends Item> {
  readonly register: Register
  readonly columns: string
  /** Never set; it carries the type of the rows. */
  readonly row?: Row
}

/** @param columns - select list of the columns beyond {@link Item}'s, over `t`. A constant of the code. */
export const shelf = <Row extends Item>(name: RegisterName, columns: string): Shelf<Row> => ({
  register: registers[name],
  columns,
})

export interface Page {
  /** Id of the last row of the page before. */
  readonly after?: string
  readonly limit: number
  /** Only rows that are not ended. */
  readonly open: boolean
}

const itemColumns = `t.id, t.owner, to_char(t.due, 'YYYY-MM-DD') as due,
  t.created_at as "createdAt", t.ended_at as "endedAt"`

/** One page, and the id to ask the next page with while there is one. */
export async function itemsAfter<Row extends Item>(
  sql: Sql,
  { register, columns }: Shelf<Row>,
  { after, limit, open }: Page,
): Promise<{ readonly rows: Row[]; readonly next?: string }> {
  const rows = await sql.rows<Row>({
    name: `governance.${register.name}.page`,
    text: `select ${itemColumns}, ${columns} from governance.${register.table} t
           where ($1::uuid is null or t.id > $1) and (not $2::boolean or t.ended_at is null)
           order by t.id limit $3`,
    values: [after ?? null, open, limit + 1],
  })
  const [page, last] = [rows.slice(0, limit), rows[limit - 1]]
  return rows.length > limit && last !== undefined ? { rows: page, next: last.id } : { rows: page }
}

/** One row, locked until the act ends, so that what is checked is what is changed. */
export async function itemForUpdate<Row extends Item>(
  sql: Sql,
  { register, columns }: Shelf<Row>,
  id: string,
): Promise<Row | undefined> {
  return sql.first<Row>({
    name: `governance.${register.name}.lock`,
    text: `select ${itemColumns}, ${columns} from governance.${register.table} t
           where t.id = $1 for update`,
    values: [id],
  })
}

/** All open rows, for checks: registers are kept by people and stay small. */
export async function openItems<Row extends Item>(
  sql: Sql,
  { register, columns }: Shelf<Row>,
): Promise<Row[]> {
  return sql.rows<Row>({
    name: `governance.${register.name}.open`,
    text: `select ${itemColumns}, ${columns} from governance.${register.table} t
           where t.ended_at is null order by t.id`,
  })
}

export async function updateOwnerAndDue(
  sql: Sql,
  { name, table }: Register,
  id: string,
  owner: string | undefined,
  due: Day | undefined,
): Promise<number> {
  return sql.run({
    name: `governance.${name}.reassign`,
    text: `update governance.${table}
           set owner = coalesce($2::uuid, owner), due = coalesce($3::date, due)
           where id = $1 and ended_at is null`,
    values: [id, owner ?? null, due ?? null],
  })
}

export async function endItemRow(
  sql: Sql,
  { name, table }: Register,
  id: string,
  now: Date,
): Promise<number> {
  return sql.run({
    name: `governance.${name}.end`,
    text: `update governance.${table} set ended_at = $2 where id = $1 and ended_at is null`,
    values: [id, now],
  })
}

export interface Absence {
  readonly id: string
  readonly register: RegisterName
  readonly reason: string
  readonly byPerson: string
  readonly at: Date
  readonly expiresAt: Date
}

export async function insertAbsence(sql: Sql, a: Absence): Promise<void> {
  await sql.run({
    name: 'governance.absence.insert',
    text: `insert into governance.absence (id, register, reason, by_person, at, expires_at)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [a.id, a.register, a.reason, a.byPerson, a.at, a.expiresAt],
  })
}

/** Declarations still in force, newest per register. */
export async function absencesAt(sql: Sql, now: Date): Promise<Absence[]> {
  return sql.rows<Absence>({
    name: 'governance.absence.live',
    text: `select distinct on (register) id, register, reason, by_person as "byPerson", at,
             expires_at as "expiresAt"
           from governance.absence where expires_at > $1 order by register, id desc`,
    values: [now],
  })
}

export interface RegisterFigures {
  readonly name: RegisterName
  readonly open: number
  readonly overdue: number
}

const each = Object.values(registers)

export async function figures(sql: Sql, today: Day): Promise<RegisterFigures[]> {
  const parts = each.map(
    ({ name, table }) =>
      `select '${name}' as name, count(*) as open, count(*) filter (where due < $1) as overdue
       from governance.${table} where ended_at is null`,
  )
  return sql.rows<RegisterFigures>({
    name: 'governance.figures',
    text: parts.join(' union all '),
    values: [today],
  })
}

export interface Obligation {
  readonly register: RegisterName
  readonly id: string
  readonly title: string
  readonly owner: string
  readonly due: Day
}

/** Everything open in every register, soonest due first. `after` is the last row of the page before. */
export async function obligationsAfter(
  sql: Sql,
  after: { readonly due: Day; readonly id: string } | undefined,
  until: Day | undefined,
  limit: number,
): Promise<Obligation[]> {
  const parts = each.map(
    ({ name, table, titled }) =>
      `select '${name}' as register, id, ${titled} as title, owner, due
       from governance.${table} where ended_at is null`,
  )
  return sql.rows<Obligation>({
    name: 'governance.obligations',
    text: `select register, id, title, owner, to_char(due, 'YYYY-MM-DD') as due
           from (${parts.join(' union all ')}) o
           where ($1::date is null or (due, id) > ($1, $2::uuid)) and ($3::date is null or due <= $3)
           order by o.due, id limit $4`,
    values: [after?.due ?? null, after?.id ?? null, until ?? null, limit],
  })
}
