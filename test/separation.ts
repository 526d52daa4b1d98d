/**
 * Whether two kinds of answers can be told apart by their times, by Mann and Whitney's U: of all pairs
 * of one of each, the share in which the first took longer. 0.5 says nothing; near 0 or 1 a single
 * answer tells which kind it was. Ranks alone count, so a pause of the machine weighs no more than one rank.
 */
export function shareLonger(first: readonly number[], second: readonly number[]): number {
  let longer = 0
  for (const one of first)
    for (const other of second) longer += one > other ? 1 : one === other ? 0.5 : 0
  return longer / (first.length * second.length)
}

/**
 * The standard deviation of {@link shareLonger} among `n` and `n` answers of one and the same kind
 * (Mann and Whitney 1947, divided by n²).
 */
export const deviationOf = (n: number): number => Math.sqrt((2 * n + 1) / (12 * n * n))

/** How many standard deviations two kinds of answers lie apart, either way. */
export const apart = (first: readonly number[], second: readonly number[]): number =>
  Math.abs(shareLonger(first, second) - 0.5) / deviationOf(Math.min(first.length, second.length))
