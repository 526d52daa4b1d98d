import { flow, type Route } from '#kernel'
import { readKeptEverywhere } from './outside-acts.ts'
import { newestCopied, refillTrail } from './refill-flow.ts'
import { NewSuccession, RefilledShape, SuccessionShape } from './wire.ts'
import { succeed } from './succession-acts.ts'

export const restoreRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/trail/refill',
    action: 'trail.log.refill',
    summary: 'Bring back, from the copies outside, what a restored database misses of the trail.',
    response: RefilledShape,
    async handle(cross, _parts, world) {
      const refilled = await refillTrail((deed) => cross(deed), world)
      return { ...refilled, places: [...refilled.places] }
    },
  }),
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/trail/succeed',
    action: 'trail.log.succeed',
    summary:
      'Give up what was signed and is missing: the logs go on under another name and say so.',
    body: NewSuccession,
    response: SuccessionShape,
    async handle(cross, { body }, world) {
      const kept = await readKeptEverywhere(world.settings)
      const generation = await newestCopied(world)
      const succession = await cross((act) => succeed(act, body, { kept, generation }))
      return { ...succession, lost: [...succession.lost] }
    },
  }),
]
