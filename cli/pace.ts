const settleMs = 2_000

/**
 * How fast something goes, and how long the rest will take, as a note beside its progress; nothing
 * before the first two seconds, when it would be a guess.
 *
 * @param total - bytes to go from here.
 */
export function paceOf(total: number, now: () => number): (done: number) => string {
  const began = now()
  return (done) => {
    const passed = now() - began
    if (passed < settleMs || done === 0) return ''
    const perSecond = done / (passed / 1000)
    return `${(perSecond / 1_000_000).toFixed(1)} MB/s, ${timeText((total - done) / perSecond)} left`
  }
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
