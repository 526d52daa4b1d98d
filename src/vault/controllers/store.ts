import type { Sql } from '#kernel'
import type { Contract, Controller, ControllerState } from './contract.ts'

interface Row {
  readonly controllerId: string
  readonly state: ControllerState
  readonly synthetic: boolean
  readonly hidden: boolean
  readonly version: number
  readonly createdAt: Date
  readonly agreedAt: Date
  readonly facts: Contract
}

const columns = `c.controller_id as "controllerId", c.state, c.synthetic, c.hidden, c.version,
    c.created_at as "createdAt", k.agreed_at as "agreedAt", k.facts`
const inForce = 'vault.controller c join vault.contract k using (controller_id, version)'

const facts = {
  name: 'vault.controller.facts',
  text: (among: string) => `select ${columns} from ${inForce} where c.controller_id ${among}`,
  keyOf: ({ controllerId }: Row) => controllerId,
}

const controllerOfRow = ({ facts, ...row }: Row): Controller => ({ ...facts, ...row })

/** A controller with the facts of its contract in force, or undefined. */
export async function controllerFacts(sql: Sql, id: string): Promise<Controller | undefined> {
  const [row] = await sql.ofKey(facts, id)
  return row && controllerOfRow(row)
}

/**
 * As {@link controllerFacts}, for who amends or closes it: waits for puts under way, and lets none
 * begin until the transaction ends.
 */
export async function lockController(sql: Sql, id: string): Promise<Controller | undefined> {
  await sql.rows({
    name: 'vault.controller.lock',
    text: `select pg_advisory_xact_lock(hashtextextended('vault.controller:' || $1, 0))`,
    values: [id],
  })
  return controllerFacts(sql, id)
}

/** As {@link controllerFacts}, for who puts data in: the contract stands still until the transaction ends. */
export async function holdController(sql: Sql, id: string): Promise<Controller | undefined> {
  const [, found] = await Promise.all([
    sql.rows({
      name: 'vault.controller.hold',
      text: `select pg_advisory_xact_lock_shared(hashtextextended('vault.controller:' || $1, 0))`,
      values: [id],
    }),
    // A statement of its own: it must see what whoever held the lock before has committed.
    controllerFacts(sql, id),
  ])
  return found
}

/** Every controller by name; hidden ones only on request. */
export async function listControllers(sql: Sql, withHidden = false): Promise<Controller[]> {
  const rows = await sql.rows<Row>({
    name: 'vault.controller.list',
    text: `select ${columns} from ${inForce} where $1 or not c.hidden
      order by k.facts ->> 'name', c.controller_id`,
    values: [withHidden],
  })
  return rows.map(controllerOfRow)
}

/** The hidden controller that checks live in, if it stands. */
export async function hiddenController(sql: Sql): Promise<Controller | undefined> {
  const row = await sql.first<Row>({
    name: 'vault.controller.hidden',
    text: `select ${columns} from ${inForce} where c.hidden and c.state = 'active'`,
  })
  return row && controllerOfRow(row)
}

/** Lets one transaction at a time make the hidden controller. */
export async function lockHidden(sql: Sql): Promise<void> {
  await sql.rows({
    name: 'vault.controller.lock-hidden',
    text: `select pg_advisory_xact_lock(hashtextextended('vault.hidden-controller', 0))`,
  })
}

export interface NewController {
  readonly controllerId: string
  readonly synthetic: boolean
  readonly hidden: boolean
  readonly now: Date
}

export async function insertController(sql: Sql, c: NewController): Promise<void> {
  await sql.run({
    name: 'vault.controller.insert',
    text: `insert into vault.controller (controller_id, synthetic, hidden, created_at)
      values ($1, $2, $3, $4)`,
    values: [c.controllerId, c.synthetic, c.hidden, c.now],
  })
}

export interface NewContract {
  readonly controllerId: string
  readonly version: number
  readonly facts: Contract
  readonly contacts: Buffer
  readonly now: Date
}

export async function insertContract(sql: Sql, c: NewContract): Promise<void> {
  await sql.run({
    name: 'vault.contract.insert',
    text: `insert into vault.contract (controller_id, version, facts, contacts, agreed_at)
      values ($1, $2, $3, $4, $5)`,
    values: [c.controllerId, c.version, JSON.stringify(c.facts), c.contacts, c.now],
  })
}

/** Puts another version of the contract in force. */
export async function setVersion(sql: Sql, controllerId: string, version: number): Promise<void> {
  await sql.run({
    name: 'vault.controller.set-version',
    text: 'update vault.controller set version = $2 where controller_id = $1',
    values: [controllerId, version],
  })
}

/** The sealed breach contacts of the contract in force. */
export async function sealedContacts(sql: Sql, controllerId: string): Promise<Buffer | undefined> {
  const row = await sql.first<{ contacts: Buffer }>({
    name: 'vault.contract.contacts',
    text: `select k.contacts from ${inForce} where c.controller_id = $1`,
    values: [controllerId],
  })
  return row?.contacts
}

export async function setState(
  sql: Sql,
  controllerId: string,
  state: ControllerState,
  leftAt: Date | null,
): Promise<void> {
  await sql.run({
    name: 'vault.controller.set-state',
    text: 'update vault.controller set state = $2, left_at = $3 where controller_id = $1',
    values: [controllerId, state, leftAt],
  })
}

/** Ids of controllers that have begun to leave and are not gone yet. */
export async function leavingControllers(sql: Sql): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>({
    name: 'vault.controller.leaving',
    text: `select controller_id as id from vault.controller where state = 'leaving'`,
  })
  return rows.map(({ id }) => id)
}

/** What a controller has in the vault now. */
export interface Counts {
  readonly subjects: number
  readonly records: number
}

/** Live subjects and records of one controller. */
export async function countsOf(sql: Sql, controllerId: string): Promise<Counts> {
  const row = await sql.first<Counts>({
    name: 'vault.controller.counts',
    text: `select
        (select count(*) from vault.subject where controller_id = $1 and erased_at is null) as subjects,
        (select count(*) from vault.record where controller_id = $1) as records`,
    values: [controllerId],
  })
  return row ?? { subjects: 0, records: 0 }
}

/** Counts of every controller that has a subject, by its id. */
export async function countsOfAll(sql: Sql): Promise<Map<string, Counts>> {
  const rows = await sql.rows<Counts & { id: string }>({
    name: 'vault.controller.counts-of-all',
    text: `select id, sum(subjects)::bigint as subjects, sum(records)::bigint as records from (
        select controller_id as id, count(*) as subjects, 0 as records
          from vault.subject where erased_at is null group by 1
        union all
        select controller_id, 0, count(*) from vault.record group by 1) c
      group by id`,
  })
  return new Map(rows.map(({ id, ...counts }) => [id, counts]))
}

/** Names of a controller's categories by their bits, as notices and scope counts name them. */
export async function categoriesByBit(
  sql: Sql,
  controllerId: string,
): Promise<ReadonlyMap<number, string>> {
  const controller = await controllerFacts(sql, controllerId)
  return new Map(controller?.categories.map(({ bit, name }) => [bit, name]))
}
