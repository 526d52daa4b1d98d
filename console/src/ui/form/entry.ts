import type { ReactNode } from 'react'
import type { ControlProps } from '../field.tsx'

export interface EntryProps<T> {
  readonly control: ControlProps
  readonly needed: boolean
  readonly value: T | undefined
  onChange(this: void, value: T | undefined): void
}

/** One thing a form asks for: how it is called, how it is typed, what stands there at first. */
export interface Entry<T> {
  readonly label: string
  readonly hint?: ReactNode
  readonly needed: boolean
  readonly first?: T
  /** Several controls under one legend, instead of one under a label. */
  readonly isGroup?: boolean
  /** Called, not mounted: a form made anew in each render must not lose what is being typed. */
  draw(this: void, props: EntryProps<T>): ReactNode
}

/** A form asks for exactly what the body of its call holds. */
export type Form<Body> = { readonly [K in keyof Body]-?: Entry<Exclude<Body[K], undefined>> }

/** The same entry, which may be left empty. */
export const optional = <T>(entry: Entry<T>): Entry<T> => ({ ...entry, needed: false })

/** The same entry with something in it at first. */
export const starting = <T>(entry: Entry<T>, first: T | undefined): Entry<T> =>
  first === undefined ? entry : { ...entry, first }

/** Entries of a form that hold nothing although they must. */
export function emptyIn<Body extends object>(form: Form<Body>, values: Partial<Body>): string[] {
  return entriesOf(form)
    .filter(([name, { needed }]) => needed && isEmpty(values[name as keyof Body]))
    .map(([name]) => name)
}

/** What a form starts with. */
export function firstOf<Body extends object>(form: Form<Body>): Partial<Body> {
  const given = entriesOf(form).flatMap(([name, { first }]) =>
    first === undefined ? [] : [[name, first]],
  )
  return Object.fromEntries(given) as Partial<Body>
}

export const entriesOf = <Body extends object>(form: Form<Body>): [string, Entry<unknown>][] =>
  Object.entries(form)

/** The body, without what was left empty. */
export function bodyOf<Body extends object>(values: Partial<Body>): Body {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
  ) as Body
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0)
