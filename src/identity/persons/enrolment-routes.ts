import { type Cross, flow, type Route, route, type World } from '#kernel'
import * as wire from '../account-wire.ts'
import { normalEmail } from '../accounts/email.ts'
import { demandGoodPassword } from '../factors/good-password.ts'
import { registeredPasskey, registrationOptions } from '../factors/passkey.ts'
import { hashPassword } from '../factors/password-hash.ts'
import { longest, shortest } from '../factors/password.ts'
import { nameNotValid, secondFactorMissing, secondFactorWrong } from '../refusals.ts'
import { handOver, partyOf } from '../sessions/routes.ts'
import { EnrolmentParams, Enrolments, Invitation, Invited, Nothing } from '../wire.ts'
import {
  attemptEnrolment,
  completeEnrolment,
  type Enrolling,
  invite,
  linkHours,
  listEnrolments,
  openEnrolment,
  refuseEnrolment,
  refuseTaken,
  withdrawEnrolment,
} from './enrolment-acts.ts'

/** How a person comes in: invited by a link, enrolled by themselves. */
export const enrolmentRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/enrolments',
    action: 'identity.enrolment.create',
    summary: 'Makes a link by which one person may enrol with the given roles.',
    body: Invitation,
    response: Invited,
    async handle(cross, { body }, world) {
      const { roleNames } = body
      const to = body.email === undefined ? undefined : normalEmail(body.email)
      const invitation = {
        kind: 'invitation',
        roleNames,
        ...(to === undefined ? {} : { email: to }),
      } as const
      const made = await cross((act) => invite(act, invitation))
      // After `#` the token stays in the browser: no server's log on the way can hold it.
      const link = `${world.settings.publicUrl}/enrol#${made.token}`
      const mailed = to !== undefined && (await mailLink(world, to, link))
      if (mailed) await cross(async (act) => act.tell({ enrolmentId: made.enrolmentId, mailed }))
      return {
        enrolmentId: made.enrolmentId,
        link: mailed ? null : link,
        mailed,
        expiresAt: made.expiresAt.toISOString(),
      }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/enrolments',
    action: 'identity.enrolment.list',
    summary: 'Lists links that are still open.',
    effect: 'read',
    response: Enrolments,
    async handle(act) {
      const items = await listEnrolments(act)
      return {
        items: items.map(({ id, kind, roleNames, createdAt, expiresAt }) => ({
          enrolmentId: id,
          kind,
          roleNames: [...roleNames],
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
        })),
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/enrolments/:enrolmentId',
    action: 'identity.enrolment.withdraw',
    summary: 'Ends a link before it is used.',
    effect: 'write',
    params: EnrolmentParams,
    response: Nothing,
    async handle(act, { params }) {
      await withdrawEnrolment(act, params.enrolmentId)
      return {}
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/enrolments/open',
    action: 'identity.enrolment.open',
    summary: 'Says what an enrolment link asks for, with the means for a second factor.',
    assurance: 0,
    body: wire.OpenEnrolment,
    response: wire.EnrolmentAsks,
    async handle(cross, { body: { token, email } }, world) {
      const { processorName, publicUrl } = world.settings
      const label = email === undefined ? new URL(publicUrl).host : normalEmail(email)
      const options = await registrationOptions(partyOf(world), label)
      const opening = { token, label, issuer: processorName, challenge: options.challenge }
      const asks = await cross((act) => openEnrolment(act, opening))
      if (asks === undefined) return cross(async () => refuseEnrolment())
      return {
        kind: asks.kind,
        roleNames: [...asks.roleNames],
        expiresAt: asks.expiresAt.toISOString(),
        processorName,
        password: { fewestCharacters: shortest.besideSecondFactor, mostCharacters: longest },
        totp: asks.totp,
        passkey: { challengeId: asks.challengeId, options },
      }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/enrolments/complete',
    action: 'identity.enrolment.complete',
    summary:
      'Enrols: name, e-mail, password and a second factor; answers with recovery codes, once.',
    assurance: 0,
    body: wire.CompleteEnrolment,
    response: wire.Enrolled,
    async handle(cross, { body, call }, world) {
      const { token, password, totpCode, passkey } = body
      if ((totpCode === undefined) === (passkey === undefined)) throw secondFactorMissing()
      const email = normalEmail(body.email)
      const name = body.name.normalize('NFC').trim()
      if (name === '') throw nameNotValid()
      const attempt = { token, challengeId: passkey?.challengeId }
      const open = await cross((act) => attemptEnrolment(act, attempt))
      if (open === undefined) return cross(async () => refuseEnrolment())
      await demandGoodPassword(world, password, [name, email])
      const factor =
        totpCode === undefined
          ? { passkey: await registered(cross, world, open.challenge, passkey?.response) }
          : { totpCode }
      const enrolling = { token, name, email, factor, passwordHash: await hashPassword(password) }
      const done = await cross((act) => completeEnrolment(act, enrolling))
      if (done === undefined) return cross(async () => refuseTaken())
      handOver(call, done)
      const { personId, recoveryCodes, expiresAt } = done
      return { personId, recoveryCodes, assurance: 2 as const, expiresAt: expiresAt.toISOString() }
    },
  }),
]

/** Whether a mail server took the link. Where none does, whoever invites hands it over themselves. */
async function mailLink({ mail, settings }: World, to: string, link: string): Promise<boolean> {
  if (!mail.configured) return false
  const house = settings.processorName
  const text = [
    `You are invited to the house of ${house}, where personal data is kept and every look at it is written down.`,
    `Open this link within ${linkHours} hours and enrol with this address. It is good once:`,
    link,
    'If you expected nothing of the kind, do not open it, and tell whoever you know there.',
  ].join('\n\n')
  return mail.send({ to: [to], subject: `Your invitation to ${house}`, text: `${text}\n` }).then(
    () => true,
    () => false,
  )
}

async function registered(
  cross: Cross,
  world: World,
  challenge: string | undefined,
  response: unknown,
): Promise<Extract<Enrolling['factor'], { passkey: unknown }>['passkey']> {
  const passkey =
    challenge === undefined
      ? undefined
      : await registeredPasskey(partyOf(world), challenge, response)
  if (passkey !== undefined) return passkey
  return cross(async () => {
    throw secondFactorWrong()
  })
}
