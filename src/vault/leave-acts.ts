import { type Act, controllerOf } from '#kernel'
import type { Controller } from './contract.ts'
import { contractOf } from './controller-acts.ts'
import { lockController, setState } from './controller-store.ts'
import { eraseLeaving } from './erase-acts.ts'
import { forgetRemains } from './remains-store.ts'
import { legalHold, nameNotConfirmed, unknownController } from './refusals.ts'
import { anyHeld } from './subject-store.ts'

/**
 * Begins a controller's leaving (GDPR Art. 28(3)(g)): from here on nothing is read or taken in.
 * Give the data back before: see export.
 *
 * @param name - the controller's name, typed by whoever asks for this.
 * @throws {Refusal} `vault.name-not-confirmed`, `vault.legal-hold`, `vault.unknown-controller`.
 */
export async function beginLeaving(act: Act, name: string): Promise<Controller> {
  const controller = await lockController(act.sql, controllerOf(act))
  if (controller === undefined) throw unknownController()
  if (name !== controller.name) throw nameNotConfirmed()
  if (controller.state !== 'active') return controller
  if (await anyHeld(act.sql, controller.controllerId)) throw legalHold()
  await setState(act.sql, controller.controllerId, 'leaving', null)
  act.tell({ controllerId: controller.controllerId, state: 'leaving' })
  return { ...controller, state: 'leaving' }
}

/** Ends it: every key of the controller is destroyed. Its own log can seal no more; the house's tells of this act. */
export async function finishLeaving(act: Act): Promise<Controller> {
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
