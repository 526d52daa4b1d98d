import { openedBy } from '#ground'
import { type HouseCross, type World } from '#kernel'
import { deliver } from '../adapters/delivery.ts'
import { type Outcome, sendRound } from './send-acts.ts'

export const sendAction = 'trail.stream.send'

/** Rounds of one turn: a long backlog must not keep others from their turn for ever. */
const mostRounds = 50

/**
 * Sends what is due to every receiver, round after round, until nothing is due. A receiver that does
 * not answer holds the round up until its deadline, and then waits longer and longer by itself.
 */
export async function sendAll(
  cross: HouseCross,
  world: Pick<World, 'settings' | 'now' | 'closing'>,
): Promise<void> {
  const { settings, closing } = world
  const way = {
    opened: openedBy(settings),
    signal: closing,
  }
  const host = new URL(settings.publicUrl).hostname
  let outcomes: Outcome[] = []
  for (let round = 1; ; round += 1) {
    const before = outcomes
    const isLast = round > mostRounds || closing.aborted
    const shipments = await cross({ action: sendAction }, (act) => sendRound(act, before, isLast))
    if (shipments.length === 0) return
    const sender = { host, now: world.now() }
    outcomes = await Promise.all(
      shipments.map(async (shipment) => ({
        shipment,
        delivery: await deliver(shipment.destination, shipment.batch, sender, way),
      })),
    )
  }
}
