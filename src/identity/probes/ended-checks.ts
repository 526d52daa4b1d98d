import type { Check, Probe, World } from '#kernel'
import { revokeCredential } from '../accounts/acts.ts'
import type { Environment } from '../workloads/token.ts'
import { plantPerson, plantWorkload, runOut } from './canary-acts.ts'
import { asPerson, asWorkload, is, plant, refusal, say, withCanary } from './canary-checks.ts'

const whole = (probe: Probe, about: string) => ({
  holds: probe.refused,
  finding: `${refusal(probe)} ${about}`,
  n: probe.refused ? 1 : 0,
  of: 1,
  facts: {},
  probe,
})

/** What was good a moment ago and has ended is refused: a session that ran out, a credential revoked. */
export const checkEndedAccess: Check = async (cross, world) => {
  const session = await withCanary(
    cross,
    (act) => plantPerson(act, 2, undefined),
    async ({ actorId, token }) => {
      const before = await asPerson(world, '/v1/self', token)
      await cross(plant, (act) => runOut(act, actorId))
      const after = await asPerson(world, '/v1/self', token)
      return {
        tried: 'GET /v1/self in a session, and again once it had run out',
        answer: `before: ${before.status}; after: ${say(after)}`,
        refused: before.status === 200 && is(after, 401, 'identity.session-expired'),
      }
    },
  )
  const credential = await withCanary(
    cross,
    (act) => plantWorkload(act, world.settings.environment),
    async ({ token, credentialId }) => {
      const before = await asWorkload(world, '/v1/self', token)
      await cross(plant, (act) => revokeCredential(act, credentialId))
      const after = await asWorkload(world, '/v1/self', token)
      return {
        tried: 'GET /v1/self with a credential, and again once it was revoked',
        answer: `before: ${before.status}; after: ${say(after)}`,
        refused: before.status === 200 && is(after, 401, 'identity.credential-revoked'),
      }
    },
  )
  const probe = {
    tried: `${session.tried}; ${credential.tried}`,
    answer: `session: ${session.answer}. credential: ${credential.answer}`,
    refused: session.refused && credential.refused,
  }
  return whole(probe, 'A session that ran out and a credential that was revoked opened nothing.')
}

/** A credential of another environment is refused here, however good it is there. */
export const checkEnvironments: Check = async (cross, world) => {
  const foreign = otherThan(world)
  const probe = await withCanary(
    cross,
    (act) => plantWorkload(act, foreign),
    async ({ token }) => {
      const own = await withCanary(
        cross,
        (act) => plantWorkload(act, world.settings.environment),
        (canary) => asWorkload(world, '/v1/self', canary.token),
      )
      const answer = await asWorkload(world, '/v1/self', token)
      return {
        tried: `GET /v1/self with a good credential of ${foreign}, in ${world.settings.environment}`,
        answer: `${say(answer)}; one of ${world.settings.environment}: ${own.status}`,
        refused: own.status === 200 && is(answer, 403, 'identity.wrong-environment'),
      }
    },
  )
  return whole(probe, `This house is ${world.settings.environment}.`)
}

const otherThan = ({ settings }: World): Environment =>
  settings.environment === 'production' ? 'staging' : 'production'
