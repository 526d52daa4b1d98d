import { newId } from '#ground'
import { noLongerWaits, tellDeciders } from '#identity'
import type { Act } from '#kernel'
import { type ChangeStep, isLast, mayStep } from './change.ts'
import {
  changes,
  type ChangeRow,
  insertChange,
  insertStep,
  type NewChange,
  updateState,
} from './change-store.ts'
import { demandAhead, demandPerson } from './demand.ts'
import { approvalByProposer, changeWrongState, unknownItem, versionMissing } from './refusals.ts'
import { itemForUpdate } from './register-store.ts'

/** Proposes a change with its plan and the way back. */
export async function proposeChange(act: Act, change: NewChange): Promise<{ id: string }> {
  if ((change.kind === 'release') !== (change.version !== undefined)) throw versionMissing()
  demandAhead('due', change.due, act.now, 400)
  const id = newId()
  await insertChange(act.sql, { ...change, id, proposedBy: act.actor.id, now: act.now })
  const facts = { at: change.due }
  await tellDeciders(act, 'governance.change.decide', 'change-proposed', facts, { about: id })
  act.tell({ changeId: id, title: change.title, kind: change.kind })
  return { id }
}

/**
 * Approves or rejects a proposed change.
 *
 * @throws {Refusal} `governance.approval-by-proposer` before anything else,
 *   `governance.needs-person`, `governance.change-wrong-state`.
 */
export async function decideChange(
  act: Act,
  id: string,
  { approved, note }: { readonly approved: boolean; readonly note: string },
): Promise<void> {
  const { state, proposedBy } = await known(act, id)
  if (proposedBy === act.actor.id) throw approvalByProposer()
  demandPerson(act)
  if (state !== 'proposed') throw changeWrongState(state, 'approval')
  await take(act, id, approved ? 'approved' : 'rejected', note)
  await noLongerWaits(act, 'change-proposed', id)
}

/** Takes the next step of a change. @throws {Refusal} `governance.change-wrong-state` for one that jumps. */
export async function stepChange(
  act: Act,
  id: string,
  { step, note }: { readonly step: ChangeStep; readonly note: string },
): Promise<void> {
  const { state } = await known(act, id)
  if (!mayStep(state, step)) throw changeWrongState(state, step)
  await take(act, id, step, note)
}

async function take(
  act: Act,
  id: string,
  step: ChangeStep | 'approved' | 'rejected',
  note: string,
): Promise<void> {
  const { now, actor, sql } = act
  await insertStep(sql, { id: newId(), changeId: id, step, by: actor.id, note, now })
  await updateState(sql, id, step, isLast(step) ? now : null)
  act.tell({ changeId: id, step, note })
}

async function known(act: Act, id: string): Promise<ChangeRow> {
  const row = await itemForUpdate(act.sql, changes, id)
  if (row === undefined) throw unknownItem()
  return row
}
