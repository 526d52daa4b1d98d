import type { Check, HouseCross, Probe, ProbeAnswer, World } from '#kernel'
import { dayMs, hourMs } from '#ground'
import { disableActor } from './account-acts.ts'
import {
  grantCanaryRole,
  plantEnrolment,
  plantPerson,
  plantWorkload,
  removeCanary,
  removeCanaryEnrolment,
} from './canary-acts.ts'
import { dormantDays } from './dormancy-acts.ts'
import { currentParameters } from './password-hash.ts'
import {
  accountsAwake,
  grantsUsed,
  passwordsCurrent,
  privilegedProven,
  reviewState,
} from './population-store.ts'
import { decideReviewItem, freeze } from './review-acts.ts'
import { sessionCookie } from './session.ts'

/** A grant not used for so long is proposed for removal. */
const unusedDays = 90

/** Each grant must have been looked at within half a year. */
const reviewDays = 183

const nowhere = '00000000-0000-7000-8000-000000000000'
const plant = { action: 'identity.canary.plant' } as const
const remove = { action: 'identity.canary.remove' } as const
const look = { action: 'identity.population.read', effect: 'read' } as const

export const checkLeastPrivilege: Check = async (cross, world, now) => {
  const probe = await withCanary(cross, plantWorkload, async ({ token }) => {
    const known = await asWorkload(world, '/v1/self', token)
    const asked = `/v1/controllers/${nowhere}/subjects/${nowhere}`
    const data = await asWorkload(world, asked, token)
    const people = await asWorkload(world, '/v1/persons', token)
    return {
      tried: `GET ${asked} and GET /v1/persons with the good credential of a workload without grants`,
      answer: `${say(data)}; ${say(people)}; its own account: ${known.status}`,
      refused:
        known.status === 200 &&
        is(data, 403, 'identity.not-permitted') &&
        is(people, 403, 'identity.not-permitted'),
    }
  })
  const since = new Date(now.getTime() - unusedDays * dayMs)
  const { n, of } = await cross(look, ({ sql }) => grantsUsed(sql, now, since))
  return {
    holds: probe.refused,
    finding: `${refusal(probe)} ${n} of ${of} grants in force were used or made in the last ${unusedDays} days; ${of - n} are proposed for removal.`,
    n,
    of,
    facts: { grants: of, unusedGrants: of - n, unusedDays },
    probe,
  }
}

export const checkStrongAuthentication: Check = async (cross, world, now) => {
  const mint = (act: Parameters<typeof plantPerson>[0]) => plantPerson(act, 1, 'administrator')
  const probe = await withCanary(cross, mint, async ({ token }) => {
    const known = await asPerson(world, '/v1/self', token)
    const answer = await asPerson(world, '/v1/persons', token)
    return {
      tried: 'GET /v1/persons in an administrator’s session that has shown a password only',
      answer: `${say(answer)}; its own account: ${known.status}`,
      refused: known.status === 200 && is(answer, 403, 'identity.second-factor-required'),
    }
  })
  const { n, of, passkeys } = await cross(look, ({ sql }) => privilegedProven(sql, now))
  return {
    holds: probe.refused && n === of,
    finding: `${refusal(probe)} ${
      of === 0
        ? 'No person holds a privileged role.'
        : `${n} of ${of} persons with a privileged role have a second factor, ${passkeys} of them a passkey.`
    }`,
    n,
    of,
    facts: { privilegedPersons: of, withSecondFactor: n, withPasskey: passkeys },
    probe,
  }
}

export const checkCredentialQuality: Check = async (cross, world) => {
  const probe = await weakPasswordsTried(cross, world)
  const { n, of, doubles } = await cross(look, ({ sql }) =>
    passwordsCurrent(sql, currentParameters),
  )
  return {
    holds: probe.refused && n === of && doubles === 0,
    finding: `${refusal(probe)} ${
      of === 0
        ? 'Nobody has a password yet.'
        : `${n} of ${of} passwords are kept as Argon2id with the current parameters;`
    } ${doubles} accounts share an e-mail address.`,
    n,
    of,
    facts: { passwords: of, currentHashes: n, sharedAddresses: doubles, currentParameters },
    probe,
  }
}

async function weakPasswordsTried(cross: HouseCross, world: World): Promise<Probe> {
  const { enrolmentId, token } = await cross(plant, plantEnrolment)
  try {
    const answers: string[] = []
    let refused = true
    for (const [password, reason] of [
      ['Xk7!pq', 'too-short'],
      ['Password123456', 'guessable'],
    ] as const) {
      const answer = await world.fetch('/v1/enrolments/complete', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          token,
          name: 'Canary',
          email: `${enrolmentId}@canary.invalid`,
          password,
          totpCode: '000000',
        }),
      })
      answers.push(`${reason}: ${say(answer)}`)
      refused &&= is(answer, 422, 'identity.password-weak')
    }
    return {
      tried:
        'POST /v1/enrolments/complete on a good link, with a short and with a guessable password',
      answer: answers.join('; '),
      refused,
    }
  } finally {
    await cross(remove, (act) => removeCanaryEnrolment(act, { enrolmentId, token }))
  }
}

export const checkAccessReview: Check = async (cross, world, now) => {
  const probe = await withCanary(cross, plantWorkload, async ({ actorId, token }) => {
    const { grantId, reviewId } = await cross(plant, async (act) => {
      const { grantId } = await grantCanaryRole(act, actorId)
      const grants = [{ id: grantId, actorId, role: 'canary' }]
      const dueAt = new Date(act.now.getTime() + hourMs)
      return { grantId, ...(await freeze(act, { title: 'canary', dueAt, grants, canary: true })) }
    })
    const before = await asWorkload(world, '/v1/roles', token)
    await cross({ action: 'identity.review.decide' }, (act) =>
      decideReviewItem(act, { reviewId, grantId, decision: 'revoke' }),
    )
    const after = await asWorkload(world, '/v1/roles', token)
    return {
      tried: 'GET /v1/roles with a grant, and again right after a review revoked it',
      answer: `before: ${before.status}; after: ${say(after)}`,
      refused: before.status === 200 && is(after, 403, 'identity.not-permitted'),
    }
  })
  const since = new Date(now.getTime() - reviewDays * dayMs)
  const state = await cross(look, ({ sql }) => reviewState(sql, now, since))
  const { n, of, lastClosedAt, overdue } = state
  const recent = lastClosedAt !== null && lastClosedAt >= since
  return {
    holds: probe.refused && recent && n === of && overdue === 0,
    finding: `${refusal(probe)} ${
      lastClosedAt === null
        ? 'No access review has been completed yet.'
        : `The last review was completed on ${lastClosedAt.toISOString().slice(0, 10)}; ${n} of ${of} grants in force were made or kept in the last ${reviewDays} days.`
    } ${overdue} answers are overdue.`,
    n: recent ? n : 0,
    of,
    facts: { grants: of, madeOrKept: n, overdue, reviewDays, lastClosedAt },
    probe,
  }
}

export const checkDormantAccounts: Check = async (cross, world, now) => {
  const mint = (act: Parameters<typeof plantPerson>[0]) => plantPerson(act, 2, undefined)
  const probe = await withCanary(cross, mint, async ({ actorId, token }) => {
    const before = await asPerson(world, '/v1/self', token)
    await cross({ action: 'identity.disable-dormant' }, (act) =>
      disableActor(act, { kind: 'person', id: actorId }, 'dormant'),
    )
    const after = await asPerson(world, '/v1/self', token)
    return {
      tried: 'GET /v1/self in a live session, and again right after its account was disabled',
      answer: `before: ${before.status}; after: ${say(after)}`,
      refused: before.status === 200 && is(after, 403, 'identity.disabled'),
    }
  })
  // The job runs once a day: what fell asleep since its last run is not late.
  const since = new Date(now.getTime() - (dormantDays + 1) * dayMs)
  const { n, of } = await cross(look, ({ sql }) => accountsAwake(sql, since))
  return {
    holds: probe.refused && n === of,
    finding: `${refusal(probe)} ${
      of === 0
        ? 'There is no enabled account.'
        : `${n} of ${of} enabled accounts were used or made in the last ${dormantDays} days.`
    }`,
    n,
    of,
    facts: { enabledAccounts: of, dormant: of - n, dormantDays },
    probe,
  }
}

/** Plants a canary, tries with it, and removes it whatever happens. */
async function withCanary<C extends { readonly actorId: string }>(
  cross: HouseCross,
  mint: Parameters<typeof cross<C>>[1],
  attempt: (canary: C) => Promise<Probe>,
): Promise<Probe> {
  const canary = await cross(plant, mint)
  try {
    return await attempt(canary)
  } finally {
    await cross(remove, (act) => removeCanary(act, canary.actorId))
  }
}

const asWorkload = (world: World, path: string, token: string) =>
  world.fetch(path, {
    headers: {
      authorization: `Bearer ${token}`,
      'holdfast-purpose': 'probe',
      'holdfast-reason': 'check of this house',
    },
  })

const asPerson = (world: World, path: string, token: string) =>
  world.fetch(path, { headers: { cookie: `__Host-${sessionCookie}=${token}` } })

const codeIn = ({ body }: ProbeAnswer): string => {
  const code = /"code":"([a-z.-]+)"/.exec(body)?.[1]
  return code ?? 'no code'
}
const say = (answer: ProbeAnswer) => `${answer.status} ${codeIn(answer)}`
const is = (answer: ProbeAnswer, status: number, code: string) =>
  answer.status === status && codeIn(answer) === code
const refusal = ({ refused }: Probe) =>
  refused ? 'The probe was refused.' : 'The probe got through.'
