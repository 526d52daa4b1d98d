import type { Act } from '#kernel'
import { clientOf } from '#gate'
import { dayMs } from '#ground'
import { noteDevice } from '../factors/own-store.ts'
import { notify } from '../persons/notice-acts.ts'

/** A browser and network not seen for this long are new again. */
const knownForDays = 90

/**
 * Tells a person when their account is signed in to from a browser or network that was not seen
 * before (ASVS 6.3.5). The first sign-in ever is the enrolment's own.
 */
export async function noteSignIn(act: Act, personId: string): Promise<void> {
  const { address, agent = '' } = act.source
  const device = act.secrets.mac(
    'house',
    'identity.device',
    `${personId} ${clientOf(address).client} ${agent}`,
  )
  const since = new Date(act.now.getTime() - knownForDays * dayMs)
  if ((await noteDevice(act.sql, personId, device, act.now, since)) !== 'new') return
  act.tell({ newDevice: true })
  await notify(act, [personId], 'new-device', { at: act.now.toISOString() })
}
