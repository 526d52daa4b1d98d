/** A flag that must be there. @throws {RangeError} */
export function needed(flags: ReadonlyMap<string, string>, name: string, what: string): string {
  const value = flags.get(name)
  if (value === undefined || value === 'yes')
    throw new RangeError(`still wanted: --${name} ${what}`)
  return value
}

/** Refuses flags nobody knows: a misspelt one must not pass for none. @throws {RangeError} */
export function onlyThese(flags: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const name of flags.keys())
    if (!known.includes(name)) throw new RangeError(`there is no --${name} here`)
}
