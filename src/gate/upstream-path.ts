import { unsafePath } from './refusals.ts'

/** What of a request target goes on to the application. */
export interface UpstreamPath {
  /** Path and query as they came, without the mount: `/a/b?c=d`. */
  readonly target: string
  /** The path alone, for the trail. A query may hold anything, so it is not told. */
  readonly path: string
}

/**
 * Takes the mount off a request target (`/app/x` becomes `/x`) and refuses whatever two readers
 * could read differently: dot segments in any encoding, empty segments (`//host`), backslashes,
 * control characters, doubly encoded separators, absolute targets.
 *
 * @param mount - begins and ends with `/`.
 * @throws {Refusal} `gate.unsafe-path`.
 */
export function upstreamPathOf(target: string, mount: string): UpstreamPath {
  if (!target.startsWith(mount)) throw unsafePath()
  const rest = target.slice(mount.length - 1)
  const [path = '/'] = rest.split('?', 1)
  if (!/^[\x21-\x7e]*$/.test(rest) || rest.includes('#')) throw unsafePath()
  const decoded = decode(path)
  if (/%(?:2e|2f|5c|00)/i.test(decoded) || hasControl(decoded)) throw unsafePath()
  if (decoded.includes('\\') || decoded.includes('//')) throw unsafePath()
  if (decoded.split('/').some(isDots)) throw unsafePath()
  return { target: rest, path }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw unsafePath()
  }
}

function hasControl(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}

/** A dot segment, also with a path parameter behind it, as some servers read `..;x`. */
function isDots(segment: string): boolean {
  return /^\.{1,2}(?:;.*)?$/.test(segment)
}
