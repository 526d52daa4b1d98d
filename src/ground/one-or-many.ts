/**
 * How a statement looks for one id or several, as its `$2`. For a list PostgreSQL reckons with ten
 * elements, so that it never finds a kept plan good enough and plans each call anew; one id is
 * therefore asked for as one, under a name of its own.
 */
export function oneOrMany(ids: readonly string[]): {
  readonly name: 'one' | 'many'
  readonly among: string
  readonly value: string | readonly string[]
} {
  const [only] = ids
  return ids.length === 1 && only !== undefined
    ? { name: 'one', among: '= $2::uuid', value: only }
    : { name: 'many', among: '= any($2::uuid[])', value: ids }
}
