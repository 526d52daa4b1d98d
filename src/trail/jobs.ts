import { type HouseCross, type Job, Refusal } from '#kernel'
import { houseLog } from './entries/entry.ts'
import { eraseActor, eraseActorAction, logsOfActor } from './erasure/acts.ts'
import { retainAction } from './erasure/retention-acts.ts'
import { applyRetention } from './erasure/retention-flow.ts'
import { declareAction, declareSuccession, logsToDeclare } from './restore/succession-acts.ts'

export const jobs: readonly Job[] = [
  {
    action: retainAction,
    summary: 'Lets payloads and entry bundles of the trail go when their time is over.',
    cron: '35 4 * * *',
    async run(cross) {
      await applyRetention((scope, deed) => cross({ action: retainAction, scope }, deed))
    },
  },
  {
    action: eraseActorAction,
    summary: 'Erases name, addresses and reasons of an actor who has left, log after log.',
    async run(cross, payload) {
      const { actorId, before } = payload as { actorId?: unknown; before?: unknown }
      if (typeof actorId !== 'string' || typeof before !== 'string') {
        throw new TypeError('the job names no actor')
      }
      await eraseEverywhere(cross, actorId, new Date(before))
    },
  },
  {
    action: declareAction,
    summary: 'States in each log what was given up when it went on under another name.',
    async run(cross, payload) {
      const { generation } = payload as { generation?: unknown }
      if (typeof generation !== 'number') throw new TypeError('the job names no generation')
      const action = declareAction
      const logs = await cross({ action, effect: 'read' }, (act) => logsToDeclare(act, generation))
      for (const lost of logs) {
        const scope = { controllerId: lost.log }
        await cross({ action, scope }, (act) => declareSuccession(act, generation, lost))
      }
    },
  },
]

async function eraseEverywhere(cross: HouseCross, actorId: string, before: Date): Promise<void> {
  const action = eraseActorAction
  for (;;) {
    const logs = await cross({ action, effect: 'read' }, (act) => logsOfActor(act, actorId, before))
    if (logs.length === 0) return
    for (const log of logs) {
      const scope = log === houseLog ? 'house' : { controllerId: log }
      await cross({ action, scope }, (act) => eraseActor(act, actorId, before)).catch(passHeld)
    }
  }
}

/** A hold laid meanwhile: the log is left out from then on. */
function passHeld(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'trail.log-held') throw error
}
