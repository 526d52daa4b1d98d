/** Headers of a message as node gives them: lower-case names. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>
/** Headers of a message to be sent. */
export type OutHeaders = Record<string, string | string[]>

/** They speak of one connection, not of the message (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Ours to say, never the client's. */
const ours = new Set([
  'host',
  'expect',
  'forwarded',
  'authorization',
  // What some applications believe before the address, the method and the path that the trail tells of.
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
])

/** The application may not say these: they would act on the whole origin or tell of its software. */
const notTheirs = new Set([
  'strict-transport-security',
  'service-worker-allowed',
  'clear-site-data',
  'alt-svc',
  'server',
  'x-powered-by',
])

const sessionCookie = '__Host-holdfast'

/**
 * The client's headers that go on to the application. Everything by which it could pass for us,
 * and everything by which the application could pass for the client, stays here.
 */
export function requestHeaders(from: Headers): OutHeaders {
  const named = namedByConnection(from)
  const kept: OutHeaders = {}
  for (const [name, value] of Object.entries(from)) {
    // CGI and WSGI read `_` as `-`, so `holdfast_assertion` would pass for ours.
    const plain = name.toLowerCase().replaceAll('_', '-')
    const stays = name.startsWith(':') || hopByHop.has(plain) || named.has(plain) || ours.has(plain)
    if (stays || plain.startsWith('holdfast-') || plain.startsWith('x-forwarded-')) continue
    if (value === undefined) continue
    if (plain === 'cookie') {
      const cookie = withoutSession(String(value))
      if (cookie !== '') kept['cookie'] = cookie
    } else kept[name] = typeof value === 'string' ? value : [...value]
  }
  return kept
}

/** The application's headers that go back to the client, with its redirects put under the mount. */
export function answerHeaders(from: Headers, origin: string, mount: string): OutHeaders {
  const named = namedByConnection(from)
  const kept: OutHeaders = {}
  for (const [name, value] of Object.entries(from)) {
    const plain = name.toLowerCase()
    const stays = hopByHop.has(plain) || named.has(plain) || notTheirs.has(plain)
    if (stays || plain.startsWith('holdfast-') || value === undefined) continue
    if (plain === 'set-cookie') {
      const lines = [value].flat().filter((line) => !setsSession(line))
      if (lines.length > 0) kept[plain] = lines
    } else if (plain === 'location' || plain === 'content-location') {
      kept[plain] = underMount(String(value), origin, mount)
    } else kept[plain] = typeof value === 'string' ? value : [...value]
  }
  return kept
}

function namedByConnection({ connection }: Headers): ReadonlySet<string> {
  const tokens = connection === undefined ? [] : String(connection).split(',')
  return new Set(tokens.map((token) => token.trim().toLowerCase().replaceAll('_', '-')))
}

function withoutSession(cookie: string): string {
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !pair.startsWith(sessionCookie))
    .join('; ')
}

/**
 * An application that could set our session cookie could sign people in as somebody else. Browsers
 * send a cookie without a name back as its value alone, and some mind no case in the prefix.
 */
function setsSession(line: string): boolean {
  return /^[\s=]*__host-holdfast/i.test(line)
}

function underMount(location: string, origin: string, mount: string): string {
  const inside = location.startsWith(`${origin}/`) ? location.slice(origin.length) : location
  if (location === origin) return mount
  return inside.startsWith('/') && !inside.startsWith('//') ? `${mount}${inside.slice(1)}` : inside
}
