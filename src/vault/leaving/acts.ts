import { type Act, controllerOf, type HouseCross } from '#kernel'
import { destroyedRings } from '#keys'
import { contractOf } from '../controllers/acts.ts'
import type { Controller } from '../controllers/contract.ts'
import { listControllers, lockController, setState } from '../controllers/store.ts'
import { eraseLeaving } from '../erasure/acts.ts'
import { legalHold, nameNotConfirmed, notReturned, unknownController } from '../refusals.ts'
import { forgetRemains } from '../retention/remains-store.ts'
import { anyHeld } from '../subjects/store.ts'
import { returnOf } from './return-store.ts'

/** How it stands with what the controller is owed. */
export interface Settled {
  /** SHA-256 of its return, hex, as whoever received it reckons it. */
  readonly archiveSha256?: string
  /** Why nothing is given back, in the controller's own choice. */
  readonly waiver?: string
}

/**
 * Begins a controller's leaving (GDPR Art. 28(3)(g)): from here on nothing is read or taken in. Its
 * data was given back before, or the controller's choice that it be deleted is written down.
 *
 * @param name - the controller's name, typed by whoever asks for this.
 * @throws {Refusal} `vault.not-returned`, `vault.name-not-confirmed`, `vault.legal-hold`, `vault.unknown-controller`.
 */
export async function beginLeaving(
  act: Act,
  name: string,
  { archiveSha256, waiver = '' }: Settled,
): Promise<Controller> {
  const controller = await lockController(act.sql, controllerOf(act))
  if (controller === undefined) throw unknownController()
  if (name !== controller.name) throw nameNotConfirmed()
  if (controller.state === 'leaving' || controller.state === 'left') return controller
  if (await anyHeld(act.sql, controller.controllerId)) throw legalHold()
  const { sha256 } = await returnOf(act.sql, controller.controllerId)
  const isReturned =
    controller.state === 'returning' && sha256 !== null && sha256.toString('hex') === archiveSha256
  if (!isReturned && waiver.trim() === '') throw notReturned()
  const settled = isReturned ? { archiveSha256 } : { notReturned: waiver }
  await setState(act.sql, controller.controllerId, 'leaving', null)
  act.tell({ controllerId: controller.controllerId, state: 'leaving', ...settled })
  return { ...controller, state: 'leaving' }
}

/** Ends it: every key of the controller is destroyed. Its own log can seal no more; the house's tells of this act. */
async function finishLeaving(act: Act): Promise<Controller> {
  const controller = await contractOf(act)
  if (controller.state === 'left') return controller
  await setState(act.sql, controller.controllerId, 'left', act.now)
  await forgetRemains(act.sql, controller.controllerId)
  act.secrets.destroyRing(controller.controllerId)
  act.tell({ controllerId: controller.controllerId, state: 'left' })
  return { ...controller, state: 'left' }
}

/** Erases all data of a leaving controller, batch by batch, then its keys. Goes on where it was broken off. */
export async function leaveNow(
  cross: <T>(deed: (act: Act) => Promise<T>) => Promise<T>,
): Promise<Controller> {
  const { state } = await cross(contractOf)
  if (state === 'leaving') while (await cross((act) => eraseLeaving(act))) continue
  return cross(finishLeaving)
}

/**
 * Ends again what a restore brought back: controllers that left after the backup. Their keys are destroyed, and
 * the keyring remembers it, so whatever stands here of them opens no more. Under a hold of the backup too:
 * there is nothing left to keep.
 *
 * @returns their ids.
 */
export async function leaveAgain(cross: HouseCross): Promise<string[]> {
  const action = 'vault.finish-leaving'
  const back = await cross({ action, effect: 'read' }, async (act) => {
    const destroyed = new Set(destroyedRings(act))
    const all = await listControllers(act.sql, true)
    return all.filter((one) => one.state !== 'left' && destroyed.has(one.controllerId))
  })
  for (const { controllerId } of back) {
    const scope = { controllerId }
    await cross({ action, scope }, (act) => setState(act.sql, controllerId, 'leaving', null))
    await leaveNow((deed) => cross({ action, scope }, deed))
  }
  return back.map(({ controllerId }) => controllerId)
}
