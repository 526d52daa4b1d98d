import { canarySightings } from './canary.ts'
import type { Past } from './habit.ts'
import { type VolumeHour, volumeSighting } from './volume.ts'
import { packTouched } from '#trail'

/** What a replay of made-up days and attacks through the rules came to. */
export interface Replay {
  readonly seed: number
  /** Hours of twenty times the usual volume, and how many of them were found. */
  readonly bursts: number
  readonly burstsFound: number
  /** Subjects read before a burst is found, in the middle of all. */
  readonly medianSubjectsExposed: number
  /** Sweeps that meet a canary, and how many of them were found. */
  readonly sweeps: number
  readonly sweepsFound: number
  /** Days of ordinary work, and how many alarms they raised. */
  readonly quietActorDays: number
  readonly falseAlarms: number
}

const pastHours = 200
const actorDays = 1000
const attacks = 200

/**
 * Replays made-up habits and attacks through the rules, the same for the same seed. Hours are drawn
 * from negative binomials whose means and dispersions spread as those of real accounts do.
 */
export function replay(seed: number): Replay {
  const dice = diceOf(seed)
  const exposed: number[] = []
  let burstsFound = 0
  for (let i = 0; i < attacks; i += 1) {
    const [mean, past] = habitIn(dice)
    const burst = Math.max(400, 20 * mean)
    const first = firstAlarm(past, Math.ceil(burst))
    if (first !== undefined) {
      burstsFound += 1
      exposed.push(first)
    }
  }
  let falseAlarms = 0
  for (let day = 0; day < actorDays; day += 1) {
    const [mean, past, dispersion] = habitIn(dice)
    for (let hour = 0; hour < 24; hour += 1) {
      if (alarms(past, drawHour(dice, mean, dispersion))) falseAlarms += 1
    }
  }
  return {
    seed,
    bursts: attacks,
    burstsFound,
    medianSubjectsExposed: exposed.sort((a, b) => a - b)[exposed.length >> 1] ?? 0,
    sweeps: attacks,
    sweepsFound: sweepsFound(dice),
    quietActorDays: actorDays,
    falseAlarms,
  }
}

type Dice = () => number

/** A made-up account: its mean, its past, its dispersion. */
function habitIn(dice: Dice): [mean: number, past: Past, dispersion: number] {
  const mean = Math.exp(1 + 3.5 * dice())
  const dispersion = 0.2 + 0.6 * dice()
  const hours = Array.from({ length: pastHours }, () => drawHour(dice, mean, dispersion))
  const sum = hours.reduce((a, b) => a + b, 0)
  const sumOfSquares = hours.reduce((a, b) => a + b * b, 0)
  return [mean, { hours: pastHours, sum, sumOfSquares, busiest: Math.max(...hours) }, dispersion]
}

function alarms(past: Past, subjects: number): boolean {
  return volumeSighting(hourOf(past, subjects)) !== undefined
}

/** The smallest count that alarms, up to `most`: the chance only falls as the count grows. */
function firstAlarm(past: Past, most: number): number | undefined {
  if (!alarms(past, most)) return undefined
  let [low, high] = [0, most]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (alarms(past, middle)) high = middle
    else low = middle
  }
  return high
}

const at = new Date(0)
const sourceKey = Buffer.alloc(32)
const suspect = { actorKind: 'workload', actorId: 'replay', credentialId: null } as const
const place = { firstAt: at, lastAt: at, firstPosition: 1, lastPosition: 1, entries: 1 }

const hourOf = (past: Past, subjects: number): VolumeHour => ({
  ...suspect,
  hour: at,
  controllerIds: ['replay'],
  sources: [
    { ...place, credentialId: null, sessionId: null, sourceKey, subjects, records: subjects },
  ],
  past: { subjects: past, records: past },
})

/** Sweeps over 5,000 subjects, 20 of them canaries, one by one until a canary is met. */
function sweepsFound(dice: Dice): number {
  let found = 0
  for (let i = 0; i < attacks; i += 1) {
    const canaries = new Set(Array.from({ length: 20 }, () => 1 + Math.floor(dice() * 5000)))
    const met = [...canaries][0]!
    const entry = {
      ...suspect,
      position: 1,
      at,
      sessionId: null,
      controllerId: 'replay',
      sourceKey,
      records: 1,
      action: 'vault.record.read',
      outcome: 'done' as const,
      touched: packTouched([{ subject: met, record: met, category: 0 }]),
    }
    found += canarySightings([entry], new Map([['replay', canaries]])).length
  }
  return found
}

/** A gamma-mixed Poisson: a negative binomial of this mean and dispersion. */
function drawHour(dice: Dice, mean: number, dispersion: number): number {
  const rate = drawGamma(dice, 1 / dispersion) * mean * dispersion
  return drawPoisson(dice, rate)
}

/** Marsaglia and Tsang's method (ACM TOMS 26, 2000); shapes below one by their boost. */
function drawGamma(dice: Dice, shape: number): number {
  if (shape < 1) return drawGamma(dice, shape + 1) * dice() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(dice)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(dice()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

function drawPoisson(dice: Dice, rate: number): number {
  if (rate > 60) return Math.max(0, Math.round(rate + Math.sqrt(rate) * drawNormal(dice)))
  let count = 0
  for (let product = dice(); product > Math.exp(-rate); product *= dice()) count += 1
  return count
}

const drawNormal = (dice: Dice): number =>
  Math.sqrt(-2 * Math.log(dice())) * Math.cos(2 * Math.PI * dice())

/** Mulberry32: chance that comes out the same for the same seed; never 0. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296
  }
}
