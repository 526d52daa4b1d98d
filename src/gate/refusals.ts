import { Refusal } from '#kernel'

/** Slow down: the caller may try again after `retryAfterSeconds`. */
export const tooManyRequests = (retryAfterSeconds: number) =>
  new Refusal('gate.too-many-requests', 429, 'Too many requests; wait and try again.', {
    retryAfterSeconds,
  })

/** The house sheds load: nothing is wrong with the request, it may come again. */
export const overloaded = (retryAfterSeconds: number) =>
  new Refusal('gate.overloaded', 503, 'The house is overloaded; try again shortly.', {
    retryAfterSeconds,
  })

/** Send less, or use the streaming import. */
export const bodyTooLarge = (limitBytes: number) =>
  new Refusal('gate.body-too-large', 413, `The body is larger than ${limitBytes} bytes.`, {
    limitBytes,
  })

/** The body stopped arriving; send it again in one go. */
export const bodyTooSlow = (idleSeconds: number) =>
  new Refusal('gate.body-too-slow', 408, `The body stood still for ${idleSeconds} seconds.`, {
    idleSeconds,
  })

/** The path tries to leave its prefix, or is written so that two readers would disagree on it. */
export const unsafePath = () =>
  new Refusal('gate.unsafe-path', 400, 'This path is not passed on to the application.')

/** Web sockets and other upgrades do not pass this door. */
export const upgradeNotSupported = () =>
  new Refusal('gate.upgrade-not-supported', 400, 'Upgraded connections are not passed on.')

/** CONNECT, TRACE and unknown methods do not pass this door. */
export const methodNotPassed = (method: string) =>
  new Refusal('gate.method-not-passed', 405, `The method ${method} is not passed on.`)

/** No application stands behind the door: set `upstream`. */
export const noUpstream = () =>
  new Refusal('gate.no-upstream', 404, 'No application is configured behind this door.')

/** The application behind the door does not answer; look whether it runs. */
export const upstreamUnreachable = () =>
  new Refusal(
    'gate.upstream-unreachable',
    502,
    'The application behind the door cannot be reached.',
  )

/** The application took the request but did not answer in time. */
export const upstreamTooSlow = () =>
  new Refusal(
    'gate.upstream-too-slow',
    504,
    'The application behind the door did not answer in time.',
  )

/** Setting `upstream` must be an http or https origin without path, query or credentials. */
export const upstreamNotAnOrigin = () =>
  new Refusal(
    'gate.upstream-not-an-origin',
    422,
    'The setting upstream must be an origin such as http://127.0.0.1:3000, without a path.',
  )

export const certificateUnreadable = (why: string) =>
  new Refusal(
    'gate.certificate-unreadable',
    422,
    `The given TLS certificate or key cannot be read: ${why}`,
  )

export const certificateKeyMismatch = () =>
  new Refusal(
    'gate.certificate-key-mismatch',
    422,
    'The given TLS key does not belong to the given certificate.',
  )

export const certificateExpired = (at: Date) =>
  new Refusal(
    'gate.certificate-expired',
    422,
    `The given TLS certificate expired at ${at.toISOString()}.`,
  )

export const certificateNotYetValid = (from: Date) =>
  new Refusal(
    'gate.certificate-not-yet-valid',
    422,
    `The given TLS certificate is valid only from ${from.toISOString()}.`,
  )

/** Certificate and key come together or not at all. */
export const certificateIncomplete = () =>
  new Refusal(
    'gate.certificate-incomplete',
    422,
    'Give both tlsCertFile and tlsKeyFile, or neither.',
  )

/** The caller went away before the answer came; nobody reads this. */
export const callerGone = () =>
  new Refusal('gate.caller-gone', 499, 'The caller went away before the answer came.')
