import type { Act, Check } from '#kernel'
import { listControllers } from '#vault'
import { runningVersion, runtimeVersion } from './adapters/running.ts'
import { penetrationTests, releases } from './assurance-store.ts'
import { tryChange, tryVendor } from './canary-checks.ts'
import { changeFigures } from './change-store.ts'
import { controllerCoverage, databaseVersion, vendorCoverage } from './check-store.ts'
import { addDays, type Day, dayOf } from './day.ts'
import { isProtected } from './endpoint.ts'
import { endpoints, sites } from './place-store.ts'
import type { RegisterName } from './register.ts'
import { absencesAt, openItems } from './register-store.ts'
import { known, standingOf } from './software.ts'
import { evidenceOf } from './tally.ts'
import { missingFor } from './vendor-acts.ts'
import { vendors } from './vendor-store.ts'
import { vulnerabilityFigures } from './vulnerability-store.ts'

const yearMs = 365 * 86_400_000
const lookBack = (now: Date) => new Date(now.getTime() - yearMs)

const nothingIn = async (act: Act, name: RegisterName) =>
  (await absencesAt(act.sql, act.now)).find(({ register }) => register === name)

/** Active vendors are assessed, under contract and past their window; and an unready one stays out. */
export const checkVendors: Check = async (cross) => {
  const evidence = await cross(
    { action: 'governance.vendor.examine', effect: 'read' },
    async (act) => {
      const active = (await openItems(act.sql, vendors)).filter(({ state }) => state === 'active')
      const missing = await missingFor(act, active)
      return evidenceOf(
        {
          n: missing.filter(({ length }) => length === 0).length,
          of: active.length,
          what: 'active vendors',
          holding: 'assessed, under contract and past their objection window',
        },
        await nothingIn(act, 'vendors'),
      )
    },
  )
  const probe = await tryVendor(cross)
  return { ...evidence, holds: evidence.holds && probe.refused, probe }
}

export const checkContracts: Check = async (cross) =>
  cross({ action: 'governance.contract.examine', effect: 'read' }, async (act) => {
    const today = dayOf(act.now)
    const controllers = (await listControllers(act.sql)).map(({ controllerId }) => controllerId)
    const [of, by] = [
      await controllerCoverage(act.sql, controllers, today),
      await vendorCoverage(act.sql, today),
    ]
    return evidenceOf(
      {
        n: of.covered + by.covered,
        of: of.all + by.all,
        what: 'controllers or active vendors',
        holding: 'bound by a data-protection contract that is signed and running',
        facts: {
          controllers: of.all,
          controllersBound: of.covered,
          vendors: by.all,
          vendorsBound: by.covered,
        },
      },
      await nothingIn(act, 'contracts'),
    )
  })

export const checkVulnerabilities: Check = async (cross) =>
  cross({ action: 'governance.vulnerability.examine', effect: 'read' }, async (act) => {
    const figures = await vulnerabilityFigures(act.sql, dayOf(act.now), lookBack(act.now))
    const { all, late, closedLate } = figures
    return evidenceOf(
      {
        n: all - late - closedLate,
        of: all,
        what: 'vulnerabilities of the last 365 days',
        holding: 'fixed, or still to be fixed, within the days their severity allows',
        facts: { ...figures },
      },
      await nothingIn(act, 'vulnerabilities'),
    )
  })

export const checkPenetrationTests: Check = async (cross) =>
  cross({ action: 'governance.penetration-test.examine', effect: 'read' }, async (act) => {
    const tests = await openItems(act.sql, penetrationTests)
    const newest = tests.reduce<(typeof tests)[number] | undefined>(
      (a, b) => (a === undefined || b.untilOn > a.untilOn ? b : a),
      undefined,
    )
    if (newest === undefined) {
      const finding = 'No penetration test is entered.'
      return { holds: false, finding, n: 0, of: 0, facts: {} }
    }
    const today = dayOf(act.now)
    const isFresh = addDays(newest.untilOn, 365) >= today && newest.due >= today
    return {
      holds: isFresh,
      finding: `The last penetration test ended on ${newest.untilOn}; the next is due on ${newest.due}.`,
      n: isFresh ? 1 : 0,
      of: 1,
      facts: { engagements: tests.length, endedOn: newest.untilOn, findings: newest.findings },
      covers: startOf(newest.untilOn),
    }
  })

const startOf = (day: Day) => new Date(Date.parse(`${day}T00:00:00Z`))

export const checkSecureDevelopment: Check = async (cross) =>
  cross({ action: 'governance.release.examine', effect: 'read' }, async (act) => {
    const running = (await openItems(act.sql, releases)).find(
      ({ version }) => version === runningVersion,
    )
    const facts = { version: runningVersion }
    if (running === undefined) {
      const finding = `The release that runs, ${runningVersion}, has no review, scan and bill of materials here.`
      return { holds: false, finding, n: 0, of: 1, facts }
    }
    const { scanTool, scanWarnings, sbomComponents, createdAt } = running
    return {
      holds: true,
      finding: `The release that runs, ${runningVersion}, was reviewed by another person and scanned by ${scanTool} without errors; its ${sbomComponents} components are listed.`,
      n: 1,
      of: 1,
      facts: { ...facts, scanWarnings, sbomComponents },
      covers: createdAt,
    }
  })

/** Every change that went live was approved, staged and tested, the running release among them. */
export const checkChanges: Check = async (cross) => {
  const figures = await cross(
    { action: 'governance.change.examine', effect: 'read' },
    async (act) => changeFigures(act.sql, lookBack(act.now), runningVersion),
  )
  const probe = await tryChange(cross)
  const { live = 0, complete = 0, running = false } = figures ?? {}
  const holds = running && complete === live && probe.refused
  const finding = running
    ? `${complete} of ${live} changes that went live in the last 365 days were approved by another person, staged and tested, the running release ${runningVersion} among them.`
    : `No approved, staged and tested change brought the release that runs, ${runningVersion}.`
  return { holds, finding, n: complete, of: live, facts: { live, complete, running }, probe }
}

export const checkEndpoints: Check = async (cross) =>
  cross({ action: 'governance.endpoint.examine', effect: 'read' }, async (act) => {
    const all = await openItems(act.sql, endpoints)
    return evidenceOf(
      {
        n: all.filter((one) => isProtected(one, act.now)).length,
        of: all.length,
        what: 'devices',
        holding:
          'encrypted, firewalled, guarded against malware, on a supported system and heard of lately',
      },
      await nothingIn(act, 'endpoints'),
    )
  })

export const checkSites: Check = async (cross) =>
  cross({ action: 'governance.site.examine', effect: 'read' }, async (act) => {
    const today = dayOf(act.now)
    const all = await openItems(act.sql, sites)
    const signed = all.filter(
      ({ expiresOn, biometricAccess, watched }) =>
        expiresOn !== null && expiresOn >= today && biometricAccess === true && watched === true,
    )
    return evidenceOf({
      n: signed.length,
      of: all.length,
      what: 'sites',
      holding: 'attested to have biometric access control and surveillance around the clock',
    })
  })

/** What we run on, against the newest versions this build knows. */
export const checkPatching: Check = async (cross, _world, now) => {
  const database = await cross(
    { action: 'governance.software.examine', effect: 'read' },
    async (act) => databaseVersion(act.sql),
  )
  const software = [
    { product: 'Node.js', version: runtimeVersion },
    { product: 'PostgreSQL', version: database },
  ] as const
  const seen = software.map((one) => ({
    ...one,
    standing: standingOf(one.product, one.version, now),
  }))
  const behind = seen.flatMap(({ product, version, standing }) =>
    standing.is === 'current'
      ? []
      : [
          standing.is === 'behind'
            ? `${product} ${version} is behind ${standing.latest}`
            : `${product} ${version} cannot be judged: ${standing.why}`,
        ],
  )
  return {
    holds: behind.length === 0,
    finding:
      behind.length === 0
        ? `Node.js ${runtimeVersion} and PostgreSQL ${database} are the newest of their lines known on ${known.on}.`
        : `${behind.join('; ')}.`,
    n: seen.length - behind.length,
    of: seen.length,
    facts: { node: runtimeVersion, postgresql: database, knownOn: known.on },
  }
}
