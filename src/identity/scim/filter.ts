import { scimRefused } from '../refusals.ts'

/*
 * The filter language of SCIM (RFC 7644 §3.4.2.2), `or` loosest, then `and`, then `not`:
 *
 *   FILTER    = attrExp / valuePath / ["not" SP] "(" FILTER ")" / FILTER SP ("and" / "or") SP FILTER
 *   valuePath = attrPath "[" FILTER "]"
 *   attrExp   = attrPath SP "pr" / attrPath SP compareOp SP compValue
 *   attrPath  = [URI ":"] ATTRNAME ["." ATTRNAME]       compValue = a JSON literal
 *   PATH      = attrPath / valuePath ["." ATTRNAME]     (of PATCH, §3.5.2)
 */

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type Literal = string | number | boolean | null

export type Filter =
  | { readonly is: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly is: 'not'; readonly of: Filter }
  | { readonly is: 'present'; readonly path: AttributePath }
  | {
      readonly is: 'compared'
      readonly path: AttributePath
      readonly by: Comparison
      readonly value: Literal
    }
  | { readonly is: 'within'; readonly path: AttributePath; readonly of: Filter }

/** Names are lower case: SCIM minds no case in them (RFC 7643 §2.1). */
export interface AttributePath {
  /** The schema's URI; undefined for that of the resource. */
  readonly schema: string | undefined
  readonly name: string
  readonly sub: string | undefined
}

/** What PATCH points at: an attribute, some of its values, or a part of those. */
export interface TargetPath extends AttributePath {
  readonly of: Filter | undefined
}

const mostCharacters = 2_000
const deepest = 16
const comparisons: ReadonlySet<string> = new Set('eq ne co sw ew gt ge lt le'.split(' '))

/** @throws {Refusal} `identity.scim-filter` (scimType `invalidFilter`). */
export function readFilter(text: string): Filter {
  const reader = new Reader(text, 'invalidFilter')
  const filter = reader.either(0)
  reader.end()
  return filter
}

/** @throws {Refusal} `identity.scim-path` (scimType `invalidPath`). */
export function readPath(text: string): TargetPath {
  const reader = new Reader(text, 'invalidPath')
  const path = reader.target()
  reader.end()
  return path
}

const space = /\s+/y
const attribute =
  /(?:(urn:[A-Za-z0-9:._-]*?):)?([A-Za-z$][A-Za-z0-9_$-]*)(?:\.([A-Za-z$][A-Za-z0-9_$-]*))?(?![A-Za-z0-9:_.$-])/y
const word = /[A-Za-z]+/y
const literal = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y

/** Reads from left to right, each character once or twice: nothing in it can be made to go back. */
class Reader {
  readonly #text: string
  readonly #kind: 'invalidFilter' | 'invalidPath'
  #at = 0

  constructor(text: string, kind: 'invalidFilter' | 'invalidPath') {
    this.#text = text.trim()
    this.#kind = kind
    if (this.#text.length > mostCharacters) this.#refuse(`is longer than ${mostCharacters}`)
  }

  either = (depth: number): Filter =>
    this.#chain('or', () => this.#chain('and', () => this.#one(depth)))

  target(): TargetPath {
    const path = this.#path()
    if (!this.#takes('[')) return { ...path, of: undefined }
    if (path.sub !== undefined) this.#refuse('has a filter on a part of a value')
    const of = this.#inside(']', 0)
    if (!this.#takes('.')) return { ...path, of }
    const sub = this.#match(word)?.[0]
    if (sub === undefined) this.#refuse('names no part after the filter')
    return { ...path, of, sub: sub.toLowerCase() }
  }

  end(): void {
    if (this.#at < this.#text.length) this.#refuse('goes on where it should end')
  }

  #chain(by: 'and' | 'or', next: () => Filter): Filter {
    const of = [next()]
    while (this.#keyword(by)) of.push(next())
    return of.length === 1 ? of[0]! : { is: by, of }
  }

  #one(depth: number): Filter {
    if (depth === deepest) this.#refuse(`is nested deeper than ${deepest}`)
    if (this.#keyword('not')) {
      this.#skip()
      if (!this.#takes('(')) this.#refuse('has no "(" after "not"')
      return { is: 'not', of: this.#inside(')', depth + 1) }
    }
    if (this.#takes('(')) return this.#inside(')', depth + 1)
    const path = this.#path()
    if (this.#takes('[')) return { is: 'within', path, of: this.#inside(']', depth + 1) }
    this.#skip()
    const by = this.#match(word)?.[0]?.toLowerCase() ?? ''
    if (by === 'pr') return { is: 'present', path }
    if (!comparisons.has(by)) this.#refuse('compares by no operator of SCIM')
    this.#skip()
    const text = this.#match(literal)?.[0]
    if (text === undefined) this.#refuse('compares with what is no JSON value')
    return { is: 'compared', path, by: by as Comparison, value: this.#json(text) }
  }

  #inside(end: ')' | ']', depth: number): Filter {
    this.#skip()
    const filter = this.either(depth)
    this.#skip()
    if (!this.#takes(end)) this.#refuse(`misses a "${end}"`)
    return filter
  }

  #path(): AttributePath {
    const found = this.#match(attribute)
    if (found === undefined) this.#refuse('names no attribute')
    const [, schema, name = '', sub] = found
    return { schema: schema?.toLowerCase(), name: name.toLowerCase(), sub: sub?.toLowerCase() }
  }

  #json(text: string): Literal {
    try {
      return JSON.parse(text) as Literal
    } catch {
      return this.#refuse('holds a text that is no JSON')
    }
  }

  /** A word of the grammar between what it joins; or nothing is read. */
  #keyword(wanted: string): boolean {
    const before = this.#at
    this.#skip()
    if (this.#match(word)?.[0].toLowerCase() === wanted && /[\s(]/.test(this.#text[this.#at] ?? ''))
      return this.#skip()
    this.#at = before
    return false
  }

  #skip(): true {
    this.#match(space)
    return true
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  /** Says where, never what stands there: it may be somebody's name. */
  #refuse(why: string): never {
    const what = this.#kind === 'invalidFilter' ? 'filter' : 'path'
    throw scimRefused(this.#kind, `The ${what} ${why}, at character ${this.#at + 1}.`)
  }
}

/** Whether one value of an attribute, with its parts by name, is what a filter asks for. */
export function isMatch(filter: Filter, value: Readonly<Record<string, unknown>>): boolean {
  switch (filter.is) {
    case 'and':
      return filter.of.every((each) => isMatch(each, value))
    case 'or':
      return filter.of.some((each) => isMatch(each, value))
    case 'not':
      return !isMatch(filter.of, value)
    case 'present':
      return partOf(value, filter.path) !== undefined
    case 'compared':
      return compares(partOf(value, filter.path), filter.by, filter.value)
    default:
      throw scimRefused('invalidFilter', 'A filter within a filter on values is not a thing.')
  }
}

function partOf(value: Readonly<Record<string, unknown>>, { name }: AttributePath): unknown {
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}

function compares(held: unknown, by: Comparison, wanted: Literal): boolean {
  if (by === 'ne') return !compares(held, 'eq', wanted)
  if (typeof held === 'string' && typeof wanted === 'string')
    return comparesText(held.toLowerCase(), by, wanted.toLowerCase())
  return by === 'eq' && (held ?? null) === wanted
}

function comparesText(held: string, by: Comparison, wanted: string): boolean {
  switch (by) {
    case 'eq':
      return held === wanted
    case 'co':
      return held.includes(wanted)
    case 'sw':
      return held.startsWith(wanted)
    case 'ew':
      return held.endsWith(wanted)
    case 'gt':
      return held > wanted
    case 'ge':
      return held >= wanted
    case 'lt':
      return held < wanted
    case 'le':
      return held <= wanted
    default:
      return false
  }
}
