import { scimRefused } from '../refusals.ts'
import type { AttributePath, Comparison, Filter, Literal } from './filter.ts'
import { groupKind, notKept, type ResourceKind, userKind } from './schema.ts'

/**
 * What a filter asks of rows. Names and addresses lie sealed, so they are found by their exact value,
 * under its keyed hash, or not at all: what cannot be searched is an error, never an empty list.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly always: boolean }
  | {
      readonly column: Column
      readonly by: Comparison
      readonly value: Buffer | readonly Buffer[] | Date | string | boolean
    }

export type Column =
  | 'id'
  | 'userName'
  | 'unwrittenEmail'
  | 'email'
  | 'externalId'
  | 'displayName'
  | 'active'
  | 'created'
  | 'lastModified'
  | 'group'
  | 'member'

/** Keyed hashes of exact values. */
export interface Hashes {
  readonly userName: (text: string) => Buffer
  /** Under every living key. */
  readonly email: (text: string) => readonly Buffer[]
  readonly externalId: (text: string) => Buffer
}

/** @throws {Refusal} `identity.scim-filter`. */
export function conditionOf(kind: ResourceKind, filter: Filter, hashes: Hashes): Condition {
  const of = (each: Filter) => conditionOf(kind, each, hashes)
  switch (filter.is) {
    case 'and':
      return { all: filter.of.map(of) }
    case 'or':
      return { any: filter.of.map(of) }
    case 'not':
      return { not: of(filter.of) }
    case 'within':
      return of(inside(filter.path, filter.of))
    case 'present':
      return present(kind, filter.path)
    default:
      return compared(kind, filter, hashes)
  }
}

/** `emails[value eq "a"]` asks the same as `emails.value eq "a"`: here each list has one searchable part. */
function inside(path: AttributePath, filter: Filter): Filter {
  switch (filter.is) {
    case 'and':
    case 'or':
      return { is: filter.is, of: filter.of.map((each) => inside(path, each)) }
    case 'not':
      return { is: 'not', of: inside(path, filter.of) }
    case 'within':
      throw scimRefused('invalidFilter', 'A filter on values holds no filter on values.')
    default:
      if (filter.path.sub !== undefined)
        throw scimRefused('invalidFilter', 'A part of a value has no parts.')
      return { ...filter, path: { ...path, sub: filter.path.name } }
  }
}

const unsearchable = (name: string) =>
  scimRefused(
    'invalidFilter',
    `"${name}" cannot be searched so. What lies sealed is found by its exact value (eq): userName, externalId, emails.value.`,
  )

const other = (kind: ResourceKind) => (kind === userKind ? groupKind : userKind)

/** @returns the attribute's name, or undefined where the other kind of resource has it. */
function nameOf(kind: ResourceKind, { schema, name, sub }: AttributePath): string | undefined {
  const isOwn = schema === undefined || schema === kind.schema.toLowerCase()
  const full = sub === undefined ? name : `${name}.${sub}`
  const knows = ({ attributes }: ResourceKind) =>
    attributes.some((each) => each.name.toLowerCase() === name) || name === 'schemas'
  if (isOwn && knows(kind)) return full
  if (schema === other(kind).schema.toLowerCase() || (schema === undefined && knows(other(kind))))
    return undefined
  throw scimRefused(
    'invalidFilter',
    notKept.has(name)
      ? 'The filter asks for an attribute that is not kept here.'
      : `A ${kind.name} has no attribute the filter asks for.`,
  )
}

function present(kind: ResourceKind, path: AttributePath): Condition {
  const name = nameOf(kind, path)
  if (name === undefined) return { always: false }
  if (/^(?:id|schemas|meta(?:\..*)?|username|active|emails(?:\.(?:value|primary))?)$/.test(name))
    return { always: true }
  if (kind === groupKind && name === 'displayname') return { always: true }
  throw unsearchable(name)
}

interface Compared {
  readonly path: AttributePath
  readonly by: Comparison
  readonly value: Literal
}

function compared(kind: ResourceKind, { path, by, value }: Compared, hashes: Hashes): Condition {
  const name = nameOf(kind, path)
  if (name === undefined) return { always: false }
  switch (name) {
    case 'id':
      return exact(name, by, (text) => ({ column: 'id', by: 'eq', value: text }), value)
    case 'schemas':
      return exact(
        name,
        by,
        (text) => ({ always: text.toLowerCase() === kind.schema.toLowerCase() }),
        value,
      )
    case 'meta.resourcetype':
      return exact(name, by, (text) => ({ always: text === kind.name }), value)
    case 'meta.created':
      return { column: 'created', by: ordered(name, by), value: instant(name, value) }
    case 'meta.lastmodified':
      return { column: 'lastModified', by: ordered(name, by), value: instant(name, value) }
    case 'externalid':
      return kind === groupKind
        ? { column: 'externalId', by, value: textOf(name, value) }
        : exact(name, by, (text) => hashed('externalId', hashes.externalId(text)), value)
    default:
      return kind === groupKind ? ofGroup(name, by, value) : ofUser(name, by, value, hashes)
  }
}

function ofGroup(name: string, by: Comparison, value: Literal): Condition {
  if (name === 'displayname') return { column: 'displayName', by, value: textOf(name, value) }
  if (name === 'members' || name === 'members.value')
    return exact(name, by, (text) => ({ column: 'member', by: 'eq', value: text }), value)
  throw unsearchable(name)
}

function ofUser(name: string, by: Comparison, value: Literal, hashes: Hashes): Condition {
  switch (name) {
    case 'username':
      return exact(name, by, (text) => byUserName(text, hashes), value)
    case 'emails':
    case 'emails.value':
      return exact(name, by, (text) => hashed('email', hashes.email(text)), value)
    case 'active': {
      const wanted = typeof value === 'string' ? value.toLowerCase() === 'true' : value
      if (typeof wanted !== 'boolean' || (by !== 'eq' && by !== 'ne'))
        throw scimRefused('invalidFilter', '"active" is or is not true or false.')
      return { column: 'active', by, value: wanted }
    }
    case 'groups':
    case 'groups.value':
      return exact(name, by, (text) => ({ column: 'group', by: 'eq', value: text }), value)
    default:
      throw unsearchable(name)
  }
}

const hashed = (column: Column, value: Buffer | readonly Buffer[]): Condition => ({
  column,
  by: 'eq',
  value,
})

/** Whoever no directory has written yet is known by the address. */
const byUserName = (text: string, hashes: Hashes): Condition => ({
  any: [hashed('userName', hashes.userName(text)), hashed('unwrittenEmail', hashes.email(text))],
})

function exact(
  name: string,
  by: Comparison,
  is: (text: string) => Condition,
  value: Literal,
): Condition {
  if (by !== 'eq' && by !== 'ne') throw unsearchable(name)
  const condition = is(textOf(name, value))
  return by === 'eq' ? condition : { not: condition }
}

function textOf(name: string, value: Literal): string {
  if (typeof value === 'string' && value.isWellFormed() && !value.includes('\0')) return value
  throw scimRefused('invalidFilter', `"${name}" is compared with text.`)
}

function ordered(name: string, by: Comparison): Comparison {
  if (by === 'co' || by === 'sw' || by === 'ew')
    throw scimRefused('invalidFilter', `"${name}" is an instant: eq, ne, gt, ge, lt or le.`)
  return by
}

function instant(name: string, value: Literal): Date {
  const at = typeof value === 'string' ? new Date(value) : undefined
  if (at === undefined || !/^\d{4}-\d\d-\d\dT/.test(String(value)) || Number.isNaN(at.getTime()))
    throw scimRefused('invalidFilter', `"${name}" is compared with an instant of RFC 3339.`)
  return at
}
