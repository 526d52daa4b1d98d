import { type Act, type Cross, flow, type Route, route, Sealed, type World } from '#kernel'
import * as wire from '../account-wire.ts'
import { openPerson } from '../accounts/acts.ts'
import { factorNotProven, selfIsPerson } from '../refusals.ts'
import { keepChallenge, takeOwnChallenge } from '../sessions/acts.ts'
import { partyOf } from '../sessions/routes.ts'
import { Nothing } from '../wire.ts'
import { demandGoodPassword } from './good-password.ts'
import {
  addPasskey,
  addTotp,
  attemptNewPassword,
  beginTotp,
  demandRoom,
  endOtherSessions,
  labelOf,
  ownFactors,
  ownPerson,
  refuseNewPassword,
  removeFactor,
  renewRecoveryCodes,
  setNewPassword,
} from './own-acts.ts'
import { registeredPasskey, registrationOptions } from './passkey.ts'
import { hashPassword, passwordFits } from './password-hash.ts'

/**
 * What a person changes of how they prove themselves. Each of these asks for a session that has just
 * shown a second factor (ASVS 7.5.1), and its owner hears of it.
 */
export const ownFactorRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url: '/v1/self/factors',
    action: 'identity.self.factors',
    summary: 'Lists the own second factors.',
    effect: 'read',
    response: wire.OwnFactors,
    async handle(act) {
      const { secrets } = act
      const factors = await ownFactors(act)
      return new Sealed((receipt) => ({
        items: factors.map((factor) => {
          const label = labelOf(receipt, secrets, factor)
          return {
            factorId: factor.id,
            kind: factor.kind,
            ...(label === undefined ? {} : { label }),
            createdAt: factor.createdAt.toISOString(),
            lastUsedAt: factor.lastUsedAt?.toISOString() ?? null,
          }
        }),
      }))
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/self/factors/totp-setup',
    action: 'identity.self.begin-totp',
    summary: 'Makes a seed for an authenticator app; a code proves that the app has it.',
    response: wire.TotpSetup,
    async handle(cross, _parts, { settings }) {
      const { email } = await ownNames(cross)
      return cross(async (act) => {
        const setup = await beginTotp(act, { issuer: settings.processorName, label: email })
        return new Sealed(() => setup)
      })
    },
  }),

  route({
    method: 'POST',
    url: '/v1/self/factors/totp',
    action: 'identity.self.add-totp',
    summary: 'Adds the authenticator app that answers with a code.',
    effect: 'write',
    body: wire.NewTotp,
    response: wire.AddedFactor,
    handle: (act, { body: { code, label = '' } }) => addTotp(act, { code, label }),
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/self/factors/passkey-options',
    action: 'identity.self.begin-passkey',
    summary: 'Asks for a challenge to make another passkey.',
    response: wire.PasskeyOptions,
    async handle(cross, { call }, world) {
      const { email } = await ownNames(cross)
      const options = await registrationOptions(partyOf(world), email)
      const { sessionId } = call.actor
      if (sessionId === undefined) throw selfIsPerson()
      const challengeId = await cross(async (act) => {
        await demandRoom(act)
        return keepChallenge(act, options.challenge, { sessionId })
      })
      return { challengeId, options }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/self/factors/passkey',
    action: 'identity.self.add-passkey',
    summary: 'Adds the passkey that answers the challenge.',
    body: wire.NewPasskey,
    response: wire.AddedFactor,
    async handle(cross, { body: { passkey, label = '' } }, world) {
      const challenge = await cross((act) => takeOwnChallenge(act, passkey.challengeId))
      const made = await proven(world, challenge, passkey.response)
      return cross(async (act) => {
        if (made === undefined) throw factorNotProven()
        return addPasskey(act, { passkey: made, label })
      })
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/self/factors/:factorId',
    action: 'identity.self.remove-factor',
    summary: 'Takes one of the own second factors away; the last one stays.',
    effect: 'write',
    params: wire.FactorParams,
    response: Nothing,
    async handle(act, { params }) {
      await removeFactor(act, params.factorId)
      return {}
    },
  }),

  flow({
    flow: true,
    method: 'PUT',
    url: '/v1/self/password',
    action: 'identity.self.set-password',
    summary: 'Changes the own password and ends the other sessions.',
    body: wire.NewPassword,
    response: wire.EndedSessions,
    async handle(cross, { body: { current, next } }, world) {
      const { name, email } = await ownNames(cross)
      const before = await cross((act) => attemptNewPassword(act))
      // Outside any transaction: it takes as long as it should.
      if (before === undefined || !(await passwordFits(current, before)))
        return cross(async () => refuseNewPassword())
      await demandGoodPassword(world, next, [name, email])
      const after = await hashPassword(next)
      return { sessionsEnded: await cross((act) => setNewPassword(act, { before, after })) }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/self/recovery-codes',
    action: 'identity.self.renew-recovery-codes',
    summary: 'Makes ten new recovery codes, shown once; those from before are void.',
    effect: 'write',
    response: wire.RecoveryCodes,
    async handle(act) {
      const recoveryCodes = await renewRecoveryCodes(act)
      return new Sealed(() => ({ recoveryCodes }))
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/self/sessions',
    action: 'identity.self.end-sessions',
    summary: 'Ends all own sessions but this one.',
    effect: 'write',
    response: wire.EndedSessions,
    handle: async (act) => ({ sessionsEnded: await endOtherSessions(act) }),
  }),
]

/** The acting person's own name and e-mail. @throws {Refusal} `identity.self-is-person`. */
function ownNames(cross: Cross): Promise<{ name: string; email: string }> {
  return cross(async (act: Act) => {
    const person = await ownPerson(act)
    if (person === undefined) throw selfIsPerson()
    const { secrets } = act
    return new Sealed((receipt) => openPerson(receipt, secrets, person))
  }, 'read')
}

const proven = async (world: World, challenge: string | undefined, response: unknown) =>
  challenge === undefined ? undefined : await registeredPasskey(partyOf(world), challenge, response)
