import { upperTail } from './tail.ts'

/** What a suspect's past hours come to, for one measure: counted over its active hours only. */
export interface Past {
  readonly hours: number
  readonly sum: number
  readonly sumOfSquares: number
  readonly busiest: number
}

export const noPast: Past = { hours: 0, sum: 0, sumOfSquares: 0, busiest: 0 }

/** What is believed before anything was seen, and how many hours of seeing weigh as much. */
export interface Prior {
  readonly mean: number
  readonly dispersion: number
  readonly hours: number
}

export interface Habit {
  readonly mean: number
  readonly dispersion: number
}

/**
 * Mean and dispersion of a suspect's hours, each drawn toward the prior as far as its past is short.
 * A new credential has the prior alone.
 */
export function habitOf({ hours, sum, sumOfSquares }: Past, prior: Prior): Habit {
  const weight = prior.hours + hours
  const mean = (prior.mean * prior.hours + sum) / weight
  const dispersion =
    (prior.dispersion * prior.hours + dispersionOf(hours, sum, sumOfSquares) * hours) / weight
  return { mean, dispersion }
}

/** Method of moments: variance = mean + dispersion · mean². */
function dispersionOf(hours: number, sum: number, sumOfSquares: number): number {
  if (hours < 2 || sum === 0) return 0
  const mean = sum / hours
  const variance = Math.max(0, (sumOfSquares - sum * mean) / (hours - 1))
  return Math.max(0, (variance - mean) / (mean * mean))
}

/** How likely the habit is to bring an hour of `count` or more. */
export const chanceOf = (count: number, { mean, dispersion }: Habit): number =>
  upperTail(count, mean, dispersion)

/**
 * One false alert in a thousand actor-days is the budget; an actor is tried 24 times a day, for two
 * measures each.
 */
export const alertBudget = 1 / (1000 * 24 * 2)

/** A chance for people to read: `4e-9`, `0.0002`. */
export function chanceText(chance: number): string {
  if (chance < 1e-300) return 'below 1e-300'
  return chance < 1e-3 ? chance.toExponential(0) : chance.toPrecision(1)
}
