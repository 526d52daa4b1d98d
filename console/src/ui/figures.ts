/** "12,480" */
export const countText = (count: number): string => count.toLocaleString('en')

/** "1 record", "12,480 records". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`

/** "812 B", "4.2 MiB". */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let [size, unit] = [bytes, 0]
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`
}

/** "a, b and c" */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** Today's day in UTC, and the days after it: what the house counts by. */
export const dayAhead = (days = 0): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
