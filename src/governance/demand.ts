import type { Act } from '#kernel'
import { addDays, type Day, dayOf, isDay } from './day.ts'
import {
  dayInFuture,
  dayInPast,
  daysReversed,
  needsPerson,
  notADay,
  tooFarAhead,
} from './refusals.ts'

/** @throws {Refusal} `governance.not-a-day`, `governance.day-in-future`. */
export function demandPast(field: string, day: Day, now: Date): Day {
  if (!isDay(day)) throw notADay(field)
  if (day > dayOf(now)) throw dayInFuture(field)
  return day
}

/**
 * @param mostDays - how far ahead the day may lie; nothing is promised for ever.
 * @throws {Refusal} `governance.not-a-day`, `governance.day-in-past`, `governance.too-far-ahead`.
 */
export function demandAhead(field: string, day: Day, now: Date, mostDays = 3660): Day {
  if (!isDay(day)) throw notADay(field)
  if (day < dayOf(now)) throw dayInPast(field)
  if (day > addDays(dayOf(now), mostDays)) throw tooFarAhead(field, mostDays)
  return day
}

/** @throws {Refusal} `governance.days-reversed`. */
export function demandOrder(first: string, a: Day, second: string, b: Day): void {
  if (b < a) throw daysReversed(first, second)
}

/** The id of the person who acts. @throws {Refusal} `governance.needs-person` for any other actor. */
export function demandPerson({ actor }: Act): string {
  if (actor.kind !== 'person') throw needsPerson()
  return actor.id
}
