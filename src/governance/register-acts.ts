import { newId } from '#ground'
import type { Act } from '#kernel'
import { answer } from './answer.ts'
import { type Day, dayOf } from './day.ts'
import { demandAhead, demandPerson } from './demand.ts'
import {
  cannotBeEmpty,
  deadlineFixed,
  endsByItself,
  notEmpty,
  nothingToChange,
  unknownItem,
} from './refusals.ts'
import { isOverdue, type RegisterName, registers } from './register.ts'
import {
  absencesAt,
  endItemRow,
  figures,
  insertAbsence,
  type Item,
  itemsAfter,
  obligationsAfter,
  type Page,
  type Shelf,
  updateOwnerAndDue,
} from './register-store.ts'
import { updateVendorEnded } from './vendor-store.ts'

const absenceDays = 365
const dayMs = 86_400_000

/** Each register with how much is open and overdue, and who said that there is nothing to enter. */
export async function listRegisters(act: Act) {
  const [counts, absences] = [
    await figures(act.sql, dayOf(act.now)),
    await absencesAt(act.sql, act.now),
  ]
  return counts.map(({ name, open, overdue }) => {
    const none = absences.find(({ register }) => register === name)
    return {
      name,
      title: registers[name].title,
      open,
      overdue,
      ...(none === undefined ? {} : { none: answer(none) }),
    }
  })
}

/** One page of a register whose rows hold nothing sealed. */
export async function listItems<Row extends Item>(act: Act, shelf: Shelf<Row>, page: Page) {
  const { rows, ...rest } = await itemsAfter(act.sql, shelf, page)
  const items = rows.map((row) => ({
    ...answer(row),
    overdue: isOverdue(row.due, row.endedAt, act.now),
  }))
  return { items, ...rest }
}

/** Everything that waits for somebody, soonest due first. */
export async function listObligations(
  act: Act,
  { after, until, limit }: { after?: { due: Day; id: string }; until?: Day; limit: number },
) {
  const rows = await obligationsAfter(act.sql, after, until, limit + 1)
  const items = rows
    .slice(0, limit)
    .map((one) => ({ ...one, overdue: isOverdue(one.due, null, act.now) }))
  const last = items.at(-1)
  return rows.length > limit && last !== undefined
    ? { items, next: `${last.due}.${last.id}` }
    : { items }
}

/**
 * Gives an entry another owner or another due day; the trail keeps who did it.
 *
 * @throws {Refusal} `governance.deadline-fixed` where a promise sets the day.
 */
export async function reassignItem(
  act: Act,
  name: RegisterName,
  id: string,
  { owner, due }: { readonly owner?: string; readonly due?: Day },
): Promise<void> {
  const register = registers[name]
  if (owner === undefined && due === undefined) throw nothingToChange()
  if (due !== undefined) {
    if (register.fixedDue) throw deadlineFixed()
    demandAhead('due', due, act.now, 400)
  }
  if ((await updateOwnerAndDue(act.sql, register, id, owner, due)) === 0) throw unknownItem()
  act.tell({ register: name, id, owner, due })
}

/**
 * Closes an entry for good. It stays to be read.
 *
 * @throws {Refusal} `governance.ends-by-its-own-act` for vulnerabilities and changes.
 */
export async function endItem(
  act: Act,
  name: RegisterName,
  id: string,
  reason: string,
): Promise<void> {
  const register = registers[name]
  if (register.endsBySelf) throw endsByItself()
  if ((await endItemRow(act.sql, register, id, act.now)) === 0) throw unknownItem()
  if (name === 'vendors') await updateVendorEnded(act.sql, id)
  act.tell({ register: name, id, reason })
}

/**
 * A person states that a register is empty because there is nothing to enter. Counts for a year.
 *
 * @throws {Refusal} `governance.needs-person`, `governance.register-cannot-be-empty`,
 *   `governance.register-not-empty`.
 */
export async function declareNone(
  act: Act,
  name: RegisterName,
  reason: string,
): Promise<{ id: string; expiresAt: string }> {
  const byPerson = demandPerson(act)
  if (!registers[name].canBeEmpty) throw cannotBeEmpty()
  const open = (await figures(act.sql, dayOf(act.now))).find((f) => f.name === name)?.open ?? 0
  if (open > 0) throw notEmpty()
  const id = newId()
  const expiresAt = new Date(act.now.getTime() + absenceDays * dayMs)
  await insertAbsence(act.sql, { id, register: name, reason, byPerson, at: act.now, expiresAt })
  act.tell({ register: name, reason, expiresAt: expiresAt.toISOString() })
  return { id, expiresAt: expiresAt.toISOString() }
}
