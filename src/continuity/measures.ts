import { hourMs, isFuture, isRecent, minuteMs } from '#ground'
import type { Measure } from '#kernel'
import { promised } from './acts.ts'
import { standing } from './backup-flow.ts'
import { placesOf } from './adapters/places.ts'
import { agedBundles, newestBundles } from './bundle-flow.ts'
import { type Backup, promisedPlaces } from './backup.ts'
import { listBackups, listDrills } from './store.ts'

const dailyWithSlackMs = 26 * hourMs
const yearHours = 8_784

export const measures: Measure[] = [
  {
    id: 'continuity.backups',
    lines: ['A17', 'B11'],
    statement: 'All data is backed up daily, encrypted, in two places.',
    class: 'measured',
    references: ['GDPR 32(1)(b)', 'ISO 27001 A.8.13', 'NIST 800-53 CP-9'],
    freshFor: { hours: 3 },
    every: { minutes: 60 },
    async check(cross, world, now) {
      const last = newest(
        await cross({ action: 'continuity.backups.check', effect: 'read' }, (act) =>
          listBackups(act.sql, 30),
        ),
        now,
      )
      if (last === undefined)
        return {
          holds: false,
          finding: 'No backup has been made yet.',
          n: 0,
          of: promisedPlaces,
          facts: {},
        }
      const n = await standing(placesOf(world.settings), last.file, last.sha256!)
      const ageMs = now.getTime() - last.startedAt.getTime()
      const fresh = isRecent(last.startedAt, now, dailyWithSlackMs)
      const facts = {
        ageHours: round(ageMs / hourMs),
        bytes: last.bytes,
        rows: last.rowCount,
        sha256: last.sha256,
        encryption: 'age (X25519, ChaCha20-Poly1305) over rows whose personal data is XAES-256-GCM',
      }
      const finding = `The newest backup is ${facts.ageHours} h old and lies, read back just now, in ${n} of ${promisedPlaces} places.`
      return { holds: fresh && n === promisedPlaces, finding, n, of: promisedPlaces, facts }
    },
  },
  {
    id: 'continuity.keyring-bundles',
    lines: [],
    statement:
      'The keyring is backed up by itself, daily, and destroyed keys leave those backups within days.',
    class: 'measured',
    references: ['ISO 27001 A.8.24', 'NIST 800-53 SC-12(1)'],
    freshFor: { hours: 3 },
    every: { minutes: 60 },
    async check(_cross, world, now) {
      const bundles = newestBundles(world, now)
      const ages = bundles.map(({ at }) =>
        at === undefined ? undefined : (now.getTime() - at.getTime()) / hourMs,
      )
      const fresh = ages.filter((age) => age !== undefined && age <= 24).length
      const tooOld = agedBundles(world, now)
      const worst = ages.includes(undefined) ? undefined : Math.max(...(ages as number[]))
      const facts = { oldestNewestHours: worst === undefined ? null : round(worst), tooOld }
      return {
        holds: fresh === bundles.length && tooOld === 0,
        finding: [
          worst === undefined
            ? `${bundles.length - fresh} of ${bundles.length} places hold no bundle of the keyring yet.`
            : `The newest bundle of the keyring is ${round(worst)} h old, in ${fresh} of ${bundles.length} places younger than 24 h.`,
          ...(tooOld === 0 ? [] : [`${tooOld} bundles are kept longer than they may be.`]),
        ].join(' '),
        n: fresh,
        of: bundles.length,
        facts,
      }
    },
  },
  {
    id: 'continuity.recovery-drill',
    lines: ['A18'],
    statement: 'Recovery is exercised: a backup is restored onto a clean place and compared.',
    class: 'drilled',
    references: ['GDPR 32(1)(c)', 'ISO 27001 A.5.30', 'NIST 800-53 CP-4'],
    freshFor: { hours: yearHours },
    every: { minutes: 60 },
    async check(cross) {
      const [last] = await lastDrills(cross)
      if (last === undefined) return noDrill
      const finding = `On ${day(last.at)} a backup was restored in ${round(last.recoveryTimeSeconds)} s; ${last.passed ? 'everything compared equal' : 'the comparison failed'}.`
      return {
        holds: last.passed,
        finding,
        n: last.passed ? 1 : 0,
        of: 1,
        facts: last.facts,
        covers: last.at,
      }
    },
  },
  {
    id: 'continuity.objectives',
    lines: ['A19'],
    statement: 'Recovery point and recovery time are promised, and met when measured.',
    class: 'drilled',
    references: ['GDPR 32(1)(c)', 'ISO 27001 A.5.30', 'NIST 800-53 CP-2(3)'],
    freshFor: { hours: yearHours },
    every: { minutes: 60 },
    async check(cross, _world, now) {
      const ask = { action: 'continuity.objectives.check', effect: 'read' } as const
      const objective = await cross(ask, promised)
      const [last] = await lastDrills(cross)
      if (last === undefined) return noDrill
      const backup = newest(await cross(ask, (act) => listBackups(act.sql, 30)), now)
      const pointMinutes =
        backup === undefined ? Infinity : (now.getTime() - backup.startedAt.getTime()) / minuteMs
      const timeMinutes = last.recoveryTimeSeconds / 60
      const met = [
        backup !== undefined &&
          isRecent(backup.startedAt, now, objective.recoveryPointMinutes * minuteMs),
        timeMinutes <= objective.recoveryTimeMinutes,
      ]
      const n = met.filter(Boolean).length
      const facts = {
        promisedPointMinutes: objective.recoveryPointMinutes,
        measuredPointMinutes: round(pointMinutes),
        promisedTimeMinutes: objective.recoveryTimeMinutes,
        measuredTimeMinutes: round(timeMinutes),
      }
      const finding = `Lost at most ${facts.measuredPointMinutes} of ${facts.promisedPointMinutes} min, back after ${facts.measuredTimeMinutes} of ${facts.promisedTimeMinutes} min.`
      return { holds: n === 2 && last.passed, finding, n, of: 2, facts, covers: last.at }
    },
  },
]

/** The newest that is whole; one of the future only where there is no other. */
function newest(backups: readonly Backup[], now: Date): Backup | undefined {
  const whole = backups.filter(({ state, sha256 }) => state === 'finished' && sha256 !== null)
  return whole.find(({ startedAt }) => !isFuture(startedAt, now)) ?? whole[0]
}

const noDrill = {
  holds: false,
  finding: 'No restore has been exercised yet: run `holdfast drill restore`.',
  n: 0,
  of: 1,
  facts: {},
}

function lastDrills(cross: Parameters<NonNullable<Measure['check']>>[0]) {
  return cross({ action: 'continuity.drills.check', effect: 'read' }, (act) =>
    listDrills(act.sql, 1),
  )
}

const round = (n: number) => (Number.isFinite(n) ? Math.round(n * 10) / 10 : n)
const day = (at: Date) => at.toISOString().slice(0, 10)
