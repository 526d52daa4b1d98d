import type { Sql } from '#kernel'
import type { Environment } from '../workloads/token.ts'
import { type EmailIndex, holdAddresses } from './email-store.ts'

export type ActorRef = { readonly kind: 'person' | 'workload'; readonly id: string }

export interface NewActor extends ActorRef {
  readonly canary: boolean
  readonly createdAt: Date
}

export function insertActor(sql: Sql, { id, kind, canary, createdAt }: NewActor) {
  return sql.run({
    name: 'identity.actor.insert',
    text: 'insert into identity.actor (id, kind, canary, created_at) values ($1, $2, $3, $4)',
    values: [id, kind, canary, createdAt],
  })
}

export interface PersonRow {
  readonly id: string
  /** Sealed. */
  readonly name: Buffer
  /** Sealed. */
  readonly email: Buffer
}

/** Keeps a person; 0 when another has the same e-mail. */
export async function insertPerson(
  sql: Sql,
  person: PersonRow & { readonly emailIndex: EmailIndex; readonly passwordHash: string | null },
  at: Date,
) {
  await holdAddresses(sql)
  const { version, value, all } = person.emailIndex
  return sql.run({
    name: 'identity.person.insert',
    text: `insert into identity.person (id, name, email, email_index, email_index_version,
             password_hash, password_set_at)
           select $1, $2, $3, $4, $5, $6, $7
           where not exists (select from identity.person where email_index = any($8::bytea[]))
           on conflict (email_index) do nothing`,
    values: [person.id, person.name, person.email, value, version, person.passwordHash, at, all],
  })
}

/** Keeps a workload; 0 when another has the name. */
export function insertWorkload(
  sql: Sql,
  { id, name, environment }: { id: string; name: string; environment: Environment },
) {
  return sql.run({
    name: 'identity.workload.insert',
    text: `insert into identity.workload (id, name, environment) values ($1, $2, $3)
           on conflict (name) do nothing`,
    values: [id, name, environment],
  })
}

/** How an account stands, without a word on who it is. */
export interface Standing extends ActorRef {
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly disabledAt: Date | null
  readonly disabledBecause: string | null
  readonly locked: boolean
}

const standing = `
  a.id, a.kind, a.created_at as "createdAt", a.disabled_at as "disabledAt",
  a.disabled_because as "disabledBecause",
  greatest(a.last_used_at,
    (select max(s.last_seen_at) from identity.session s where s.person_id = a.id),
    (select max(c.last_used_at) from identity.credential c where c.workload_id = a.id),
    (select max(c.last_used_at) from identity.certificate c where c.workload_id = a.id)) as "lastUsedAt",
  exists (select from identity.lock l where l.actor_id = a.id and l.lifted_at is null) as locked`

/** One account, locked against change until the transaction ends. */
export function standingOf(sql: Sql, id: string): Promise<Standing | undefined> {
  return sql.first({
    name: 'identity.actor.standing',
    text: `select ${standing} from identity.actor a where a.id = $1 for no key update of a`,
    values: [id],
  })
}

/** What kind of actor has this id, if any. */
export async function kindOf(sql: Sql, id: string): Promise<ActorRef['kind'] | undefined> {
  const row = await sql.first<ActorRef>({
    name: 'identity.actor.kind',
    text: 'select id, kind from identity.actor where id = $1',
    values: [id],
  })
  return row?.kind
}

export interface PersonStanding extends Standing, PersonRow {
  readonly factors: readonly string[]
}

/** Persons in the order they came, after one id; canaries are no persons. */
export function personsAfter(sql: Sql, after: string, limit: number): Promise<PersonStanding[]> {
  return sql.rows({
    name: 'identity.person.list',
    text: `select ${standing}, p.name, p.email,
             array(select distinct f.kind from identity.factor f where f.person_id = p.id order by 1) as factors
           from identity.person p join identity.actor a on a.id = p.id
           where a.id > $1 and not a.canary order by a.id limit $2`,
    values: [after, limit],
  })
}

export interface WorkloadStanding extends Standing {
  readonly name: string
  readonly environment: Environment
  /** Null: from anywhere, for any purpose. */
  readonly networks: readonly string[] | null
  readonly purposes: readonly string[] | null
}

export function workloadsAfter(
  sql: Sql,
  after: string,
  limit: number,
): Promise<WorkloadStanding[]> {
  return sql.rows({
    name: 'identity.workload.list',
    text: `select ${standing}, w.name, w.environment, w.networks::text[] as networks, w.purposes
           from identity.workload w join identity.actor a on a.id = w.id
           where a.id > $1 and not a.canary order by a.id limit $2`,
    values: [after, limit],
  })
}

export function workloadOf(sql: Sql, id: string): Promise<WorkloadStanding | undefined> {
  return sql.first({
    name: 'identity.workload.get',
    text: `select ${standing}, w.name, w.environment, w.networks::text[] as networks, w.purposes
           from identity.workload w join identity.actor a on a.id = w.id where a.id = $1`,
    values: [id],
  })
}

/** The sealed names of these persons; ids of workloads are passed over. */
export function personNames(sql: Sql, ids: readonly string[]): Promise<PersonRow[]> {
  return sql.rows({
    name: 'identity.person.names',
    text: 'select id, name, email from identity.person where id = any($1::uuid[])',
    values: [ids],
  })
}

export function setDisabled(sql: Sql, id: string, at: Date, because: string) {
  return sql.run({
    name: 'identity.actor.disable',
    text: `update identity.actor set disabled_at = $2, disabled_because = $3
           where id = $1 and disabled_at is null`,
    values: [id, at, because],
  })
}

/** Enables again, and counts the days of disuse from now. */
export function setEnabled(sql: Sql, id: string, at: Date) {
  return sql.run({
    name: 'identity.actor.enable',
    text: `update identity.actor set disabled_at = null, disabled_because = null, last_used_at = $2,
             warned_at = null
           where id = $1 and disabled_at is not null`,
    values: [id, at],
  })
}

/** Persons who sign in by this e-mail's index: one or none. */
export function personByEmail(sql: Sql, { all }: EmailIndex) {
  return sql.first<{ id: string; passwordHash: string | null; stands: boolean }>({
    name: 'identity.person.by-email',
    text: `select p.id, p.password_hash as "passwordHash",
             a.disabled_at is null and not exists (
               select from identity.lock l where l.actor_id = a.id and l.lifted_at is null) as stands
           from identity.person p join identity.actor a on a.id = p.id where p.email_index = any($1::bytea[])`,
    values: [all],
  })
}

/** As {@link personByEmail}, by id, and held until the transaction ends. */
export async function personForSignIn(sql: Sql, id: string) {
  await sql.rows({
    name: 'identity.actor.hold',
    text: 'select from identity.actor where id = $1 for no key update',
    values: [id],
  })
  // A statement of its own: it must see the lock that whoever held the row before has set.
  return sql.first<{ passwordHash: string | null; stands: boolean }>({
    name: 'identity.person.for-sign-in',
    text: `select p.password_hash as "passwordHash",
             a.disabled_at is null and not exists (
               select from identity.lock l where l.actor_id = a.id and l.lifted_at is null) as stands
           from identity.person p join identity.actor a on a.id = p.id where p.id = $1`,
    values: [id],
  })
}

export function setPasswordHash(sql: Sql, id: string, hash: string, at: Date) {
  return sql.run({
    name: 'identity.person.set-password',
    text: 'update identity.person set password_hash = $2, password_set_at = $3 where id = $1',
    values: [id, hash, at],
  })
}
