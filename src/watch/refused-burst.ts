import { counted, named, type Sighting, type Suspect, type Trace } from './finding.ts'
import { alertBudget, chanceOf, chanceText, habitOf, type Past, type Prior } from './habit.ts'

/** A suspect's refusals in the current hour, by address, beside its past hours. */
export interface RefusedHour extends Suspect {
  readonly hour: Date
  readonly sources: readonly (Trace & { readonly refused: number })[]
  readonly past: Past
}

/** Fewer refusals than this in an hour are somebody who mistypes. */
export const leastRefused = 40

const prior: Prior = { mean: 2, dispersion: 2, hours: 4 }

/** Many refused acts in an hour by one actor, or by one address that names nobody: probing. */
export function refusedBurst(hour: RefusedHour): Sighting | undefined {
  const refused = hour.sources.reduce((sum, source) => sum + source.refused, 0)
  if (refused < leastRefused) return undefined
  const chance = chanceOf(refused, habitOf(hour.past, prior))
  if (chance >= alertBudget) return undefined
  return {
    rule: 'refused-burst',
    severity: 'medium',
    actorKind: hour.actorKind,
    actorId: hour.actorId,
    credentialId: hour.credentialId,
    controllerId: null,
    sentence:
      `${named(hour)} was refused ${counted(refused, 'time')} in one hour; its own worst hour ` +
      `before had ${hour.past.busiest.toLocaleString('en-GB')}; chance of that by habit ${chanceText(chance)}.`,
    facts: {
      refused,
      chance,
      budget: alertBudget,
      pastHours: hour.past.hours,
      worstHourBefore: hour.past.busiest,
    },
    weight: refused,
    hour: hour.hour,
    traces: hour.sources,
  }
}
