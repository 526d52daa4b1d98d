import { newId } from '#ground'
import { type HouseCross, type Probe, Refusal } from '#kernel'
import { decideChange, proposeChange, stepChange } from './change-acts.ts'
import { addDays, dayOf } from './day.ts'
import { canaryPassed } from './refusals.ts'
import { activateVendor, proposeVendor } from './vendor-acts.ts'

/**
 * Tries a forbidden thing within an act of the house. The act always ends in a refusal, so the
 * canary never commits; either way the trail has the entry of the attempt.
 */
async function attempt(
  cross: HouseCross,
  action: string,
  deed: Parameters<HouseCross>[1],
): Promise<Refusal> {
  try {
    await cross({ action }, async (act) => {
      await deed(act)
      throw canaryPassed()
    })
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new TypeError('an attempt cannot commit')
}

/** A vendor nobody has assessed is activated, and must not be. */
export async function tryVendor(cross: HouseCross): Promise<Probe> {
  const { code, message } = await attempt(cross, 'governance.vendor.probe', async (act) => {
    const { id } = await proposeVendor(act, {
      name: 'Canary vendor',
      service: 'none; it tests that activation is refused',
      country: 'DE',
      dataCategories: [],
      owner: newId(),
      due: addDays(dayOf(act.now), 30),
    })
    await activateVendor(act, id)
  })
  return {
    tried: 'To activate a vendor without assessment, contract and objection window.',
    answer: `${code}: ${message}`,
    refused: code === 'governance.vendor-not-ready',
  }
}

/** A change is put live without approval, and approved by the one who proposed it; both must be refused. */
export async function tryChange(cross: HouseCross): Promise<Probe> {
  const canary = {
    title: 'Canary change',
    kind: 'configuration',
    plan: 'None; it tests that unapproved changes are refused.',
    rollbackPlan: 'None; it is never committed.',
    owner: newId(),
  } as const
  const jump = await attempt(cross, 'governance.change.probe', async (act) => {
    const { id } = await proposeChange(act, { ...canary, due: addDays(dayOf(act.now), 30) })
    await stepChange(act, id, { step: 'live', note: 'canary' })
  })
  const own = await attempt(cross, 'governance.change.probe', async (act) => {
    const { id } = await proposeChange(act, { ...canary, due: addDays(dayOf(act.now), 30) })
    await decideChange(act, id, { approved: true, note: 'canary' })
  })
  return {
    tried: 'To put a change live without approval, and to approve one of its own proposer.',
    answer: `${jump.code}; ${own.code}: ${own.message}`,
    refused:
      jump.code === 'governance.change-wrong-state' &&
      own.code === 'governance.approval-by-proposer',
  }
}
