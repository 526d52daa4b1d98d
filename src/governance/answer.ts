/** A row as it goes out: instants as ISO text, and what is null left away. */
export type Answer<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? Answer<E>[]
    : T extends object
      ? { [K in keyof T as null extends T[K] ? never : K]: Answer<T[K]> } & {
          [K in keyof T as null extends T[K] ? K : never]?: Answer<NonNullable<T[K]>>
        }
      : T

/** Turns a row into its answer. */
export function answer<T>(value: T): Answer<T> {
  if (value instanceof Date) return value.toISOString() as Answer<T>
  if (Array.isArray(value)) return value.map((one) => answer(one)) as Answer<T>
  if (typeof value !== 'object' || value === null) return value as Answer<T>
  const given = Object.entries(value).filter(([, v]) => v !== null)
  return Object.fromEntries(given.map(([k, v]) => [k, answer(v)])) as Answer<T>
}
