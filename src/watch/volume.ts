import { counted, named, type Sighting, type Suspect, type Trace } from './finding.ts'
import { alertBudget, chanceOf, chanceText, habitOf, type Past, type Prior } from './habit.ts'

/** What one address of a suspect did in the hour. Subjects count once in the hour, where first seen. */
export interface SourceHour extends Trace {
  readonly subjects: number
  readonly records: number
}

/** A suspect's current hour beside its past ones. */
export interface VolumeHour extends Suspect {
  readonly hour: Date
  /** The controllers whose subjects were read in this batch. */
  readonly controllerIds: readonly string[]
  readonly sources: readonly SourceHour[]
  readonly past: { readonly subjects: Past; readonly records: Past }
}

/** Below these counts an hour is never news, however quiet the past was. */
export const leastSubjects = 100
export const leastRecords = 300

const priors: { readonly subjects: Prior; readonly records: Prior } = {
  subjects: { mean: 40, dispersion: 1.2, hours: 4 },
  records: { mean: 100, dispersion: 1.2, hours: 4 },
}

/** Whether an hour is big enough for its past to be looked up. */
export const worthAsking = (subjects: number, records: number): boolean =>
  subjects >= leastSubjects || records >= leastRecords

/**
 * Far more subjects or records read in an hour than the suspect's own past makes likely: the
 * negative-binomial tail is below the alert budget. It names the sessions without which there would
 * be no alarm, so that the application sharing a stolen credential is not taken for the thief.
 */
export function volumeSighting(hour: VolumeHour): Sighting | undefined {
  const alarm = alarmOf(hour, hour.sources)
  if (alarm === undefined) return undefined
  const { measure, count, past, chance } = alarm
  const traces = guilty(hour)
  const minutes = Math.max(1, Math.ceil((latest(traces) - earliest(traces)) / 60_000))
  const before =
    past.hours === 0
      ? 'it has no past to compare with'
      : `its own busiest hour before was ${past.busiest.toLocaleString('en-GB')}`
  return {
    rule: 'volume',
    severity: 'high',
    actorKind: hour.actorKind,
    actorId: hour.actorId,
    credentialId: hour.credentialId,
    controllerId: hour.controllerIds.length === 1 ? hour.controllerIds[0]! : null,
    sentence:
      `${named(hour)} read ${counted(count, measure)} of ${whose(hour)} in ` +
      `${counted(minutes, 'minute')}; ${before}; chance of that by habit ${chanceText(chance)}.`,
    facts: {
      measure: `${measure}s`,
      count,
      minutes,
      chance,
      budget: alertBudget,
      controllers: hour.controllerIds,
      pastHours: past.hours,
      busiestHourBefore: past.busiest,
    },
    weight: count,
    hour: hour.hour,
    traces,
  }
}

interface Alarm {
  readonly measure: 'subject' | 'record'
  readonly count: number
  readonly past: Past
  readonly chance: number
}

/** The less likely of the two measures, if it is beyond the budget. */
function alarmOf({ past }: VolumeHour, sources: readonly SourceHour[]): Alarm | undefined {
  const subjects = sum(sources.map((source) => source.subjects))
  const records = sum(sources.map((source) => source.records))
  const tried: Alarm[] = []
  if (subjects >= leastSubjects) {
    const chance = chanceOf(subjects, habitOf(past.subjects, priors.subjects))
    tried.push({ measure: 'subject', count: subjects, past: past.subjects, chance })
  }
  if (records >= leastRecords) {
    const chance = chanceOf(records, habitOf(past.records, priors.records))
    tried.push({ measure: 'record', count: records, past: past.records, chance })
  }
  return tried.filter(({ chance }) => chance < alertBudget).sort((a, b) => a.chance - b.chance)[0]
}

/** The largest sources, as many as must go for the alarm to end. */
function guilty(hour: VolumeHour): Trace[] {
  const largestFirst = hour.sources.toSorted(
    (a, b) => b.subjects - a.subjects || b.records - a.records,
  )
  let taken = 0
  while (alarmOf(hour, largestFirst.slice(taken)) !== undefined) taken += 1
  return largestFirst.slice(0, taken)
}

const whose = ({ controllerIds }: VolumeHour) =>
  controllerIds.length === 1
    ? `controller ${controllerIds[0]!}`
    : counted(controllerIds.length, 'controller')

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
const earliest = (traces: readonly Trace[]) => Math.min(...traces.map((t) => t.firstAt.getTime()))
const latest = (traces: readonly Trace[]) => Math.max(...traces.map((t) => t.lastAt.getTime()))
