import { type Call, type Cross, flow, type Route, route, Sealed, type World } from '#kernel'
import * as wire from '../account-wire.ts'
import { openPerson } from '../accounts/acts.ts'
import { normalEmail } from '../accounts/email.ts'
import { assertedCounter, assertionOptions, type RelyingParty } from '../factors/passkey.ts'
import {
  currentParameters,
  hashPassword,
  passwordFits,
  passwordTurns,
} from '../factors/password-hash.ts'
import { type OwnAccount, ownAccount } from '../persons/self-acts.ts'
import { secondFactorMissing, secondFactorWrong } from '../refusals.ts'
import { Nothing } from '../wire.ts'
import {
  attemptPasskey,
  attemptSecondFactor,
  attemptSignIn,
  endOwnSession,
  keepChallenge,
  leave,
  openByPasskey,
  openSession,
  type OpenSession,
  ownPasskeys,
  ownSessions,
  proveByPasskey,
  proveByRecoveryCode,
  proveByTotp,
  refuseSignIn,
  sourceOf,
  takeAsked,
} from './acts.ts'
import { sessionCookie } from './session.ts'

/** Signing in, proving more, looking at one's own account, leaving. */
export const sessionRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions',
    action: 'identity.session.open',
    summary: 'Signs in with e-mail and password, up to the second factor.',
    assurance: 0,
    body: wire.SignIn,
    response: wire.HalfSession,
    handle: (cross, { body, call }) =>
      passwordTurns.within(call.source.address, () => byPassword(cross, body, call)),
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/passkey-options',
    action: 'identity.session.challenge',
    summary: 'Asks for a challenge to sign in with a passkey alone.',
    assurance: 0,
    response: wire.PasskeyOptions,
    async handle(cross, _parts, world) {
      const options = await assertionOptions(partyOf(world), [])
      const challengeId = await cross((act) => keepChallenge(act, options.challenge, {}))
      return { challengeId, options }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/passkey',
    action: 'identity.session.open',
    summary: 'Signs in with a passkey that verified its owner, which is two factors.',
    assurance: 0,
    body: wire.PasskeyAnswer,
    response: wire.WholeSession,
    async handle(cross, { body: { challengeId, response }, call }, world) {
      const asked = await cross(async (act) => {
        await attemptPasskey(act, response.id)
        return takeAsked(act, challengeId, response.id, {})
      })
      const counter = asked && (await assertedCounter(partyOf(world), asked, response))
      if (asked === undefined || counter === undefined) return cross(async () => refuseSignIn())
      return whole(call, await cross((act) => openByPasskey(act, asked.passkey, counter)))
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/second-factor/passkey-options',
    action: 'identity.self.challenge',
    summary: 'Asks for a challenge for one of the own passkeys.',
    assurance: 1,
    response: wire.PasskeyOptions,
    async handle(cross, { call }, world) {
      const passkeys = await cross((act) => ownPasskeys(act), 'read')
      const options = await assertionOptions(partyOf(world), passkeys)
      const challengeId = await cross((act) => keepChallenge(act, options.challenge, ownerOf(call)))
      return { challengeId, options }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/second-factor',
    action: 'identity.self.prove',
    summary: 'Shows a second factor; the session goes on under a new token.',
    assurance: 1,
    body: wire.SecondFactor,
    response: wire.WholeSession,
    async handle(cross, { body: { totpCode, recoveryCode, passkey }, call }, world) {
      const shown = [totpCode, recoveryCode, passkey].filter((part) => part !== undefined)
      if (shown.length !== 1) throw secondFactorMissing()
      await cross((act) => attemptSecondFactor(act))
      if (passkey !== undefined) return whole(call, await byPasskey(cross, passkey, call, world))
      const session = await cross((act) =>
        totpCode === undefined
          ? proveByRecoveryCode(act, recoveryCode!)
          : proveByTotp(act, totpCode),
      )
      return whole(call, session)
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/sessions/current',
    action: 'identity.self.leave',
    summary: 'Ends this session.',
    assurance: 1,
    effect: 'write',
    response: Nothing,
    async handle(act, { call }) {
      await leave(act)
      call.setCookie(sessionCookie, '', 0)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/self',
    action: 'identity.self.read',
    summary: 'Says who is calling, how well proven, and with what rights.',
    assurance: 1,
    effect: 'read',
    response: wire.Self,
    async handle(act) {
      const { actor, secrets } = act
      const { kind, id, assurance } = actor
      const own = await ownAccount(act)
      const base = { kind, id, assurance, secondSteps: own?.secondSteps ?? [] }
      if (own === undefined) return { ...base, grants: grantsShown(actor.grants) }
      const times = own.session && { session: timesOf(own.session) }
      // Half a session hears how to become whole, and nothing of what that would open.
      if (assurance < 2) return { ...base, ...times, grants: [] }
      return new Sealed((receipt) => ({
        ...base,
        ...times,
        ...openPerson(receipt, secrets, own.person),
        recoveryCodesLeft: own.recoveryCodesLeft,
        grants: grantsShown(actor.grants),
      }))
    },
  }),

  route({
    method: 'GET',
    url: '/v1/self/sessions',
    action: 'identity.self.sessions',
    summary: 'Lists the own live sessions.',
    effect: 'read',
    response: wire.OwnSessions,
    async handle(act) {
      const { secrets, actor } = act
      const sessions = await ownSessions(act)
      return new Sealed((receipt) => ({
        items: sessions.map((session) => ({
          sessionId: session.id,
          current: session.id === actor.sessionId,
          assurance: session.assurance,
          ...sourceOf(receipt, secrets, session),
          startedAt: session.startedAt.toISOString(),
          lastSeenAt: session.lastSeenAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
        })),
      }))
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/self/sessions/:sessionId',
    action: 'identity.self.end-session',
    summary: 'Ends one of the own sessions.',
    effect: 'write',
    params: wire.SessionParams,
    response: Nothing,
    async handle(act, { params }) {
      await endOwnSession(act, params.sessionId)
      return {}
    },
  }),
]

async function byPassword(
  cross: Cross,
  { email: given, password }: { readonly email: string; readonly password: string },
  call: Call,
) {
  const email = normalEmail(given)
  const tried = await cross((act) => attemptSignIn(act, email))
  // Outside any transaction, and as long for nobody's e-mail as for somebody's.
  const fits = await passwordFits(password, tried?.passwordHash ?? undefined)
  if (tried === undefined || !fits) return cross(async () => refuseSignIn())
  const current = tried.passwordHash?.startsWith(currentParameters) === true
  const fresh = current ? undefined : await hashPassword(password)
  const session = await cross((act) => openSession(act, { ...tried, email, fresh }))
  handOver(call, session)
  const { secondSteps, expiresAt } = session
  return { assurance: 1 as const, secondSteps, expiresAt: expiresAt.toISOString() }
}

const ownerOf = ({ actor: { sessionId } }: Call) => (sessionId === undefined ? {} : { sessionId })

async function byPasskey(
  cross: Cross,
  { challengeId, response }: { challengeId: string; response: { id: string } },
  call: Call,
  world: World,
): Promise<OpenSession> {
  const asked = await cross((act) => takeAsked(act, challengeId, response.id, ownerOf(call)))
  const counter = asked && (await assertedCounter(partyOf(world), asked, response))
  return cross(async (act) => {
    if (asked === undefined || counter === undefined) throw secondFactorWrong()
    return proveByPasskey(act, asked.passkey, counter)
  })
}

function whole(call: Call, session: OpenSession) {
  handOver(call, session)
  return { assurance: 2 as const, expiresAt: session.expiresAt.toISOString() }
}

/** The token leaves in the cookie, and nowhere else. */
export function handOver(call: Call, { token, expiresAt }: OpenSession): void {
  call.setCookie(sessionCookie, token, (expiresAt.getTime() - call.now.getTime()) / 1000)
}

/** How passkeys know this house. */
export const partyOf = ({ settings }: World): RelyingParty => ({
  name: settings.processorName,
  publicUrl: settings.publicUrl,
})

const timesOf = ({
  id,
  startedAt,
  expiresAt,
  idleMinutes,
}: NonNullable<OwnAccount['session']>) => ({
  sessionId: id,
  startedAt: startedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  idleMinutes,
})

const grantsShown = (grants: Call['actor']['grants']) =>
  grants.map(({ id, actions, controllers, categories, purposes }) => ({
    grantId: id,
    actions: [...actions],
    controllers: controllers && [...controllers],
    categories: categories && [...categories],
    purposes: purposes && [...purposes],
  }))
