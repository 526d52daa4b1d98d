import type { Act, Sealed, World } from '#kernel'
import { culpritsOf, cutOff, mintProbe, recordSteps, snapshot } from './contain-acts.ts'
import type { Culprit, Step, StepName } from './incident.ts'

/** One crossing of the threshold, as the house's loop or a person's request makes it. */
export type Once = <T>(deed: (act: Act) => Promise<T | Sealed<T>>) => Promise<T>

/**
 * Cuts off everybody an incident is about: secure, try the access, cut, try it again. Each step is
 * timed; a probe that cannot be made never keeps the cut from being made.
 */
export async function contain(once: Once, world: World, incidentId: string): Promise<void> {
  for (const culprit of await once((act) => culpritsOf(act, incidentId)))
    await containOne(once, world, incidentId, culprit)
}

async function containOne(
  once: Once,
  world: World,
  incidentId: string,
  culprit: Culprit,
): Promise<void> {
  const steps: Step[] = []
  const step = stepsInto(steps, world, culprit)
  await step('snapshot', async () => {
    const pieces = await once((act) => snapshot(act, incidentId, culprit))
    return {
      held: true,
      sentence: `Secured ${pieces} pieces of evidence before the cut.`,
      facts: { pieces },
    }
  })
  let token: string | undefined
  if (culprit.kind === 'workload') {
    await step('probe-before', async () => {
      token = await once((act) => mintProbe(act, culprit))
      const status = await knock(world, token)
      const held = status === 200
      const sentence = held
        ? 'A credential of the suspect was let in before the cut, so the next refusal means something.'
        : `A credential of the suspect was answered with ${status} even before the cut.`
      return { held, sentence, facts: { status } }
    })
  }
  await step('cut', async () => {
    const cut = await once((act) => cutOff(act, incidentId, culprit))
    const [sessions, credentials] = [cut.sessions.length, cut.credentials.length]
    const sentence = `Cut off ${culprit.kind} ${culprit.id}: ${sessions} sessions ended, ${credentials} credentials revoked.`
    return { held: true, sentence, facts: { sessions, credentials } }
  })
  await step('probe-after', () =>
    token === undefined ? nothingLeft(once, incidentId, culprit) : refusedNow(world, token),
  )
  await once((act) => recordSteps(act, incidentId, steps))
}

type Outcome = Pick<Step, 'held' | 'sentence' | 'facts'>

/** Times a step. Only a cut that fails ends the work; whatever else fails is written down as failed. */
function stepsInto(steps: Step[], world: World, { kind: actorKind, id: actorId }: Culprit) {
  return async (step: StepName, deed: () => Promise<Outcome>): Promise<void> => {
    const startedAt = world.now()
    const began = performance.now()
    let outcome: Outcome
    try {
      outcome = await deed()
    } catch (error) {
      if (step === 'cut') throw error
      const why = error instanceof Error ? error.message : 'unknown'
      outcome = { held: false, sentence: `The step ${step} could not be done.`, facts: { why } }
    }
    const seconds = (performance.now() - began) / 1000
    steps.push({ step, actorKind, actorId, startedAt, endedAt: world.now(), seconds, ...outcome })
  }
}

/** The front door's answer to a credential. */
async function knock(world: World, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await world.fetch('/v1/self', { headers })).status
}

async function refusedNow(world: World, token: string): Promise<Outcome> {
  const status = await knock(world, token)
  const held = status === 401 || status === 403
  const sentence = held
    ? `The same credential, tried again over HTTPS, was refused with ${status}: the cut holds.`
    : `The same credential, tried again over HTTPS, was answered with ${status}: THE CUT DOES NOT HOLD.`
  return { held, sentence, facts: { status } }
}

/** Nobody can sign in for a person, so the cut is made again: it must find nothing left to cut. */
async function nothingLeft(once: Once, incidentId: string, culprit: Culprit): Promise<Outcome> {
  const { sessions, credentials } = await once((act) => cutOff(act, incidentId, culprit))
  const left = sessions.length + credentials.length
  const sentence =
    left === 0
      ? 'A second cut found nothing left to end: the cut holds.'
      : `A second cut found ${left} sessions or credentials alive: THE CUT DID NOT HOLD.`
  return { held: left === 0, sentence, facts: { left } }
}
