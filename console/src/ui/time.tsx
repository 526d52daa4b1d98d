import { useSyncExternalStore } from 'react'

const utc = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const utcSeconds = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const local = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

/** An instant: how long ago or until, with UTC and local time on hover and in print. */
export function Time({
  at,
  absolute = false,
}: {
  readonly at: string
  readonly absolute?: boolean
}) {
  const now = useNow()
  const date = new Date(at)
  const full = `${utcSeconds.format(date)} UTC · ${local.format(date)}`
  return (
    <time dateTime={at} title={full} className={absolute ? undefined : 'relative'}>
      {absolute ? `${utcSeconds.format(date)} UTC` : relative(date.getTime() - now)}
      {!absolute && <span className="print-only"> ({utcSeconds.format(date)} UTC)</span>}
    </time>
  )
}

/** "Tue 04 Nov 2025, 14:05 UTC" */
export const utcText = (at: string): string => `${utc.format(new Date(at))} UTC`

/** "3 min ago", "in 2 h". */
export function relative(ms: number): string {
  const span = spanText(Math.abs(ms) / 1000)
  if (Math.abs(ms) < 5000) return 'just now'
  return ms < 0 ? `${span} ago` : `in ${span}`
}

/** "45 s", "12 min", "23 h 5 min", "9 days": two units where the second one matters. */
export function spanText(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) {
    const minutes = Math.floor((seconds % 3600) / 60)
    return `${Math.floor(seconds / 3600)} h${minutes === 0 ? '' : ` ${minutes} min`}`
  }
  return `${Math.floor(seconds / 86_400)} days`
}

/** "45 s", "12 min", "71 h 5 min": what is left of a deadline, in hours as deadlines are given. */
export function hoursText(seconds: number): string {
  if (seconds < 3600 || seconds >= 360_000) return spanText(seconds)
  const minutes = Math.floor((seconds % 3600) / 60)
  return `${Math.floor(seconds / 3600)} h${minutes === 0 ? '' : ` ${minutes} min`}`
}

let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function listen(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    // Nobody watched for a while, and the clock stood still meanwhile.
    now = Date.now()
    timer = setInterval(() => {
      now = Date.now()
      for (const each of listeners) each()
    }, 5000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The present in milliseconds, moving on every five seconds for all who watch it. */
export const useNow = (): number => useSyncExternalStore(listen, () => now)
