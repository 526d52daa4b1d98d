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

/** Name the log the number stands in: `house`, or a controller's id. */
export const needsLog = () =>
  new Refusal(
    'trail.needs-log',
    400,
    'A subject or a place is a number within one log; name the log as well.',
  )

/** Give the `next` of the page before, unchanged. */
export const notACursor = () =>
  new Refusal('trail.not-a-cursor', 400, 'after must be the next of the page before.')

/** Lift the hold first, or wait until it is lifted. */
export const logHeld = () =>
  new Refusal('trail.log-held', 409, 'A legal hold lies on this log: nothing of it may go.')

/** Look again at the id. */
export const unknownHold = () => new Refusal('trail.unknown-hold', 404, 'There is no such hold.')

/** Give what the law or the court demands it for. */
export const reasonMissing = () => new Refusal('trail.reason-required', 400, 'This needs a reason.')

/** Have somebody else do it, once its owner has left. */
export const ownTraces = () =>
  new Refusal('trail.own-traces', 403, 'Nobody erases what the trail tells of themselves.')

/** Bundles hold the leaves that payloads belong to: keep them at least as long. */
export const bundlesGoFirst = () =>
  new Refusal(
    'trail.bundles-go-first',
    422,
    'Entry bundles must be served at least as long as payloads are kept, and at least a year.',
  )

/** Look at the list; what somebody else saved is theirs to change. */
export const unknownSearch = () =>
  new Refusal('trail.unknown-search', 404, 'You have no such saved search.')

/** Remove one that is no longer asked. */
export const tooManySearches = (most: number) =>
  new Refusal('trail.too-many-searches', 409, `There is room for ${most} saved searches each.`)

/** Look again at the id in the list of streams. */
export const unknownStream = () =>
  new Refusal('trail.unknown-stream', 404, 'There is no such stream.')

/** Name `house` or the id of a controller whose entries the stream sends. */
export const unknownLog = () =>
  new Refusal('trail.unknown-log', 404, 'The stream sends no such log.')

/** Give the address in that form. Nothing secret may stand in it: it is shown to whoever lists streams. */
export const destinationMalformed = (form: string) =>
  new Refusal('trail.destination-malformed', 422, `This must be ${form}, and nothing more.`, {
    form,
  })

/** A webhook gets its secret from us, and syslog has none. */
export const streamSecretUnwanted = () =>
  new Refusal('trail.stream-secret-unwanted', 422, 'Only an OTLP receiver takes a token.')

/** Remove one that nobody reads. */
export const tooManyStreams = (most: number) =>
  new Refusal('trail.too-many-streams', 409, `There is room for ${most} streams.`)

/** End one of those that run; a tail ends when its reader goes away. */
export const tooManyTails = (most: number) =>
  new Refusal(
    'trail.too-many-tails',
    429,
    `You follow the trail ${most} times already; end one of them.`,
  )

/** Nothing is missing, or nobody has noticed yet: look at `holdfast trail log list`. */
export const notStopped = () =>
  new Refusal(
    'trail.not-stopped',
    409,
    'The trail signs; there is nothing to bring back or give up.',
  )

/** Keep the copy as evidence, try another place, or open a successor. */
export const copyUnsound = (which?: string) =>
  new Refusal(
    'trail.copy-unsound',
    422,
    `A copy of the trail is not what was written${which === undefined ? '' : ` (${which})`}: it was altered, or does not fit the trees or its own leaf.`,
  )

/** Restore the backup once more with HOLDFAST_OFFSITE set, so that all is brought back before anybody new is put in; else succeed. */
export const numbersTaken = (log: string) =>
  new Refusal(
    'trail.numbers-taken',
    409,
    `The copies tell of subjects or records of ${log} by numbers that were given to others since the restore.`,
    { log },
  )

/** Set HOLDFAST_OFFSITE, or bring `trail/checkpoints` of the lost data directory along; else succeed. */
export const nothingOutside = () =>
  new Refusal(
    'trail.nothing-outside',
    409,
    'Nothing outside of the database says what was signed, so nobody can tell that nothing is missing.',
  )

/** Find a place with newer copies, or open a successor that declares the loss. */
export const refillShort = (fault: string) =>
  new Refusal('trail.refill-short', 409, `The copies do not reach what was signed. ${fault}`)

/** Type the origin as the refusal and `holdfast trail log list` show it. */
export const notConfirmed = (origin: string) =>
  new Refusal(
    'trail.not-confirmed',
    422,
    `To give up what was signed and is missing, confirm with the name the log gives up: ${origin}`,
  )

/** Thrown by the check that proves that an act which does not come about leaves its entry. */
export const probeStopped = () =>
  new Refusal('trail.probe-stopped', 409, 'This act of a check was stopped on purpose.')

/** Give the value of the `holdfast-receipt` header, unchanged. */
export const notAReceipt = () =>
  new Refusal('trail.not-a-receipt', 400, 'This is not the value of a holdfast-receipt header.')

/** The receipt is another installation's, or was changed: this house did not sign it. */
export const receiptNotOurs = () =>
  new Refusal('trail.receipt-not-ours', 400, 'This house did not sign this receipt.')

/** A log is signed within ten seconds of its first entry; ask again then. */
export const nothingSigned = () =>
  new Refusal('trail.nothing-signed', 409, 'Nothing of this log is signed yet.')

/** Give the verifier key that the witness printed, unchanged: `<name>+<8 hex digits>+<base64>`. */
export const notAWitnessKey = () =>
  new Refusal(
    'trail.not-a-witness-key',
    400,
    'A witness is known by the verifier key of its cosignatures (type 0x04 or 0x06).',
  )

/** Take a witness that somebody else runs. */
export const anchorOfOurs = () =>
  new Refusal('trail.own-anchor', 400, 'This is a key of this house: it cannot witness itself.')

/** Give `https://host/path` without a user, a password or a fragment. */
export const notAnAddress = () =>
  new Refusal('trail.not-an-address', 400, 'The address must be https:// or http:// with a host.')

/** Remove the one that is there first. */
export const anchorKnown = () =>
  new Refusal('trail.anchor-known', 409, 'There is an anchor of this name already.')

/** Remove one that is not needed. */
export const tooManyAnchors = (most: number) =>
  new Refusal('trail.too-many-anchors', 409, `There can be at most ${most} of a kind.`)

/** Look again at the list: it may have been removed. */
export const unknownAnchor = () =>
  new Refusal('trail.unknown-anchor', 404, 'There is no such anchor.')

/** Give the certificate that the authority signs its timestamps with, as PEM. */
export const notATimestampCertificate = () =>
  new Refusal(
    'trail.not-a-timestamp-certificate',
    400,
    'The certificate must be one PEM certificate made for timestamping.',
  )

/** Ask again in a second: nothing is signed before the first checkpoint. */
export const notSignedYet = () =>
  new Refusal('trail.not-signed-yet', 503, 'The log has not been signed yet.')
