/** A calendar day in UTC as `YYYY-MM-DD`: deadlines and signatures have days, not instants. Days compare as text. */
export type Day = string

const dayMs = 86_400_000
/** The calendar has no year 0, and neither has PostgreSQL. */
const form = /^(?!0000)\d{4}-\d{2}-\d{2}$/

/** The day an instant falls on. */
export const dayOf = (instant: Date): Day => instant.toISOString().slice(0, 10)

/** Whether a text is a day that exists: `2026-02-30` is not. */
export function isDay(text: string): boolean {
  if (!form.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && dayOf(new Date(ms)) === text
}

/** The day `count` days later. */
export const addDays = (day: Day, count: number): Day =>
  dayOf(new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs))
