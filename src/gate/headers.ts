/** One header, ready to be written. */
export type Header = readonly [name: string, value: string]

const twoYearsSeconds = 63_072_000

const everywhere: readonly Header[] = [
  ['strict-transport-security', `max-age=${twoYearsSeconds}; includeSubDomains`],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['x-frame-options', 'DENY'],
  ['x-permitted-cross-domain-policies', 'none'],
]

const deniedPowers =
  'accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope ' +
  'hid magnetometer microphone midi payment picture-in-picture screen-wake-lock serial usb ' +
  'xr-spatial-tracking'

/** Powers a page of ours never needs; passkeys stay allowed for our own origin. */
const powers: Header = [
  'permissions-policy',
  [
    ...deniedPowers.split(' ').map((power) => `${power}=()`),
    'publickey-credentials-create=(self)',
    'publickey-credentials-get=(self)',
  ].join(', '),
]

const consolePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
]

/** Headers of the console's pages and files. `cache-control` is the file server's own. */
export const consoleHeaders: readonly Header[] = [
  ...everywhere,
  powers,
  ['content-security-policy', consolePolicy.join('; ')],
]

/** Headers of every answer of the API: nothing in it may run, be framed or be kept. */
export const apiHeaders: readonly Header[] = [
  ...everywhere,
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"],
  ['cache-control', 'no-store'],
]

/**
 * Headers of answers passed on from the application behind the door. Its own content policy
 * stays its own; these it may not weaken.
 */
export const upstreamHeaders: readonly Header[] = everywhere.filter(
  ([name]) => name === 'strict-transport-security' || name === 'x-content-type-options',
)
