import { addDays, type Day, dayOf } from './day.ts'

/** Newest releases this build knows of, by release line, and the day they were looked up. */
export const known = {
  on: '2026-11-21' as Day,
  /** After so many days the list itself is too old to prove anything. */
  trustDays: 120,
  'Node.js': { 22: [22, 23, 3], 24: [24, 21, 0], 26: [26, 10, 0] },
  PostgreSQL: { 18: [18, 6] },
} as const satisfies { on: Day; trustDays: number } & Record<string, unknown>

export type Product = 'Node.js' | 'PostgreSQL'

export type Standing =
  | { readonly is: 'current' }
  | { readonly is: 'behind'; readonly latest: string }
  | { readonly is: 'unknown'; readonly why: string }

/** How a running version stands against the newest this build knows in its line. */
export function standingOf(product: Product, running: string, now: Date): Standing {
  const parts = running.split('.').map(Number)
  const [line] = parts
  if (line === undefined || parts.some((part) => !Number.isInteger(part)))
    return { is: 'unknown', why: `its version ${running} cannot be read` }
  if (addDays(known.on, known.trustDays) < dayOf(now))
    return { is: 'unknown', why: `the newest version known here was looked up on ${known.on}` }
  const lines: Readonly<Record<number, readonly number[]>> = known[product]
  const latest = lines[line]
  if (latest === undefined)
    return { is: 'unknown', why: `this build knows no newest version of line ${line}` }
  return isBehind(parts, latest) ? { is: 'behind', latest: latest.join('.') } : { is: 'current' }
}

function isBehind(running: readonly number[], latest: readonly number[]): boolean {
  for (const [i, part] of latest.entries()) {
    const mine = running[i] ?? 0
    if (mine !== part) return mine < part
  }
  return false
}
