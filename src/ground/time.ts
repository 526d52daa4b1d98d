/** Spans of time in milliseconds. */
export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** Clocks of two hosts may differ this much. */
const skewMs = 5 * minuteMs

/** Whether an instant lies in the future, beyond what clocks differ: the clock that wrote it has been set back since. */
export const isFuture = (at: Date, now: Date): boolean => at.getTime() - now.getTime() > skewMs

/**
 * Whether an instant lies back by so long at most. One of the future ({@link isFuture}) is not recent, so that it
 * lets nothing pass and puts nothing off.
 */
export function isRecent(at: Date, now: Date, withinMs: number): boolean {
  return !isFuture(at, now) && now.getTime() - at.getTime() <= withinMs
}
