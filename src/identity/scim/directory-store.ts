import type { Sql } from '#kernel'
import { type EmailIndex, holdAddresses } from '../accounts/email-store.ts'
import type { Condition } from './condition.ts'

/** Who asks, and whom it may see beside those it keeps. */
export interface Directory {
  readonly providerId: string
  /** Whether persons no directory keeps are its to take over. */
  readonly linksByEmail: boolean
}

export interface DirectoryUserRow {
  readonly id: string
  /** Sealed. */
  readonly name: Buffer
  /** Sealed. */
  readonly email: Buffer
  /** Sealed; null for whom no directory has written. */
  readonly document: Buffer | null
  readonly createdAt: Date
  readonly modifiedAt: Date
  readonly disabledAt: Date | null
  readonly disabledBecause: string | null
}

/** Lets one transaction at a time write for a directory. */
export function holdDirectory(sql: Sql, providerId: string) {
  return sql.run({
    name: 'identity.directory.hold',
    text: `select pg_advisory_xact_lock(hashtextextended('identity.directory ' || $1, 0))`,
    values: [providerId],
  })
}

/**
 * Persons a directory sees: those it keeps and has not removed, those its provider knows, and, by the
 * provider's terms, everybody no other directory keeps.
 */
const users = `
  select a.id, p.name, p.email, d.document, a.created_at, a.disabled_at, a.disabled_because,
    greatest(a.created_at, a.disabled_at, d.changed_at) as modified_at,
    d.user_name_index as user_name, d.person_id is null as unwritten, p.email_index as email_hash,
    d.external_id_index as external_id
  from identity.person p join identity.actor a on a.id = p.id
  left join identity.directory_person d on d.person_id = p.id and d.provider_id = $1
  where not a.canary and d.removed_at is null and (d.person_id is not null or (
    not exists (select from identity.directory_person o join identity.provider v on v.id = o.provider_id
      where o.person_id = p.id and (v.disabled_at is null or o.removed_at is not null))
    and ($2 or exists (select from identity.provider_person l
      where l.provider_id = $1 and l.person_id = p.id))))`

const userColumns = `u.id, u.name, u.email, u.document, u.created_at as "createdAt",
  u.modified_at as "modifiedAt", u.disabled_at as "disabledAt", u.disabled_because as "disabledBecause"`

export function userOf(
  sql: Sql,
  { providerId, linksByEmail }: Directory,
  id: string,
): Promise<DirectoryUserRow | undefined> {
  return sql.first({
    name: 'identity.directory.user',
    text: `select ${userColumns} from (${users}) u where u.id = $3`,
    values: [providerId, linksByEmail, id],
  })
}

/** Which of these a directory sees. */
export async function usersAmong(
  sql: Sql,
  { providerId, linksByEmail }: Directory,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'identity.directory.users-among',
    text: `select u.id from (${users}) u where u.id::text = any($3::text[])`,
    values: [providerId, linksByEmail, ids],
  })
  return rows.map(({ id }) => id)
}

export interface Window {
  readonly offset: number
  readonly limit: number
}

/** A page of users, and how many there are in all. */
export async function usersWhere(
  sql: Sql,
  { providerId, linksByEmail }: Directory,
  condition: Condition,
  window: Window,
): Promise<{ total: number; rows: DirectoryUserRow[] }> {
  const asked = ask(users, [providerId, linksByEmail], userTexts, condition)
  const total = await countOf(sql, asked)
  return { total, rows: await sql.rows<DirectoryUserRow>(pageOf(userColumns, asked, window)) }
}

export interface DirectoryGroupRow {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | null
  readonly createdAt: Date
  readonly changedAt: Date
}

const groups = `select g.id, g.display_name, g.external_id, g.created_at, g.changed_at,
  g.changed_at as modified_at from identity.directory_group g where g.provider_id = $1`

const groupColumns = `u.id, u.display_name as "displayName", u.external_id as "externalId",
  u.created_at as "createdAt", u.changed_at as "changedAt"`

export async function groupsWhere(
  sql: Sql,
  providerId: string,
  condition: Condition,
  window: Window,
): Promise<{ total: number; rows: DirectoryGroupRow[] }> {
  const asked = ask(groups, [providerId], groupTexts, condition)
  const total = await countOf(sql, asked)
  return { total, rows: await sql.rows<DirectoryGroupRow>(pageOf(groupColumns, asked, window)) }
}

/** Rows that fulfil a condition, as SQL after `from`. */
interface Asked {
  readonly from: string
  readonly values: readonly unknown[]
}

function ask(from: string, first: readonly unknown[], texts: Texts, condition: Condition): Asked {
  const values = [...first]
  return { from: `(${from}) u where ${whereOf(condition, texts, values)}`, values }
}

async function countOf(sql: Sql, { from, values }: Asked): Promise<number> {
  const text = `select count(*)::int as total from ${from}`
  return (await sql.first<{ total: number }>({ text, values }))?.total ?? 0
}

const pageOf = (columns: string, { from, values }: Asked, { offset, limit }: Window) => ({
  text: `select ${columns} from ${from}
         order by u.id offset $${values.length + 1} limit $${values.length + 2}`,
  values: [...values, offset, limit],
})

/** A comparison in SQL, of the parameter that stands at `at`. */
type Texts = Readonly<Record<string, (at: string) => string>>

const userTexts: Texts = {
  id: (at) => `u.id::text = ${at}`,
  userName: (at) => `u.user_name is not distinct from ${at}`,
  unwrittenEmail: (at) => `u.unwritten and u.email_hash = any(${at}::bytea[])`,
  email: (at) => `u.email_hash = any(${at}::bytea[])`,
  externalId: (at) => `u.external_id is not distinct from ${at}`,
  active: (at) => `(u.disabled_at is null) = ${at}`,
  group: (at) => `exists (select from identity.directory_member m
    where m.person_id = u.id and m.group_id::text = ${at})`,
}

const groupTexts: Texts = {
  id: (at) => `u.id::text = ${at}`,
  member: (at) => `exists (select from identity.directory_member m
    where m.group_id = u.id and m.person_id::text = ${at})`,
}

const signs: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
}

/** Turns a condition into SQL. Only texts of this file come out; what was asked is a parameter. */
function whereOf(condition: Condition, texts: Texts, values: unknown[]): string {
  const of = (each: Condition) => whereOf(each, texts, values)
  if ('all' in condition) return `(${condition.all.map(of).join(' and ')})`
  if ('any' in condition) return `(${condition.any.map(of).join(' or ')})`
  if ('not' in condition) return `not ${of(condition.not)}`
  if ('always' in condition) return condition.always ? '(true)' : '(false)'
  const { column, by, value } = condition
  const at = `$${values.push(value)}`
  if (column === 'created' || column === 'lastModified')
    return `(u.${column === 'created' ? 'created_at' : 'modified_at'} ${signs[by]} ${at})`
  const own = texts[column]
  if (own !== undefined) return by === 'ne' ? `(not ${own(at)})` : `(${own(at)})`
  return column === 'displayName'
    ? textCompared('lower(u.display_name)', by, `lower(${at})`)
    : textCompared(`coalesce(u.external_id, '')`, by, at)
}

function textCompared(held: string, by: string, at: string): string {
  switch (by) {
    case 'co':
      return `(position(${at} in ${held}) > 0)`
    case 'sw':
      return `starts_with(${held}, ${at})`
    case 'ew':
      return `(right(${held}, length(${at})) = ${at})`
    default:
      return `(${held} collate "C" ${signs[by]} ${at})`
  }
}

export function upsertDirectoryPerson(
  sql: Sql,
  d: {
    readonly personId: string
    readonly providerId: string
    readonly userNameIndex: Buffer
    readonly externalIdIndex: Buffer | null
    readonly document: Buffer
    readonly changedAt: Date
  },
) {
  return sql.run({
    name: 'identity.directory.keep-person',
    text: `insert into identity.directory_person
             (person_id, provider_id, user_name_index, external_id_index, document, changed_at)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (person_id) do update set provider_id = $2, user_name_index = $3,
             external_id_index = $4, document = $5, changed_at = $6`,
    values: [d.personId, d.providerId, d.userNameIndex, d.externalIdIndex, d.document, d.changedAt],
  })
}

/** Whether somebody else a directory sees has the user name. */
export async function isNameTaken(
  sql: Sql,
  { providerId, linksByEmail }: Directory,
  name: { readonly userName: Buffer; readonly email: readonly Buffer[] },
  personId: string,
): Promise<boolean> {
  const row = await sql.first({
    name: 'identity.directory.name-taken',
    text: `select 1 as one from (${users}) u where u.id <> $5
             and (u.user_name = $3 or (u.unwritten and u.email_hash = any($4::bytea[]))) limit 1`,
    values: [providerId, linksByEmail, name.userName, name.email, personId],
  })
  return row !== undefined
}

/** Writes a person's name and address; 0 when somebody else has the address. */
export async function setPersonFacts(
  sql: Sql,
  p: {
    readonly id: string
    readonly name: Buffer
    readonly email: Buffer
    readonly emailIndex: EmailIndex
  },
) {
  await holdAddresses(sql)
  const { value, version, all } = p.emailIndex
  return sql.run({
    name: 'identity.directory.set-person',
    text: `update identity.person set name = $2, email = $3, email_index = $4, email_index_version = $5
           where id = $1 and not exists (
             select from identity.person o where o.email_index = any($6::bytea[]) and o.id <> $1)`,
    values: [p.id, p.name, p.email, value, version, all],
  })
}

/** Takes a person out of a directory's sight, and frees the address. */
export async function setRemoved(sql: Sql, personId: string, freed: Buffer, at: Date) {
  await sql.run({
    name: 'identity.directory.remove-person',
    text: 'update identity.directory_person set removed_at = $2 where person_id = $1',
    values: [personId, at],
  })
  await sql.run({
    name: 'identity.directory.free-address',
    text: 'update identity.person set email_index = $2 where id = $1',
    values: [personId, freed],
  })
}

/** Sealed address of somebody a directory removed; undefined for everybody else. */
export function removedPerson(sql: Sql, personId: string): Promise<{ email: Buffer } | undefined> {
  return sql.first({
    name: 'identity.directory.removed',
    text: `select p.email from identity.directory_person d join identity.person p on p.id = d.person_id
           where d.person_id = $1 and d.removed_at is not null`,
    values: [personId],
  })
}

/** Brings a removed person back under their address; 0 when somebody else has it by now. */
export async function setReturned(
  sql: Sql,
  personId: string,
  { value, version, all }: EmailIndex,
): Promise<number> {
  await holdAddresses(sql)
  // The name it had in the directory may be somebody else's by now: it is written anew.
  await sql.run({
    name: 'identity.directory.forget-person',
    text: 'delete from identity.directory_person where person_id = $1',
    values: [personId],
  })
  return sql.run({
    name: 'identity.directory.return-address',
    text: `update identity.person set email_index = $2, email_index_version = $3
           where id = $1 and not exists (
             select from identity.person o where o.email_index = any($4::bytea[]) and o.id <> $1)`,
    values: [personId, value, version, all],
  })
}

/** Whether a provider's directory keeps a person. */
export async function isKeptBy(sql: Sql, providerId: string, personId: string): Promise<boolean> {
  const row = await sql.first({
    name: 'identity.directory.keeps',
    text: `select 1 as one from identity.directory_person d join identity.provider v on v.id = d.provider_id
           where d.provider_id = $1 and d.person_id = $2 and d.removed_at is null
             and v.directory_id is not null`,
    values: [providerId, personId],
  })
  return row !== undefined
}

/** Whether somebody holds rights that came neither by this provider's groups nor have ended. */
export async function hasOtherRights(
  sql: Sql,
  personId: string,
  giver: string,
  now: Date,
): Promise<boolean> {
  const row = await sql.first({
    name: 'identity.directory.other-rights',
    text: `select 1 as one from identity.grant where actor_id = $1 and created_by <> $2
             and revoked_at is null and (expires_at is null or expires_at > $3) limit 1`,
    values: [personId, giver, now],
  })
  return row !== undefined
}

export interface Membership {
  readonly personId: string
  readonly groupId: string
  readonly displayName: string
  readonly externalId: string | null
}

/** The groups of these persons in one directory. */
export function membershipsOf(
  sql: Sql,
  providerId: string,
  personIds: readonly string[],
): Promise<Membership[]> {
  return sql.rows({
    name: 'identity.directory.memberships',
    text: `select m.person_id as "personId", g.id as "groupId", g.display_name as "displayName",
             g.external_id as "externalId"
           from identity.directory_member m join identity.directory_group g on g.id = m.group_id
           where g.provider_id = $1 and m.person_id = any($2::uuid[]) order by g.id`,
    values: [providerId, personIds],
  })
}

/** The members of these groups. */
export function membersOf(
  sql: Sql,
  groupIds: readonly string[],
): Promise<{ groupId: string; personId: string }[]> {
  return sql.rows({
    name: 'identity.directory.members',
    text: `select group_id as "groupId", person_id as "personId" from identity.directory_member
           where group_id = any($1::uuid[]) order by 1, 2`,
    values: [groupIds],
  })
}

/** Everybody who is in some group of a directory. */
export async function allMembers(sql: Sql, providerId: string): Promise<string[]> {
  const rows = await sql.rows<{ personId: string }>({
    name: 'identity.directory.all-members',
    text: `select distinct m.person_id as "personId" from identity.directory_member m
           join identity.directory_group g on g.id = m.group_id where g.provider_id = $1 order by 1`,
    values: [providerId],
  })
  return rows.map(({ personId }) => personId)
}

export function groupOf(
  sql: Sql,
  providerId: string,
  id: string,
): Promise<DirectoryGroupRow | undefined> {
  return sql.first({
    name: 'identity.directory.group',
    text: `select ${groupColumns} from (${groups}) u where u.id = $2`,
    values: [providerId, id],
  })
}

export interface GroupFacts {
  readonly id: string
  readonly providerId: string
  readonly displayName: string
  readonly externalId: string | null
  readonly at: Date
}

/** Keeps a group; 0 when another of the directory has the name. */
export function insertGroup(sql: Sql, g: GroupFacts) {
  return sql.run({
    name: 'identity.directory.insert-group',
    text: `insert into identity.directory_group (id, provider_id, display_name, external_id, created_at, changed_at)
           values ($1, $2, $3, $4, $5, $5) on conflict (provider_id, lower(display_name)) do nothing`,
    values: [g.id, g.providerId, g.displayName, g.externalId, g.at],
  })
}

/** As {@link insertGroup}, of one that is there. */
export function updateGroup(sql: Sql, g: GroupFacts) {
  return sql.run({
    name: 'identity.directory.update-group',
    text: `update identity.directory_group set display_name = $3, external_id = $4, changed_at = $5
           where id = $1 and not exists (select from identity.directory_group o
             where o.provider_id = $2 and lower(o.display_name) = lower($3) and o.id <> $1)`,
    values: [g.id, g.providerId, g.displayName, g.externalId, g.at],
  })
}

export function deleteGroup(sql: Sql, id: string) {
  return sql.run({
    name: 'identity.directory.delete-group',
    text: 'delete from identity.directory_group where id = $1',
    values: [id],
  })
}

export async function setMembers(
  sql: Sql,
  groupId: string,
  { come, gone }: { readonly come: readonly string[]; readonly gone: readonly string[] },
): Promise<void> {
  await sql.run({
    name: 'identity.directory.take-members',
    text: `delete from identity.directory_member where group_id = $1 and person_id = any($2::uuid[])`,
    values: [groupId, gone],
  })
  await sql.run({
    name: 'identity.directory.put-members',
    text: `insert into identity.directory_member (group_id, person_id)
           select $1, id from unnest($2::uuid[]) as u(id) on conflict do nothing`,
    values: [groupId, come],
  })
}

/** Which of these may open the glass. */
export async function glassAmong(sql: Sql, personIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ personId: string }>({
    name: 'identity.directory.glass',
    text: `select person_id as "personId" from identity.break_glass where person_id = any($1::uuid[])`,
    values: [personIds],
  })
  return rows.map(({ personId }) => personId)
}

/** Groups a directory has written, with how many they hold. */
export function countedGroups(
  sql: Sql,
  providerId: string,
): Promise<(DirectoryGroupRow & { members: number })[]> {
  return sql.rows({
    name: 'identity.directory.counted-groups',
    text: `select ${groupColumns}, (select count(*)::int from identity.directory_member m
             where m.group_id = u.id) as members
           from (${groups}) u order by lower(u.display_name)`,
    values: [providerId],
  })
}
