import { type Cross, flow, type Route, route, type World } from '#kernel'
import { demandGoodPassword } from '../factors/good-password.ts'
import {
  assertedCounter,
  assertionOptions,
  registeredPasskey,
  registrationOptions,
} from '../factors/passkey.ts'
import { hashPassword } from '../factors/password-hash.ts'
import { longest, shortest } from '../factors/password.ts'
import { iso } from '../iso.ts'
import { secondFactorMissing, secondFactorWrong } from '../refusals.ts'
import { handOver, partyOf } from '../sessions/routes.ts'
import { shown } from '../shown.ts'
import { Nothing, PersonParams } from '../wire.ts'
import {
  approveRecovery,
  attemptRecovery,
  beginRecovery,
  completeRecovery,
  issueRecovery,
  listRecoveries,
  lookAtRecovery,
  openRecovery,
  type RecoveryLink,
  refuseRecovery,
  type Shown,
  withdrawRecovery,
} from './recovery-acts.ts'
import * as wire from './recovery-wire.ts'

/** After `#` the token stays in the browser: no server's log on the way can hold it. */
const linkOf = ({ settings }: World, { token }: RecoveryLink) =>
  `${settings.publicUrl}/recover#${token}`

/** Letting back in who lost what they prove themselves with. */
export const recoveryRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/persons/:personId/recoveries',
    action: 'identity.recovery.begin',
    summary: 'Begins to let a person back in; of a privileged one somebody else approves first.',
    params: PersonParams,
    body: wire.NewRecovery,
    response: wire.RecoveryBegun,
    async handle(cross, { params, body }, world) {
      const begun = await cross((act) => beginRecovery(act, { ...params, ...body }))
      const { recoveryId, needsApproval, lapsesAt, link } = begun
      return {
        recoveryId,
        needsApproval,
        lapsesAt: lapsesAt.toISOString(),
        link: link === undefined ? null : linkOf(world, link),
        expiresAt: iso(link?.expiresAt ?? null),
      }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/recoveries',
    action: 'identity.recovery.list',
    summary: 'Lists who is being let back in, and how they were recognised.',
    effect: 'read',
    response: wire.Recoveries,
    async handle(act) {
      return shown(await listRecoveries(act), (rows) => ({
        items: rows.map(({ askedAt, lapsesAt, approvedAt, expiresAt, ...row }) => ({
          ...row,
          askedAt: askedAt.toISOString(),
          lapsesAt: lapsesAt.toISOString(),
          approvedAt: iso(approvedAt),
          expiresAt: iso(expiresAt),
        })),
      }))
    },
  }),

  route({
    method: 'POST',
    url: '/v1/recoveries/:recoveryId/approve',
    action: 'identity.recovery.approve',
    summary: 'Approves that somebody is let back in; whoever asked gives out the link.',
    effect: 'write',
    params: wire.RecoveryParams,
    response: Nothing,
    async handle(act, { params }) {
      await approveRecovery(act, params.recoveryId)
      return {}
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/recoveries/:recoveryId/link',
    action: 'identity.recovery.issue',
    summary: 'Gives out the link of an approved recovery; one given out before is void.',
    params: wire.RecoveryParams,
    response: wire.RecoveryLink,
    async handle(cross, { params }, world) {
      const link = await cross((act) => issueRecovery(act, params.recoveryId))
      return { link: linkOf(world, link), expiresAt: link.expiresAt.toISOString() }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/recoveries/:recoveryId',
    action: 'identity.recovery.withdraw',
    summary: 'Ends a recovery before it is used.',
    effect: 'write',
    params: wire.RecoveryParams,
    response: Nothing,
    async handle(act, { params }) {
      await withdrawRecovery(act, params.recoveryId)
      return {}
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/recoveries/open',
    action: 'identity.recovery.open',
    summary: 'Says what a recovery link asks for.',
    assurance: 0,
    body: wire.OpenRecovery,
    response: wire.RecoveryAsks,
    async handle(cross, { body: { token } }, world) {
      const { processorName, publicUrl } = world.settings
      const label = new URL(publicUrl).host
      const looked = await cross((act) => lookAtRecovery(act, token))
      if (looked === undefined) return cross(async () => refuseRecovery())
      const { lost, passkeys, secondSteps } = looked
      const party = partyOf(world)
      const options =
        lost === 'everything'
          ? await registrationOptions(party, label)
          : await assertionOptions(party, passkeys)
      const { challenge } = options
      const opening = { token, label, issuer: processorName, challenge }
      const asks = await cross((act) => openRecovery(act, opening))
      if (asks === undefined) return cross(async () => refuseRecovery())
      return {
        lost,
        expiresAt: asks.expiresAt.toISOString(),
        processorName,
        password: { fewestCharacters: shortest.besideSecondFactor, mostCharacters: longest },
        secondSteps,
        totp: asks.totp,
        passkey: { challengeId: asks.challengeId, options },
      }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/recoveries/complete',
    action: 'identity.recovery.complete',
    summary: 'Lets its person back in: a new password, and a second factor.',
    assurance: 0,
    body: wire.CompleteRecovery,
    response: wire.Recovered,
    async handle(cross, { body, call }, world) {
      const { token, password, totpCode, recoveryCode, passkey } = body
      const given = [totpCode, recoveryCode, passkey].filter((part) => part !== undefined)
      if (given.length !== 1) throw secondFactorMissing()
      const attempt = {
        token,
        challengeId: passkey?.challengeId,
        passkeyId: passkey?.response.id,
      }
      const open = await cross((act) => attemptRecovery(act, attempt))
      if (open === undefined) return cross(async () => refuseRecovery())
      await demandGoodPassword(world, password, [open.name, open.email])
      const what: Shown =
        totpCode !== undefined
          ? { totpCode }
          : recoveryCode !== undefined
            ? { recoveryCode }
            : await byPasskey(cross, world, open, passkey?.response)
      const done = { token, passwordHash: await hashPassword(password), shown: what }
      const recovered = await cross((act) => completeRecovery(act, done))
      handOver(call, recovered)
      const { recoveryCodes, expiresAt } = recovered
      return { recoveryCodes, assurance: 2 as const, expiresAt: expiresAt.toISOString() }
    },
  }),
]

type Opened =
  Awaited<ReturnType<typeof attemptRecovery>> extends infer S
    ? S extends { open(receipt: never): infer T }
      ? Awaited<T>
      : never
    : never

/** A new passkey where everything was lost, else the answer of one that is known. */
async function byPasskey(
  cross: Cross,
  world: World,
  { lost, challenge, passkey }: Pick<Opened, 'lost' | 'challenge' | 'passkey'>,
  response: unknown,
): Promise<Shown> {
  const party = partyOf(world)
  if (challenge !== undefined && lost === 'everything') {
    const made = await registeredPasskey(party, challenge, response)
    if (made !== undefined) return { made }
  }
  if (challenge !== undefined && lost === 'password' && passkey !== undefined) {
    const counter = await assertedCounter(party, { challenge, passkey }, response)
    if (counter !== undefined) return { passkey, counter }
  }
  return cross(async () => {
    throw secondFactorWrong()
  })
}
