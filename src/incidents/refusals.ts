import { Refusal } from '#kernel'

/** Look it up in the list of incidents. */
export const unknownIncident = () =>
  new Refusal('incidents.unknown-incident', 404, 'No such incident.')

/** Look it up among the notices of its incident. */
export const unknownNotice = () => new Refusal('incidents.unknown-notice', 404, 'No such notice.')

/** Open a new incident, and refer to this one in a note. */
export const incidentClosed = () =>
  new Refusal('incidents.incident-closed', 409, 'This incident is closed.')

/** Send or withhold these notices first. */
export const noticesUnsent = (references: readonly string[]) =>
  new Refusal('incidents.notices-unsent', 409, 'Notices of this incident are not sent yet.', {
    references,
  })

/** Name whom it is about first. */
export const noSuspect = () =>
  new Refusal('incidents.no-suspect', 409, 'No person or workload is suspected in this incident.')

/** Only persons and workloads can be cut off. */
export const notCuttable = () =>
  new Refusal('incidents.not-cuttable', 422, 'Only a person or a workload can be cut off.')

/** Count the incident first. */
export const notCounted = () =>
  new Refusal('incidents.not-counted', 409, 'This incident has not been counted yet.')

/** The controller gets a notice, not an all-clear. */
export const controllerAffected = () =>
  new Refusal('incidents.controller-affected', 409, 'This controller is, or may be, affected.')

/** Mend the trail or restore it, and count again: until then nobody can be told they are safe. */
export const scopeUnknown = (gap: string | null) =>
  new Refusal(
    'incidents.scope-unknown',
    409,
    'The trail could not be verified, so nobody is cleared.',
    {
      gap,
    },
  )

/** Fill in what is missing, or approve it as a phase and let the rest follow. */
export const noticeIncomplete = (missing: readonly string[]) =>
  new Refusal('incidents.notice-incomplete', 422, 'This notice is not complete.', { missing })

/** Approve the newest draft instead. */
export const noticeNotDraft = (state: string) =>
  new Refusal('incidents.notice-not-draft', 409, `This notice is ${state}, not a draft.`, { state })

/** A person approves it first. */
export const noticeNotApproved = (state: string) =>
  new Refusal('incidents.notice-not-approved', 409, `This notice is ${state}, not approved.`, {
    state,
  })

/** Only what has been sent can be acknowledged. */
export const noticeNotSent = (state: string) =>
  new Refusal('incidents.notice-not-sent', 409, `This notice is ${state}, not sent.`, { state })

/** A human stands behind what controllers are told: sign in as a person. */
export const personOnly = () =>
  new Refusal('incidents.person-only', 403, 'Only a person may approve a notice.')

/** Name an SMTP server in the settings, or hand the document over by another way. */
export const mailNotConfigured = () =>
  new Refusal('incidents.mail-not-configured', 409, 'No mail server is configured.')

/** Add breach contacts to the controller's contract. */
export const noContacts = () =>
  new Refusal('incidents.no-contacts', 409, 'The contract names no breach contacts.')

/** `trigger` opens, `acknowledge` and `resolve` need the key of an open alert. */
export const unknownAlert = () =>
  new Refusal('incidents.unknown-alert', 404, 'No open alert has this dedup_key.')

/** Look it up in the list of controllers. */
export const unknownController = () =>
  new Refusal('incidents.unknown-controller', 404, 'No such controller.')

/** A trigger carries a payload with summary, source and severity. */
export const alertMalformed = () =>
  new Refusal('incidents.alert-malformed', 422, 'A trigger needs a payload.')
