import { tileWidth } from '../tree/tiles.ts'

/** How long what lies in the trail stays; null: for ever. Leaves' hashes stay in any case. */
export interface Retention {
  /** Months that payloads (names, addresses, reasons) are kept beyond the month they are of. */
  readonly payloadMonths: number | null
  /** Months that entry bundles are served. */
  readonly bundleMonths: number | null
}

/** Nobody can look back on a year's acts of others, if bundles go sooner. */
export const shortestBundleMonths = 12

/** The first instant of the month so many months before the one of `now`, UTC. */
export function monthsBack(now: Date, months: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1))
}

/** Instants of the beginnings of months, from the one of `first` until before `end`. */
export function monthsBetween(first: Date, end: Date): Date[] {
  const months: Date[] = []
  for (let at = monthsBack(first, 0); at < end; at = monthsBack(at, -1)) months.push(at)
  return months
}

/** `2026-03` */
export const monthName = (month: Date): string => month.toISOString().slice(0, 7)

/** The first UUIDv7 of an instant, in text: ids compare as their instants do. */
export function firstIdAt(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** Whether what is asked can be promised: bundles stay at least as long as payloads, and a year. */
export function isRetention({ payloadMonths, bundleMonths }: Retention): boolean {
  if (bundleMonths === null) return true
  return (
    payloadMonths !== null && payloadMonths <= bundleMonths && bundleMonths >= shortestBundleMonths
  )
}

/** The end of the last whole bundle before an index: nothing else can be a minimum index. */
export const bundleStart = (index: number): number => index - (index % tileWidth)
