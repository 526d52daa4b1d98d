import { scimRefused } from '../refusals.ts'
import { type Filter, isMatch, readPath, type TargetPath } from './filter.ts'
import { type Attribute, notKept, patchMessage, type ResourceKind } from './schema.ts'

/** A resource's attributes under their names as the schema writes them. */
export type Resource = Readonly<Record<string, unknown>>
type Values = Record<string, unknown>

const longestText = 500
const mostValues = 10_000

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A body as what is kept of it. What only we write is passed over, as are attributes not kept; null and
 * an empty list are as good as nothing (RFC 7643 §2.5, RFC 7644 §3.3).
 *
 * @throws {Refusal} `identity.scim-syntax` for another schema, `identity.scim-value`.
 */
export function readResource(kind: ResourceKind, body: object): Resource {
  const given = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
  const said = given.get('schemas')
  if (!Array.isArray(said) || !said.some((one) => isSchema(one, kind.schema)))
    throw scimRefused('invalidSyntax', `"schemas" does not hold ${kind.schema}.`)
  const read: Values = {}
  for (const attribute of kind.attributes) {
    const value = given.get(attribute.name.toLowerCase())
    if (attribute.mutability === 'readOnly' || isNothing(value)) continue
    read[attribute.name] = valueOf(attribute, value)
  }
  return demandRequired(kind, read)
}

const isSchema = (one: unknown, schema: string) =>
  typeof one === 'string' && one.toLowerCase() === schema.toLowerCase()

const isNothing = (value: unknown) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

function demandRequired({ attributes }: ResourceKind, resource: Resource): Resource {
  for (const { name, required } of attributes)
    if (required && (resource[name] === undefined || resource[name] === ''))
      throw scimRefused('invalidValue', `"${name}" is missing.`)
  return resource
}

/** A value of the form its attribute has. Names of parts are those of the schema, whoever wrote them. */
function valueOf(attribute: Attribute, value: unknown): unknown {
  if (!attribute.multiValued) return oneOf(attribute, value)
  const all = Array.isArray(value) ? value : [value]
  if (all.length > mostValues)
    throw scimRefused('invalidValue', `"${attribute.name}" holds more than ${mostValues} values.`)
  return all.map((one) => oneOf(attribute, one))
}

function oneOf(attribute: Attribute, value: unknown): unknown {
  const { name, type, subAttributes = [] } = attribute
  const wrong = (what: string) => scimRefused('invalidValue', `"${name}" must be ${what}.`)
  if (type === 'complex') {
    // Some directories write a value where an object with it belongs.
    const whole = typeof value === 'string' && attribute.multiValued ? { value } : value
    if (!isObject(whole)) throw wrong('an object')
    const parts = new Map(Object.entries(whole).map(([key, part]) => [key.toLowerCase(), part]))
    const read: Values = {}
    for (const sub of subAttributes) {
      const part = parts.get(sub.name.toLowerCase())
      if (sub.mutability !== 'readOnly' && !isNothing(part)) read[sub.name] = oneOf(sub, part)
    }
    return read
  }
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value
    // As Microsoft Entra writes it.
    if (typeof value === 'string' && /^(?:true|false)$/i.test(value))
      return value.toLowerCase() === 'true'
    throw wrong('true or false')
  }
  if (typeof value !== 'string') throw wrong('text')
  if (value.length > longestText) throw wrong(`no longer than ${longestText}`)
  return value
}

/**
 * A resource with the operations of a PATCH applied, in their order (RFC 7644 §3.5.2).
 *
 * @throws {Refusal} `identity.scim-syntax`, `identity.scim-path`, `identity.scim-value`,
 *   `identity.scim-target`, `identity.scim-mutability`.
 */
export function patched(kind: ResourceKind, resource: Resource, body: object): Resource {
  const given = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
  const said = given.get('schemas')
  if (!Array.isArray(said) || !said.some((one) => isSchema(one, patchMessage)))
    throw scimRefused('invalidSyntax', `"schemas" does not hold ${patchMessage}.`)
  const operations = given.get('operations')
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > 1000)
    throw scimRefused('invalidSyntax', '"Operations" must hold 1 to 1000 operations.')
  const result = structuredClone(resource) as Values
  for (const operation of operations) apply(kind, result, operation)
  return demandRequired(kind, result)
}

type Verb = 'add' | 'remove' | 'replace'

function apply(kind: ResourceKind, result: Values, operation: unknown): void {
  if (!isObject(operation)) throw scimRefused('invalidSyntax', 'An operation must be an object.')
  const { op, path, value } = operation
  const verb = typeof op === 'string' ? op.toLowerCase() : ''
  if (verb !== 'add' && verb !== 'remove' && verb !== 'replace')
    throw scimRefused('invalidSyntax', 'An operation is one of add, remove and replace.')
  if (path !== undefined && typeof path !== 'string')
    throw scimRefused('invalidPath', 'A path must be text.')
  if (verb !== 'remove' && value === undefined)
    throw scimRefused('invalidValue', `"${verb}" must say what, as "value".`)
  if (path !== undefined) return applyAt(kind, result, verb, readPath(path), value)
  if (verb === 'remove') throw scimRefused('noTarget', '"remove" must say where, as "path".')
  if (!isObject(value))
    throw scimRefused('invalidValue', 'Without a path the value must be an object.')
  for (const [name, one] of Object.entries(value)) {
    // Handed back with the rest of the resource, and not meant.
    if (isObject(one) && name.toLowerCase().startsWith('urn:')) continue
    if (/^(?:id|schemas|meta)$/i.test(name)) continue
    applyAt(kind, result, verb, readPath(name), one)
  }
}

/** @returns undefined for an attribute that is not kept here. */
function attributeAt(kind: ResourceKind, { schema, name }: TargetPath): Attribute | undefined {
  if (schema !== undefined && schema !== kind.schema.toLowerCase()) return undefined
  const found = kind.attributes.find((each) => each.name.toLowerCase() === name)
  if (found === undefined && !notKept.has(name))
    throw scimRefused('invalidPath', `A ${kind.name} has no attribute of this name.`)
  if (found?.mutability === 'readOnly')
    throw scimRefused('mutability', `"${found.name}" is not for the directory to change.`)
  return found
}

function subOf({ name, subAttributes = [] }: Attribute, sub: string): Attribute {
  const found = subAttributes.find((each) => each.name.toLowerCase() === sub)
  if (found === undefined) throw scimRefused('invalidPath', `"${name}" has no part of this name.`)
  if (found.mutability === 'readOnly')
    throw scimRefused(
      'mutability',
      `"${found.name}" of "${name}" is not for the directory to change.`,
    )
  return found
}

function applyAt(
  kind: ResourceKind,
  result: Values,
  verb: Verb,
  path: TargetPath,
  value: unknown,
): void {
  const attribute = attributeAt(kind, path)
  if (attribute === undefined) return
  const { name, required } = attribute
  const sub = path.sub === undefined ? undefined : subOf(attribute, path.sub)
  if (attribute.multiValued)
    result[name] = listAfter(attribute, result[name], { verb, path, sub, value })
  else if (path.of !== undefined)
    throw scimRefused('invalidPath', `"${name}" holds one value, and no filter finds others.`)
  else if (sub !== undefined) result[name] = withPart(sub, result[name], verb, value)
  else if (verb === 'remove' || isNothing(value)) {
    if (required) throw scimRefused('mutability', `"${name}" cannot be without a value.`)
    result[name] = undefined
  } else {
    const next = oneOf(attribute, value)
    // Parts that are not named stay as they are (§3.5.2.3).
    result[name] =
      attribute.type === 'complex' ? { ...(result[name] as object), ...(next as object) } : next
  }
  if (Array.isArray(result[name]) && result[name].length === 0) result[name] = undefined
}

function withPart(sub: Attribute, whole: unknown, verb: Verb, value: unknown): Values {
  const next = { ...(whole as Values | undefined) }
  if (verb === 'remove' || isNothing(value)) delete next[sub.name]
  else next[sub.name] = oneOf(sub, value)
  return next
}

interface Change {
  readonly verb: Verb
  readonly path: TargetPath
  readonly sub: Attribute | undefined
  readonly value: unknown
}

function listAfter(attribute: Attribute, before: unknown, change: Change): Resource[] {
  const held = (before ?? []) as readonly Resource[]
  const { verb, path, sub, value } = change
  if (path.of === undefined && sub === undefined)
    return wholeListAfter(attribute, held, verb, value)
  const among = path.of
  if (among !== undefined) demandParts(attribute, among)
  const isMeant = (one: Resource) => among === undefined || isMatch(among, one)
  if (!held.some(isMeant)) {
    if (verb === 'add' && among !== undefined)
      return [...held, { ...saidBy(attribute, among), ...madeOf(attribute, sub, value) }]
    throw scimRefused('noTarget', `No value of "${attribute.name}" is what the path asks for.`)
  }
  if (verb === 'remove' && sub === undefined) return held.filter((one) => !isMeant(one))
  return held.map((one) => {
    if (!isMeant(one)) return one
    return sub === undefined
      ? { ...one, ...(oneOf(attribute, value) as Resource) }
      : withPart(sub, one, verb, value)
  })
}

const madeOf = (attribute: Attribute, sub: Attribute | undefined, value: unknown): Resource =>
  sub === undefined ? (oneOf(attribute, value) as Resource) : { [sub.name]: oneOf(sub, value) }

function wholeListAfter(
  attribute: Attribute,
  held: readonly Resource[],
  verb: Verb,
  value: unknown,
): Resource[] {
  if (isNothing(value)) return verb === 'add' ? [...held] : []
  const given = valueOf(attribute, value) as readonly Resource[]
  if (verb === 'replace') return [...given]
  const values = new Set(given.map(({ value: each }) => each))
  const others = held.filter((one) => !values.has(one['value']))
  // With a value, `remove` takes only that one, as Microsoft Entra has it.
  if (verb === 'remove') return others
  const isPrimary = given.some(({ primary }) => primary === true)
  return [...others.map((one) => (isPrimary ? { ...one, primary: false } : one)), ...given]
}

function demandParts(attribute: Attribute, filter: Filter): void {
  switch (filter.is) {
    case 'and':
    case 'or':
      for (const each of filter.of) demandParts(attribute, each)
      return
    case 'not':
      return demandParts(attribute, filter.of)
    case 'within':
      throw scimRefused('invalidPath', 'A filter on values holds no filter on values.')
    default: {
      const { path } = filter
      const known = attribute.subAttributes?.some(({ name }) => name.toLowerCase() === path.name)
      if (known !== true || path.sub !== undefined)
        throw scimRefused('invalidPath', `"${attribute.name}" has no part the filter names.`)
    }
  }
}

/** What a filter says a value would be: `type eq "work"` says so of a value that is to be made. */
function saidBy(attribute: Attribute, filter: Filter): Values {
  if (filter.is === 'and') return Object.assign({}, ...filter.of.map((f) => saidBy(attribute, f)))
  if (filter.is !== 'compared' || filter.by !== 'eq') return {}
  const sub = subOf(attribute, filter.path.name)
  return { [sub.name]: oneOf(sub, filter.value) }
}

/** Which attributes an answer shows (RFC 7644 §3.9). */
export interface Shown {
  readonly attributes?: string | readonly string[] | undefined
  readonly excludedAttributes?: string | readonly string[] | undefined
}

/** @throws {Refusal} `identity.scim-value` where both are given: each says what the other does. */
export function project(kind: ResourceKind, resource: Resource, shown: Shown): Resource {
  const wanted = namesIn(kind, shown.attributes)
  const unwanted = namesIn(kind, shown.excludedAttributes)
  if (wanted.size > 0 && unwanted.size > 0)
    throw scimRefused('invalidValue', '"attributes" and "excludedAttributes" exclude each other.')
  if (wanted.size === 0 && unwanted.size === 0) return resource
  const isShown = (name: string) => (wanted.size > 0 ? wanted.has(name) : !unwanted.has(name))
  return Object.fromEntries(
    Object.entries(resource).flatMap(([name, value]): [string, unknown][] => {
      const lower = name.toLowerCase()
      if (lower === 'schemas' || lower === 'id') return [[name, value]]
      if (wanted.size > 0 ? wanted.has(lower) : unwanted.has(lower))
        return wanted.size > 0 ? [[name, value]] : []
      const parts = Array.isArray(value)
        ? value.map((one) => partsOf(lower, one, isShown, wanted.size > 0))
        : partsOf(lower, value, isShown, wanted.size > 0)
      return isEmpty(parts) ? [] : [[name, parts]]
    }),
  )
}

function partsOf(
  name: string,
  value: unknown,
  isShown: (name: string) => boolean,
  only: boolean,
): unknown {
  if (!isObject(value)) return only ? undefined : value
  return Object.fromEntries(
    Object.entries(value).filter(([part]) => isShown(`${name}.${part.toLowerCase()}`)),
  )
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) ? value.every(isEmpty) : isObject(value) && Object.keys(value).length === 0)

function namesIn({ schema }: ResourceKind, given: Shown['attributes']): Set<string> {
  const names = typeof given === 'string' ? given.split(',') : (given ?? [])
  const own = `${schema.toLowerCase()}:`
  return new Set(
    names
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== '')
      .map((name) => (name.startsWith(own) ? name.slice(own.length) : name)),
  )
}
