import { Refusal } from '#kernel'

/** Sign in again. Said of sessions that are unknown, ended, idle or too old: the caller learns no more. */
export const sessionExpired = () =>
  new Refusal('identity.session-expired', 401, 'This session has ended. Sign in again.')

/** The token is not one of ours: check that it was copied whole. */
export const credentialUnknown = () =>
  new Refusal('identity.credential-unknown', 401, 'This credential is not known.')

/** Issue a new credential for the workload. */
export const credentialExpired = (credentialId: string) =>
  new Refusal('identity.credential-expired', 401, 'This credential has expired.', { credentialId })

/** Issue a new credential for the workload, once it is known why this one was revoked. */
export const credentialRevoked = (credentialId: string) =>
  new Refusal('identity.credential-revoked', 401, 'This credential has been revoked.', {
    credentialId,
  })

/** Somebody stopped this account. Another person with the right to lifts the lock. */
export const locked = () => new Refusal('identity.locked', 403, 'This account is locked.')

/** The account was switched off: by hand, or because nobody used it. */
export const disabled = () => new Refusal('identity.disabled', 403, 'This account is disabled.')
