import { newId } from '#ground'
import { type Act, controllerOf, Sealed } from '#kernel'
import { openPersonal, sealPersonal } from '#keys'
import { dropIndex, recordsOfCategory, redateRecords } from '../records/store.ts'
import {
  contractMalformed,
  contractMoved,
  controllerLeaving,
  fieldHoldsRecords,
  unknownController,
  weakeningUnexplained,
} from '../refusals.ts'
import { longestRetention } from '../retention/retention.ts'
import { agree, type Terms } from './agreement.ts'
import type { BreachContact, Contract, Controller } from './contract.ts'
import {
  controllerFacts,
  holdController,
  insertContract,
  insertController,
  lockController,
  sealedContacts,
  setVersion,
} from './store.ts'
import { weakenings } from './weakening.ts'

export interface NewControllerTerms extends Terms {
  readonly breachContacts: readonly BreachContact[]
  /** For drills and checks; never a real customer. */
  readonly synthetic?: boolean
  /** Left out of lists; only together with `synthetic`. */
  readonly hidden?: boolean
}

/**
 * Takes a controller in: its ring, its contract, its place for data. An act of the house.
 *
 * @throws {Refusal} what {@link agree} throws; `vault.contract-malformed` for a real controller
 *   without breach contacts.
 */
export async function createController(act: Act, input: NewControllerTerms): Promise<Controller> {
  const { breachContacts, synthetic = false, hidden = false, ...terms } = input
  const contract = agree(terms)
  demandContacts(breachContacts, synthetic)
  const controllerId = newId()
  // The ring is durable before a row speaks of it; one without a row holds nothing and harms nothing.
  act.secrets.createRing(controllerId)
  const { now } = act
  await insertController(act.sql, { controllerId, synthetic, hidden, now })
  const contacts = sealContacts(act, controllerId, breachContacts)
  await insertContract(act.sql, { controllerId, version: 1, facts: contract, contacts, now })
  act.tell({ controllerId, version: 1, contract, synthetic })
  return {
    ...contract,
    controllerId,
    synthetic,
    hidden,
    state: 'active',
    version: 1,
    createdAt: now,
    agreedAt: now,
  }
}

export interface Amendment extends Partial<Terms> {
  readonly breachContacts?: readonly BreachContact[]
  /** The version this amendment was drawn against; another in force refuses it. */
  readonly version?: number
  /** Why protection is weakened, where it is. */
  readonly reason?: string
}

/**
 * Puts a new version of the contract in force; what the amendment leaves out stays as it was.
 * Retention, longer or shorter, applies to the records already held.
 *
 * @throws {Refusal} `vault.weakening-unexplained` where protection weakens without a reason,
 *   `vault.contract-moved`, `vault.field-holds-records`, and what {@link agree} throws.
 */
export async function amendController(act: Act, amendment: Amendment): Promise<Controller> {
  const controllerId = controllerOf(act)
  const before = demandActive(await lockController(act.sql, controllerId))
  const { breachContacts, version = before.version, reason = act.reason, ...changes } = amendment
  if (version !== before.version) throw contractMoved()
  const after = agree({ ...termsOf(before), ...changes }, before)
  const weaker = weakenings(before, after)
  if (weaker.length > 0 && reason === undefined) throw weakeningUnexplained(weaker)
  if (breachContacts !== undefined) demandContacts(breachContacts, before.synthetic)
  await applyToRecords(act, before, after)
  const contacts =
    breachContacts === undefined
      ? await contactsInForce(act, controllerId)
      : sealContacts(act, controllerId, breachContacts)
  const next = before.version + 1
  const { now } = act
  await insertContract(act.sql, { controllerId, version: next, facts: after, contacts, now })
  await setVersion(act.sql, controllerId, next)
  act.tell({
    version: next,
    before: termsOf(before),
    contract: after,
    weakenings: weaker,
    contactsChanged: breachContacts !== undefined,
    ...(reason === undefined ? {} : { why: reason }),
  })
  return { ...before, ...after, version: next, agreedAt: now }
}

/**
 * The controller of the act's scope.
 *
 * @throws {Refusal} `vault.unknown-controller`.
 */
export async function contractOf(act: Act): Promise<Controller> {
  const controller = await controllerFacts(act.sql, controllerOf(act))
  if (controller === undefined) throw unknownController()
  return controller
}

/**
 * As {@link contractOf}, for acts on its data.
 *
 * @throws {Refusal} `vault.unknown-controller`; `vault.controller-left` once it is leaving.
 */
export async function activeController(act: Act): Promise<Controller> {
  return demandActive(await controllerFacts(act.sql, controllerOf(act)))
}

/** As {@link activeController}, for acts that put data in: its contract stands still until they end. */
export async function heldController(act: Act): Promise<Controller> {
  return demandActive(await holdController(act.sql, controllerOf(act)))
}

function demandActive(controller: Controller | undefined): Controller {
  if (controller === undefined) throw unknownController()
  if (controller.state !== 'active') throw controllerLeaving()
  return controller
}

/**
 * Whom to tell of a breach, for a controller in the act's scope.
 *
 * @throws {Refusal} `vault.unknown-controller`, also for one outside the scope.
 */
export async function breachContacts(
  act: Act,
  controllerId: string,
): Promise<Sealed<BreachContact[]>> {
  const sealed = await contactsInForce(act, controllerId)
  const { secrets } = act
  return new Sealed(
    (receipt) =>
      JSON.parse(
        openPersonal(receipt, secrets, 'house', contactsContext(controllerId), sealed),
      ) as BreachContact[],
  )
}

async function applyToRecords(act: Act, before: Contract, after: Contract): Promise<void> {
  const controllerId = controllerOf(act)
  for (const category of after.categories) {
    const old = before.categories.find(({ bit }) => bit === category.bit)
    if (old === undefined) continue
    const { bit } = category
    const { retainDays, retainFrom } = category
    if (old.retainDays !== retainDays || old.retainFrom !== retainFrom)
      await redateRecords(act.sql, { controllerId, bit, retainDays, retainFrom, longestRetention })
    for (const field of category.fields) {
      const was = old.fields.find(({ name }) => name === field.name)
      if (was === undefined) continue
      const wider = (field.searchable && !was.searchable) || (field.words && !was.words)
      // Records already held were never indexed under this field: a search would miss them silently.
      if (wider && (await recordsOfCategory(act.sql, controllerId, bit)) > 0)
        throw fieldHoldsRecords(category.name, field.name)
      if (was.searchable && !field.searchable)
        await dropIndex(act.sql, { controllerId, bit, field: field.name })
    }
  }
}

const termsOf = (contract: Contract): Terms => ({
  name: contract.name,
  ...(contract.country === null ? {} : { country: contract.country }),
  categories: contract.categories,
  purposes: contract.purposes,
  noticeHours: contract.noticeHours,
  exportAlone: contract.exportAlone,
  subjectKinds: contract.subjectKinds,
})

const contactsContext = (controllerId: string) => ['vault.contract', 'contacts', controllerId]

// Under the house's ring, not the controller's: a breach that happened before a controller left may
// be found after, and it must still be told.
const sealContacts = (act: Act, controllerId: string, contacts: readonly BreachContact[]) =>
  sealPersonal(act, 'house', contactsContext(controllerId), JSON.stringify(contacts))

async function contactsInForce(act: Act, controllerId: string): Promise<Buffer> {
  const sealed = await sealedContacts(act.sql, controllerId)
  if (sealed === undefined) throw unknownController()
  return sealed
}

function demandContacts(contacts: readonly BreachContact[], synthetic: boolean): void {
  if (contacts.length === 0 && !synthetic)
    throw contractMalformed('Name at least one breach contact.')
  for (const { name, email } of contacts)
    if (name.trim() === '' || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
      throw contractMalformed('A breach contact has a name and an e-mail address.')
}
