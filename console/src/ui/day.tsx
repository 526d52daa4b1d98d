import { useNow } from './time.tsx'

const dayText = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})

/** A calendar day in UTC; with `due`, how far off it is. */
export function Day({ on, due = false }: { readonly on: string; readonly due?: boolean }) {
  const today = Math.floor(useNow() / 86_400_000)
  const away = Math.floor(Date.parse(`${on}T00:00:00Z`) / 86_400_000) - today
  return (
    <time dateTime={on}>
      {dayText.format(new Date(`${on}T00:00:00Z`))}
      {due && <span className="soft day-away"> {awayText(away)}</span>}
    </time>
  )
}

function awayText(days: number): string {
  if (days === 0) return 'today'
  const span = Math.abs(days) === 1 ? '1 day' : `${Math.abs(days)} days`
  return days > 0 ? `in ${span}` : `${span} ago`
}
