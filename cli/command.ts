import type { TSchema } from 'typebox'
import type { Route } from '#kernel'

/** A command that is one HTTP operation: its words are the action's, its flags the operation's shapes. */
export interface Command {
  /** `vault controller create` */
  readonly words: string
  readonly route: Route
  /** Path parameters in order: positional arguments. */
  readonly positions: readonly string[]
  readonly flags: readonly Flag[]
}

export interface Flag {
  /** `retain-days` */
  readonly name: string
  /** The property it fills: `retainDays`. */
  readonly property: string
  readonly where: 'query' | 'body' | 'header'
  readonly required: boolean
  /** What to write: `text`, `number`, `yes|no`, `JSON`, or the values there are. */
  readonly takes: string
  /** Whether `null` may be written instead: nothing, as the description says. */
  readonly orNull: boolean
  readonly about: string
}

/** What to write after a flag, as help shows it. */
export const written = ({ takes: what, orNull }: Flag): string => (orNull ? `${what}|null` : what)

/** One command per route, sorted. Where one action has several routes, the last path words tell them apart. */
export function commandsFrom(routes: readonly Route[]): Command[] {
  const byWords = Map.groupBy(routes, (route) => wordsOf(route))
  return [...byWords]
    .flatMap(([words, same]) =>
      same.map((route) => ({
        words: same.length === 1 ? words : `${words} ${tail(route, same)}`.trim(),
        route,
        positions: [...route.url.matchAll(/:(\w+)/g)].map(([, name]) => name!),
        flags: flagsOf(route),
      })),
    )
    .sort((a, b) => a.words.localeCompare(b.words))
}

const wordsOf = ({ action }: Route) => action.replaceAll('.', ' ')

/** The shortest address keeps the bare words; the others add what their address says more. */
function tail(route: Route, same: readonly Route[]): string {
  const shortest = same.reduce((a, b) => (b.url.length < a.url.length ? b : a))
  if (route === shortest) return ''
  const known = new Set(segments(shortest.url))
  const more = segments(route.url).filter((s) => !known.has(s))
  return more.length > 0
    ? more.map((s) => s.replace('.', '')).join('-')
    : route.method.toLowerCase()
}

const segments = (url: string) => url.split('/').filter((s) => s !== '' && !s.startsWith(':'))

function flagsOf(route: Route): Flag[] {
  const own = [
    ...properties('query', route.query),
    ...('streams' in route && route.streams !== undefined ? [] : properties('body', route.body)),
  ]
  if (route.purpose === 'required') return [...own, ...why]
  // A deed on one controller's data may want its reason in the entry, where its body has none.
  const isDeed = route.method !== 'GET' && route.url.includes(':controllerId')
  return isDeed && !own.some(({ name }) => name === 'reason')
    ? [...own, { ...why[1]!, required: false }]
    : own
}

const why: Flag[] = [
  {
    name: 'purpose',
    property: 'holdfast-purpose',
    where: 'header',
    required: true,
    takes: 'text',
    orNull: false,
    about: 'a purpose of the contract',
  },
  {
    name: 'reason',
    property: 'holdfast-reason',
    where: 'header',
    required: true,
    takes: 'text',
    orNull: false,
    about: 'why, in one sentence',
  },
]

interface ObjectShape {
  readonly properties?: Readonly<Record<string, TSchema & Shape>>
  readonly required?: readonly string[]
}

interface Shape {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: string | number | boolean
  readonly anyOf?: readonly Shape[]
}

function properties(where: 'query' | 'body', shape: TSchema | undefined): Flag[] {
  const { properties: named = {}, required = [] } = (shape ?? {}) as ObjectShape
  return Object.entries(named).map(([property, of]) => ({
    name: property.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
    property,
    where,
    required: required.includes(property),
    takes: takes(of),
    orNull: of.anyOf?.some(({ type }) => type === 'null') ?? false,
    about: of.description ?? '',
  }))
}

function takes(shape: Shape): string {
  if (shape.enum !== undefined) return shape.enum.join('|')
  if (shape.const !== undefined) return String(shape.const)
  if (shape.anyOf !== undefined) {
    const each = shape.anyOf.filter(({ type }) => type !== 'null').map(takes)
    return new Set(each).size === 1 || each.every((t) => !/^(?:JSON|number|yes\|no)$/.test(t))
      ? [...new Set(each)].join('|')
      : 'JSON'
  }
  switch (shape.type) {
    case 'string':
      return 'text'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'yes|no'
    default:
      return 'JSON'
  }
}

/** A flag's text as the value its shape wants. @throws {RangeError} when it cannot be one. */
export function valueOf(flag: Flag, text: string): unknown {
  if (flag.orNull && text === 'null') return null
  switch (flag.takes) {
    case 'number': {
      const value = Number(text)
      if (text.trim() === '' || !Number.isFinite(value)) throw new RangeError('a number is wanted')
      return value
    }
    case 'yes|no':
      if (!/^(?:yes|no|true|false)$/.test(text)) throw new RangeError('yes or no is wanted')
      return text === 'yes' || text === 'true'
    case 'JSON':
      try {
        return JSON.parse(text) as unknown
      } catch {
        throw new RangeError('JSON is wanted')
      }
    default:
      return text
  }
}
