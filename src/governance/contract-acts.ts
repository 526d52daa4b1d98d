import { newId } from '#ground'
import type { Act } from '#kernel'
import { answer } from './answer.ts'
import { binds } from './contract.ts'
import { contracts, insertContract, type NewContract } from './contract-store.ts'
import { demandAhead, demandOrder, demandPast } from './demand.ts'
import { onePartyOnly, unknownItem } from './refusals.ts'
import { isOverdue } from './register.ts'
import { itemForUpdate, itemsAfter, type Page } from './register-store.ts'
import { vendors } from './vendor-store.ts'

/**
 * Enters the facts of a signed contract; the document itself stays where it is, known by its hash.
 *
 * @throws {Refusal} `governance.contract-parties` unless it is with exactly one vendor or controller.
 */
export async function enterContract(act: Act, contract: NewContract): Promise<{ id: string }> {
  const { vendorId, controllerId, signedOn, expiresOn, due } = contract
  if ((vendorId === undefined) === (controllerId === undefined)) throw onePartyOnly()
  demandPast('signedOn', signedOn, act.now)
  demandAhead('due', due, act.now)
  if (expiresOn !== undefined) {
    demandAhead('expiresOn', expiresOn, act.now)
    // An owner must be asked before the contract has run out, not after.
    demandOrder('due', due, 'expiresOn', expiresOn)
  }
  if (vendorId !== undefined) {
    const vendor = await itemForUpdate(act.sql, vendors, vendorId)
    if (vendor === undefined || vendor.endedAt !== null) throw unknownItem()
  }
  const id = newId()
  await insertContract(act.sql, { ...contract, id, now: act.now })
  act.tell({ contractId: id, kind: contract.kind, vendorId, ofController: controllerId })
  return { id }
}

export async function listContracts(act: Act, page: Page) {
  const { rows, ...rest } = await itemsAfter(act.sql, contracts, page)
  const items = rows.map((row) => ({
    ...answer(row),
    overdue: isOverdue(row.due, row.endedAt, act.now),
    binding: binds(row, act.now),
  }))
  return { items, ...rest }
}
