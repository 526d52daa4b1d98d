/**
 * The public statement of an entry: what its leaf binds (`stm`, SHA-256 of these bytes) and everybody
 * who walks the log may read, so that a verifier knows why something is not there. It names no one.
 *
 * UTF-8 JSON, keys ascending as in RFC 8785 (JCS):
 *
 * ```
 * {"erases":{"entries":[UUID, …]},"v":1}          payloads of these entries of the same log are gone
 * {"erases":{"from":UUID,"until":UUID},"v":1}     of all its entries with ids in [from, until)
 * {"numbers":{"record":n,"subject":n},"v":1}      after a restore: whoever is new from here on has these numbers or higher
 * {"prunes":{"minimum":n},"v":1}                  entry bundles that end at or below n are not served
 * {"restores":{"position":n,"waiting":[UUID, …]},"v":1}
 *                                                 all rows are those of a backup that had come to this position,
 *                                                 and whose entries with these ids waited for their place
 * {"settles":{"category":n,"record":n,"subject":n,"version":n},"v":1}
 *                                                 the record stands as it is, in this version; 0: there is none
 * {"succeeds":{…},"v":1}                          the log goes on under another origin (succession.ts)
 * {"v":1,"writes":true}                           the record was replaced, and not only read to be corrected
 * ```
 *
 * @module
 */

/** Payloads that an entry took away: single ones, or all of a span of ids. */
export interface Erases {
  readonly entries?: readonly string[]
  readonly from?: string
  readonly until?: string
}

export interface Statement {
  readonly v: 1
  readonly erases?: Erases
  readonly numbers?: { readonly record: number; readonly subject: number }
  readonly prunes?: { readonly minimum: number }
  readonly restores?: { readonly position: number; readonly waiting: readonly string[] }
  readonly settles?: {
    readonly record: number
    readonly subject: number
    readonly category: number
    readonly version: number
  }
  readonly succeeds?: Readonly<Record<string, unknown>>
  readonly writes?: true
}

/** The bytes of what an act declared; null where it declared nothing. */
export function formatStatement(
  declared: Readonly<Record<string, unknown>> | undefined,
): Buffer | null {
  if (declared === undefined || Object.keys(declared).length === 0) return null
  return Buffer.from(JSON.stringify(sorted({ ...declared, v: 1 })))
}

/** @throws {SyntaxError} for bytes that are no JSON. */
export function parseStatement(bytes: Buffer): Statement {
  return JSON.parse(bytes.toString('utf8')) as Statement
}

/** Objects with their keys in order, all the way down. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
