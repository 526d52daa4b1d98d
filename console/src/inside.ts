/**
 * Only a path of this house: a link from elsewhere must not send a person elsewhere after sign-in. Browsers
 * leave out tabs and line ends and take a backslash for a slash, so none of them may stand in it.
 */
export const isOwnPath = (value: unknown): value is string =>
  typeof value === 'string' && /^\/(?!\/)[^\\\p{Cc}]*$/u.test(value)

/** The path to go on to, or the overview where it leads out of the house. */
export const insidePath = (value: unknown): string => (isOwnPath(value) ? value : '/')
