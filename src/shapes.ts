import { Type, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Format } from 'typebox/format'
import { Value } from 'typebox/value'

/** A part's schema under fastify's name for it; nothing for a part the route does not shape. */
export function shapeOf(part: 'params' | 'querystring', shape: TSchema | undefined) {
  // A route that names no query takes none: a misspelt filter must not pass for "no filter".
  if (shape === undefined) return part === 'params' ? {} : { [part]: strictly(Type.Object({})) }
  return { [part]: strictly(shape) }
}

// RFC 3339 knows leap seconds and RFC 9557 names zones behind; a date of ours knows neither, and would be none.
Format.Set('date-time', (text) => Format.IsDateTime(text) && !Number.isNaN(Date.parse(text)))

const strict = new WeakMap<object, unknown>()

/** The same shape, refusing properties it does not name, at every depth where it says nothing else. */
export function strictly<T>(shape: T): T {
  if (shape === null || typeof shape !== 'object') return shape
  if (Array.isArray(shape)) return shape.map(strictly) as T
  const known = strict.get(shape)
  if (known !== undefined) return known as T
  const copy = strictCopy(shape)
  strict.set(shape, copy)
  return copy
}

function strictCopy<T extends object>(shape: T): T {
  // TypeBox marks its shapes with properties that do not show; conversion goes by them.
  const copy: Record<string, unknown> = Object.defineProperties(
    {},
    Object.getOwnPropertyDescriptors(shape),
  )
  for (const [key, value] of Object.entries(shape)) copy[key] = strictly(value)
  const isObject = copy['type'] === 'object' && copy['properties'] !== undefined
  if (isObject && copy['additionalProperties'] === undefined) copy['additionalProperties'] = false
  return copy as T
}

const compiled = new WeakMap<TSchema, ReturnType<typeof Compile>>()

/** Compiled when first needed: most routes are not called in most processes. */
function compiledOf(shape: TSchema): ReturnType<typeof Compile> {
  const known = compiled.get(shape)
  if (known !== undefined) return known
  const made = Compile(shape)
  compiled.set(shape, made)
  return made
}

/**
 * A validator in fastify's form. Query and path arrive as text and are converted; bodies never are.
 * Errors name the place and the rule, never the value: it may be personal.
 */
export function validatorOf(shape: TSchema, part: string | undefined) {
  const isText = part === 'querystring' || part === 'params'
  return (given: unknown) => {
    const value = isText ? Value.Convert(shape, { ...(given as object) }) : given
    const check = compiledOf(shape)
    const wrong = check.Check(value) ? unkeepable(value) : firstError(check, value)
    if (wrong === undefined) return { value }
    const { instancePath, message } = wrong
    return { error: [{ instancePath: placeIn(instancePath), message: ruleIn(message) }] as never }
  }
}

interface Wrong {
  readonly instancePath: string
  readonly message: string
}

/** So many values at most are looked through for what is wrong with them. */
const mostExplained = 2_000

/**
 * What is wrong, in a value of which something is. To check is quick; to explain gathers every fault
 * and compares every item with every other, so that a body of a megabyte would keep everybody waiting.
 */
function firstError(
  compiled: { Errors(value: unknown): readonly Wrong[] },
  value: unknown,
): Wrong | undefined {
  return countUpTo(value, mostExplained) < mostExplained
    ? compiled.Errors(value)[0]
    : { instancePath: '', message: 'must be of its shape' }
}

function countUpTo(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null || most <= 1) return 1
  let count = 1
  for (const inner of Object.values(value)) {
    if (count >= most) break
    count += countUpTo(inner, most - count)
  }
  return count
}

const noText = 'must be text without U+0000 and without half characters'
const deepest = 64

/**
 * What in a value could not be kept as it is: text PostgreSQL does not take, names of properties
 * among it, or a depth that whoever walks it recursively would not survive. What is not refused here
 * would come back as a fault.
 */
function unkeepable(value: unknown, depth = 0): Wrong | undefined {
  if (typeof value === 'string')
    return isKeepable(value) ? undefined : { instancePath: '', message: noText }
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === deepest)
    return { instancePath: '', message: `must not be nested deeper than ${deepest}` }
  // Places are named on the way back: a body of millions of good values makes no name at all.
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const wrong = unkeepable(value[at], depth + 1)
      if (wrong !== undefined) return within(at, wrong)
    }
    return undefined
  }
  for (const name of Object.keys(value)) {
    if (!isKeepable(name)) return within(name, { instancePath: '', message: noText })
    const wrong = unkeepable((value as Readonly<Record<string, unknown>>)[name], depth + 1)
    if (wrong !== undefined) return within(name, wrong)
  }
  return undefined
}

const within = (place: string | number, { instancePath, message }: Wrong): Wrong => ({
  instancePath: `/${place}${instancePath}`,
  message,
})

const isKeepable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** Names of properties are the caller's own text: one that does not read like a name is not handed back. */
const placeIn = (path: string) =>
  path
    .split('/')
    .map((name) => (/^[\w-]{0,64}$/.test(name) ? name : '*'))
    .join('/')

/** How TypeBox puts that a property is not among those named. */
const ruleIn = (message: string) => (message === 'schema is false' ? 'is not known here' : message)
