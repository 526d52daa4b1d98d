/** Under this name, which no field may bear, a draft keeps the fields whose value goes. */
export const takenOut = ' taken out'

/** What was typed by fields' names; and which are to have no value. */
export type Drafted = Readonly<Record<string, string | readonly string[]>>

/**
 * What changes, as the house wants it: null takes a value out. A field that is both typed and taken
 * out is taken out.
 */
export function correctionsOf(drafted: Drafted): Readonly<Record<string, string | null>> {
  const out = drafted[takenOut] ?? []
  const typed = Object.entries(drafted).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  )
  return Object.fromEntries([
    ...typed,
    ...(typeof out === 'string' ? [] : out.map((name) => [name, null] as const)),
  ])
}
