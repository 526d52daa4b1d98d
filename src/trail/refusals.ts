import { Refusal } from '#kernel'

/** Look again at the id; it is the one of the `holdfast-entry` header. */
export const unknownEntry = () => new Refusal('trail.unknown-entry', 404, 'There is no such entry.')

/** Ask again in a second. */
export const entryPending = () =>
  new Refusal('trail.entry-pending', 503, 'The entry is committed and waits for its place.')

/** Give an instant as RFC 3339 says, `2026-03-01T12:00:00Z`. */
export const notAnInstant = () =>
  new Refusal(
    'trail.not-an-instant',
    400,
    'The window’s ends must be dates with a time and its zone.',
  )

/** Give the `next` of the page before, unchanged. */
export const notACursor = () =>
  new Refusal('trail.not-a-cursor', 400, 'after must be the next of the page before.')

/** Thrown by the check that proves that an act which does not come about leaves its entry. */
export const probeStopped = () =>
  new Refusal('trail.probe-stopped', 409, 'This act of a check was stopped on purpose.')

/** Give the value of the `holdfast-receipt` header, unchanged. */
export const notAReceipt = () =>
  new Refusal('trail.not-a-receipt', 400, 'This is not the value of a holdfast-receipt header.')

/** The receipt is another installation's, or was changed: this house did not sign it. */
export const receiptNotOurs = () =>
  new Refusal('trail.receipt-not-ours', 400, 'This house did not sign this receipt.')
