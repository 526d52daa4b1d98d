import type { Act, Check, HouseCross, Probe, World } from '#kernel'
import { dayMs, hourMs } from '#ground'
import { disableActor } from '../accounts/acts.ts'
import { dormantDays } from '../accounts/dormancy-acts.ts'
import { BreachFileBroken, readBreachList } from '../adapters/breach-file.ts'
import { currentParameters } from '../factors/password-hash.ts'
import { glassHolders, unreviewedSince } from '../requests/store.ts'
import { decideReviewItem, freeze } from '../reviews/acts.ts'
import { leakedRevocations } from '../reviews/store.ts'
import {
  grantCanaryRole,
  plantEnrolment,
  plantPerson,
  plantWorkload,
  removeCanaryEnrolment,
} from './canary-acts.ts'
import {
  asPerson,
  asWorkload,
  is,
  plant,
  refusal,
  remove,
  say,
  withCanary,
} from './canary-checks.ts'
import {
  accountsAwake,
  grantsUsed,
  passwordsCurrent,
  privilegedProven,
  reviewState,
} from './population-store.ts'

/** A grant not used for so long is proposed for removal. */
const unusedDays = 90

/** Break-glass access must be looked at within so many days of its end. */
const glassReviewDays = 3

/** Whoever may open the glass signs in, or opens it, at least so often. */
const glassTestDays = 183

/** Each grant must have been looked at within half a year. */
const reviewDays = 183

const nowhere = '00000000-0000-7000-8000-000000000000'
const look = { action: 'identity.population.read', effect: 'read' } as const

/** A workload of this house's own environment. */
const canaryFor =
  ({ settings }: World) =>
  (act: Act) =>
    plantWorkload(act, settings.environment)

export const checkLeastPrivilege: Check = async (cross, world, now) => {
  const probe = await withCanary(cross, canaryFor(world), async ({ token }) => {
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
  const late = new Date(now.getTime() - glassReviewDays * dayMs)
  const unreviewed = await cross(look, ({ sql }) => unreviewedSince(sql, late))
  return {
    holds: probe.refused && unreviewed === 0,
    finding: `${refusal(probe)} ${n} of ${of} grants in force were used or made in the last ${unusedDays} days; ${of - n} are proposed for removal. ${unreviewed} uses of break-glass access wait for their review for more than ${glassReviewDays} days.`,
    n,
    of,
    facts: { grants: of, unusedGrants: of - n, unusedDays, breakGlassUnreviewed: unreviewed },
    probe,
  }
}

export const checkStrongAuthentication: Check = async (cross, world, now) => {
  const mint = (act: Act) => plantPerson(act, 1, 'administrator')
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
  const list = await breachListOf(world)
  const probe = await weakPasswordsTried(cross, world, list.canary)
  const { n, of, doubles } = await cross(look, ({ sql }) =>
    passwordsCurrent(sql, currentParameters),
  )
  return {
    holds: probe.refused && n === of && doubles === 0 && !list.isBroken,
    finding: `${refusal(probe)} ${list.sentence} ${
      of === 0
        ? 'Nobody has a password yet.'
        : `${n} of ${of} passwords are kept as Argon2id with the current parameters;`
    } ${doubles} accounts share an e-mail address.`,
    n,
    of,
    facts: {
      passwords: of,
      currentHashes: n,
      sharedAddresses: doubles,
      currentParameters,
      breachListEntries: list.entries,
    },
    probe,
  }
}

/** The list of breached passwords this node asks, as the finding says it. */
async function breachListOf({ settings }: World) {
  const none = { entries: 0, canary: undefined, isBroken: false }
  try {
    const list = await readBreachList(settings.dataDir)
    if (list === undefined)
      return {
        ...none,
        sentence: 'No list of breached passwords was imported: only common ones are refused.',
      }
    const { entries, canary, madeAt } = list
    const sentence = `A list of ${entries.toLocaleString('en-GB')} breached passwords, imported on ${madeAt.toISOString().slice(0, 10)}, is asked as well.`
    return { entries, canary, isBroken: false, sentence }
  } catch (error) {
    if (!(error instanceof BreachFileBroken)) throw error
    const sentence =
      'The list of breached passwords cannot be read, so nobody can set a password: import it again.'
    return { ...none, isBroken: true, sentence }
  }
}

async function weakPasswordsTried(
  cross: HouseCross,
  world: World,
  breached: string | undefined,
): Promise<Probe> {
  const { enrolmentId, token } = await cross(plant, plantEnrolment)
  try {
    const answers: string[] = []
    let refused = true
    for (const [password, reason] of [
      ['Xk7!pq', 'too-short'],
      ['Password123456', 'guessable'],
      ...(breached === undefined ? [] : [[breached, 'breached'] as const]),
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
      refused &&=
        is(answer, 422, 'identity.password-weak') && answer.body.includes(`"reason":"${reason}"`)
    }
    return {
      tried:
        'POST /v1/enrolments/complete on a good link, with a short and with a guessable password' +
        (breached === undefined ? '' : ', and with one put on the list of breached ones to try it'),
      answer: answers.join('; '),
      refused,
    }
  } finally {
    await cross(remove, (act) => removeCanaryEnrolment(act, { enrolmentId, token }))
  }
}

export const checkAccessReview: Check = async (cross, world, now) => {
  const probe = await withCanary(cross, canaryFor(world), async ({ actorId, token }) => {
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
  const leaked = await cross(look, ({ sql }) => leakedRevocations(sql))
  const recent = lastClosedAt !== null && lastClosedAt >= since
  return {
    holds: probe.refused && recent && n === of && overdue === 0 && leaked === 0,
    finding: `${refusal(probe)} ${
      lastClosedAt === null
        ? 'No access review has been completed yet.'
        : `The last review was completed on ${lastClosedAt.toISOString().slice(0, 10)}; ${n} of ${of} grants in force were made or kept in the last ${reviewDays} days.`
    } ${overdue} answers are overdue. ${leaked} revocations got through when they were tried.`,
    n: recent ? n : 0,
    of,
    facts: { grants: of, madeOrKept: n, overdue, leaked, reviewDays, lastClosedAt },
    probe,
  }
}

export const checkDormantAccounts: Check = async (cross, world, now) => {
  const mint = (act: Act) => plantPerson(act, 2, undefined)
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
  const tested = new Date(now.getTime() - glassTestDays * dayMs)
  const exempt = await cross(look, ({ sql }) => glassHolders(sql))
  const ready = exempt.filter(
    ({ enabled, factors, testedAt, designatedAt }) =>
      enabled && factors > 0 && (testedAt ?? designatedAt) >= tested,
  ).length
  return {
    holds: probe.refused && n === of && ready === exempt.length,
    finding: `${refusal(probe)} ${
      of === 0
        ? 'There is no enabled account.'
        : `${n} of ${of} enabled accounts were used or made in the last ${dormantDays} days.`
    }${exempt.length === 0 ? '' : ` ${ready} of ${exempt.length} exempt break-glass accounts are enabled, have a second factor, and were designated or used in the last ${glassTestDays} days.`}`,
    n,
    of,
    facts: { enabledAccounts: of, dormant: of - n, dormantDays, exempt: exempt.length, ready },
    probe,
  }
}
