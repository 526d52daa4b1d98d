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

/** Issue a credential of a workload of this environment. */
export const wrongEnvironment = (environment: string) =>
  new Refusal(
    'identity.wrong-environment',
    403,
    `This is a credential for ${environment}, and not for here.`,
    { environment },
  )

/** Call from one of the networks the workload is bound to, or have it bound to this one too. */
export const outsideNetwork = () =>
  new Refusal(
    'identity.outside-network',
    403,
    'This workload is bound to networks, and this address is in none of them.',
  )

/** Write it as address and length: 192.0.2.0/24. */
export const networkNotValid = (text: string) =>
  new Refusal('identity.network-not-valid', 422, `"${text.slice(0, 50)}" is no network.`)

/** Let somebody lock it who calls from elsewhere. */
export const ownNetwork = () =>
  new Refusal('identity.own-network', 409, 'You call from this network yourself.')

/** Choose another password; the reason says what is wrong with this one. */
export const passwordWeak = (
  reason: 'too-short' | 'too-long' | 'common' | 'context-word' | 'guessable' | 'breached',
  why: string,
) => new Refusal('identity.password-weak', 422, `This password is not accepted. ${why}`, { reason })

/** Give an address mail can reach. */
export const emailNotValid = () =>
  new Refusal('identity.email-not-valid', 422, 'This is not an e-mail address.')

/** Correct the role's actions. */
export const roleNotValid = (why: string) => new Refusal('identity.role-not-valid', 422, why)

/** Try again; the sentence is the same whatever was wrong, so that nobody learns who has an account. */
export const signInRefused = () =>
  new Refusal(
    'identity.sign-in-refused',
    401,
    'E-mail and password do not fit together, or this account may not sign in.',
  )

/** Wait `retryAfterSeconds` and try again, or sign in with a passkey, for which nobody waits. Nothing was counted. */
export const signInBusy = (retryAfterSeconds: number) =>
  new Refusal(
    'identity.sign-in-busy',
    503,
    'Too many people are signing in with a password; try again shortly.',
    { retryAfterSeconds },
  )

/** Install it on the host (`npm install --include=optional`) and start the house anew; OpenID Connect needs none. */
export const samlNotInstalled = () =>
  new Refusal(
    'identity.saml-not-installed',
    501,
    'SAML wants the optional package @node-saml/node-saml, which is not installed here.',
  )

/** Correct the provider's terms. */
export const providerNotValid = (why: string) =>
  new Refusal('identity.provider-not-valid', 422, why)

export const providerTaken = (name: string) =>
  new Refusal(
    'identity.provider-taken',
    409,
    `An identity provider named "${name}" is trusted already.`,
  )

export const unknownProvider = () =>
  new Refusal('identity.unknown-provider', 404, 'No such identity provider.')

/** Sign in another way, or ask whoever runs the provider. */
export const providerAway = () =>
  new Refusal('identity.provider-away', 503, 'The identity provider does not answer.')

/** The operator names its host in `HOLDFAST_PRIVATE_DESTINATIONS`, or the provider moves to a public address. */
export const providerClosed = () =>
  new Refusal(
    'identity.provider-closed',
    503,
    'The identity provider is in a private network, which HOLDFAST_PRIVATE_DESTINATIONS does not open.',
  )

/** Begin again; the sentence is the same whatever was wrong, so that nobody learns who has an account. */
export const providerRefused = () =>
  new Refusal(
    'identity.provider-refused',
    401,
    'The identity provider does not vouch for anybody who may sign in here, or the sign-in was not begun in this browser.',
  )

/** Show a second factor at the provider: this account has none of its own. */
export const secondFactorAtProvider = () =>
  new Refusal(
    'identity.second-factor-at-provider',
    401,
    'The identity provider did not say that you showed a second factor, and this account has none of its own.',
  )

/** Take the next code of the app; a code counts once. */
export const secondFactorWrong = () =>
  new Refusal('identity.second-factor-wrong', 401, 'This second factor is wrong or was used.')

/** Show a second factor again: `POST /v1/sessions/second-factor`, or at the provider anew; then repeat. */
export const freshFactorRequired = (minutes: number) =>
  new Refusal(
    'identity.fresh-factor-required',
    403,
    `This needs a second factor shown within the last ${minutes} minutes. Show it again and repeat.`,
    { minutes },
  )

/** Mend the list, or take the one ordered by hash; the line is named. */
export const breachListNotValid = ({ line, why }: { line: number; why: 'form' | 'order' }) =>
  new Refusal(
    'identity.breach-list-not-valid',
    422,
    why === 'form'
      ? `Line ${line} is no entry: 40 hexadecimal digits, a colon, a number.`
      : `Line ${line} comes after one with a greater hash: the list ordered by hash is wanted.`,
    { line, why },
  )

/** Send the whole list again. */
export const breachListInterrupted = () =>
  new Refusal(
    'identity.breach-list-interrupted',
    400,
    'The list broke off before its end; the one before stays in force.',
  )

/** Wait until the import under way is done. */
export const breachListBusy = () =>
  new Refusal('identity.breach-list-busy', 409, 'Another list is being imported here.')

/** Make room in the data directory. */
export const breachListNoRoom = () =>
  new Refusal(
    'identity.breach-list-no-room',
    507,
    'The data directory has no room for the filter; the one before stays in force.',
  )

/** Import the list again. */
export const breachListBroken = () =>
  new Refusal(
    'identity.breach-list-broken',
    503,
    'The list of breached passwords cannot be read, so no password can be set. Import it again.',
  )

/** Lift the lock, enable the account, or say that everything was lost. */
export const recoveryNotPossible = (why: keyof typeof notPossible) =>
  new Refusal('identity.recovery-not-possible', 409, notPossible[why])

const notPossible = {
  stopped: 'A locked or disabled account is not let back in.',
  'nothing-left': 'This account has no second factor left to show: everything was lost.',
  'by-provider': 'This account is opened by its identity provider, which lets its owner back in.',
} as const

/** Look the recovery up: it was used, was withdrawn, has lapsed, was approved already or never was. */
export const unknownRecovery = () =>
  new Refusal('identity.unknown-recovery', 404, 'No recovery of this id waits.')

/** Let whoever recognised the person give out the link. */
export const recoveryNotYours = () =>
  new Refusal('identity.recovery-not-yours', 403, 'Only who asked for it gives out the link.')

/** Ask somebody else who may to approve it. */
export const recoveryNotApproved = () =>
  new Refusal(
    'identity.recovery-not-approved',
    409,
    'This account is privileged: somebody else has to approve first.',
  )

/** Ask for another link. */
export const recoveryNotOpen = () =>
  new Refusal('identity.recovery-not-open', 404, 'This link was used, has expired or never was.')

/** Type the password you have now. */
export const passwordWrong = () =>
  new Refusal('identity.password-wrong', 403, 'This is not your present password.')

/** Sign in as a person: workloads and operators have no password and no factors. */
export const selfIsPerson = () =>
  new Refusal('identity.self-is-person', 409, 'Only a person signed in has an account like this.')

/** Take the code the app shows now; or begin again, where a quarter of an hour has passed. */
export const factorNotProven = () =>
  new Refusal(
    'identity.factor-not-proven',
    422,
    'This does not answer what was asked: the code or passkey is another one, or came too late.',
  )

/** Add another second factor first. */
export const lastFactor = () =>
  new Refusal(
    'identity.last-factor',
    409,
    'This is your last second factor: add another before you take it away.',
  )

/** Take one away that you do not use. */
export const factorsTooMany = (most: number) =>
  new Refusal('identity.factors-too-many', 409, `An account has at most ${most} second factors.`)

export const unknownFactor = () =>
  new Refusal('identity.unknown-factor', 404, 'You have no such second factor.')

/** Wait as long as the facts say. */
export const throttled = (retryAfterSeconds: number) =>
  new Refusal('identity.throttled', 429, 'Too many attempts. Wait a while.', { retryAfterSeconds })

/** Ask for a new link. */
export const enrolmentNotOpen = () =>
  new Refusal('identity.enrolment-not-open', 404, 'This link was used, has expired or never was.')

export const unknownEnrolment = () =>
  new Refusal('identity.unknown-enrolment', 404, 'No such open enrolment.')

/** Ask an administrator for an invitation. */
export const administratorExists = () =>
  new Refusal('identity.administrator-exists', 409, 'This house has an administrator already.')

/** Enrol with the address the invitation was sent to. */
export const emailNotInvited = () =>
  new Refusal(
    'identity.email-not-invited',
    403,
    'This link was made for another e-mail address: enrol with the one it was sent to.',
  )

/** Sign in with the account that has this address, or ask whoever invited for another link. */
export const enrolmentOver = () =>
  new Refusal(
    'identity.enrolment-over',
    409,
    'Another account has this e-mail address. This link is over: it tries one address, and no more.',
  )

/** Sign in with the account that has this address. */
export const emailTaken = () =>
  new Refusal('identity.email-taken', 409, 'Another account has this e-mail address.')

export const nameTaken = (name: string) =>
  new Refusal('identity.name-taken', 409, `A workload named "${name}" exists already.`)

export const unknownActor = () =>
  new Refusal('identity.unknown-actor', 404, 'No such person or workload.')

export const unknownSession = () =>
  new Refusal('identity.unknown-session', 404, 'You have no such session.')

export const unknownCredential = () =>
  new Refusal('identity.unknown-credential', 404, 'No such credential that could be revoked.')

/** Choose an end within the longest lifetime. */
export const credentialLifetime = (longestDays: number) =>
  new Refusal(
    'identity.credential-lifetime',
    422,
    `A credential must end in the future, at most ${longestDays} days from now.`,
    { longestDays },
  )

export const unknownRole = (name: string) =>
  new Refusal('identity.unknown-role', 404, `No role is named "${name}".`)

export const roleTaken = (name: string) =>
  new Refusal('identity.role-taken', 409, `A role named "${name}" exists already.`)

/** Give it to a workload; a person is given another. */
export const roleForWorkloads = (name: string) =>
  new Refusal(
    'identity.role-for-workloads',
    422,
    `The role "${name}" is for programs: a workload can hold it, a person cannot.`,
  )

/** Make a role of your own instead. */
export const roleBuiltIn = () =>
  new Refusal('identity.role-built-in', 409, 'A built-in role does not change.')

/** Ask again for what is unused: this one was used meanwhile. */
export const grantInUse = (grantId: string) =>
  new Refusal('identity.grant-in-use', 409, 'One of these grants was used or made since.', {
    grantId,
  })

/** Choose among the actions that `GET /v1/actions` lists. */
export const unknownAction = (action: string) =>
  new Refusal('identity.unknown-action', 422, `Nothing in this house asks for "${action}".`)

/** Change less, or take the test away first, which is an act of its own. */
export const policyBroken = ({ id, sentence }: { id: string; sentence: string }) =>
  new Refusal('identity.policy-broken', 409, `This would break the policy test "${sentence}".`, {
    policyTestId: id,
  })

/** Mend the rights first: a test starts true. */
export const policyUntrue = (sentence: string) =>
  new Refusal('identity.policy-untrue', 409, `"${sentence}" does not hold as things stand.`)

export const unknownPolicyTest = () =>
  new Refusal('identity.unknown-policy-test', 404, 'No such policy test.')

/** Let somebody else hold one of the two. */
export const rolesConflict = ({
  roleA,
  roleB,
  why,
}: {
  roleA: string
  roleB: string
  why: string
}) =>
  new Refusal(
    'identity.roles-conflict',
    409,
    `Nobody may hold "${roleA}" and "${roleB}" at once: ${why}`,
    { roles: [roleA, roleB] },
  )

/** Take one of the two roles from these first. */
export const conflictHeld = (actorIds: readonly string[]) =>
  new Refusal('identity.conflict-held', 409, 'Somebody holds both roles now.', { actorIds })

export const conflictTaken = () =>
  new Refusal('identity.conflict-taken', 409, 'These two roles conflict already.')

export const unknownConflict = () =>
  new Refusal('identity.unknown-conflict', 404, 'These two roles do not conflict.')

export const unknownGrant = () =>
  new Refusal('identity.unknown-grant', 404, 'No such grant in force.')

/** Name what the grant is confined to, or null for all. */
export const grantEmpty = () =>
  new Refusal('identity.grant-empty', 422, 'A grant confined to nothing grants nothing.')

export const grantExpired = () =>
  new Refusal('identity.grant-expired', 422, 'A grant must end in the future.')

/** Let another person do it: nobody changes their own rights. */
export const ownRights = () =>
  new Refusal('identity.own-rights', 403, 'Nobody changes, reviews or unlocks their own rights.')

/** Make another administrator first. */
export const lastAdministrator = () =>
  new Refusal(
    'identity.last-administrator',
    409,
    'This is the last administrator: without them nobody could administer the house.',
  )

/** Another person has to lift it: one is not enough to undo what was done in suspicion. */
export const ownLock = () =>
  new Refusal('identity.own-lock', 403, 'Whoever set a lock does not lift it.')

export const unknownLockTarget = (kind: string) =>
  new Refusal('identity.unknown-lock-target', 404, `There is no such ${kind} to lock.`)

export const notLocked = () => new Refusal('identity.not-locked', 409, 'No lock stands here.')

export const unknownReview = () =>
  new Refusal('identity.unknown-review', 404, 'No such access review.')

export const itemNotOpen = () =>
  new Refusal(
    'identity.review-item-not-open',
    409,
    'This grant is not in the review, or its answer is given.',
  )

export const reviewNotInFuture = () =>
  new Refusal('identity.review-not-in-future', 422, 'A review must be due in the future.')

export const nothingToReview = () =>
  new Refusal('identity.nothing-to-review', 422, 'No grant in force is to be reviewed.')

/** Send exactly one of the second factors the session or link asks for. */
export const secondFactorMissing = () =>
  new Refusal('identity.second-factor-missing', 422, 'Send exactly one second factor.')

export const nameNotValid = () => new Refusal('identity.name-not-valid', 422, 'A name is missing.')

/** Let somebody else answer. */
export const ownRequest = () =>
  new Refusal('identity.own-request', 403, 'Nobody answers or reviews their own request.')

/** Let somebody else approve: who says what a role allows does not hand it out on request. */
export const changedAndApproves = () =>
  new Refusal(
    'identity.changed-and-approves',
    403,
    'You made this role what it is, so somebody else approves requests for it.',
  )

export const unknownRequest = () => new Refusal('identity.unknown-request', 404, 'No such request.')

/** Ask again. */
export const requestNotOpen = () =>
  new Refusal('identity.request-not-open', 409, 'This request has its answer, or has lapsed.')

export const requestTooLong = (longestMinutes: number) =>
  new Refusal(
    'identity.request-too-long',
    422,
    `This can be asked for ${longestMinutes} minutes at most.`,
    { longestMinutes },
  )

/** Withdraw some, or wait for answers. */
export const requestsTooMany = (most: number) =>
  new Refusal('identity.requests-too-many', 409, `At most ${most} requests may wait at once.`)

export const glassHolder = () =>
  new Refusal('identity.glass-holder', 409, 'This person may open the glass already.')

/** Ask an administrator to be designated, before there is an emergency. */
export const notGlassHolder = () =>
  new Refusal('identity.not-glass-holder', 403, 'Only who was designated opens the glass.')

export const reviewNotDue = () =>
  new Refusal(
    'identity.review-not-due',
    409,
    'This is no break-glass access that is over and waits for a review.',
  )

export const unknownNotice = () =>
  new Refusal('identity.unknown-notice', 404, 'You have no such notice.')

/** Name an actor or a role where the kind asks for one, and only then. "Must" is said of one alone. */
export const policySubject = () =>
  new Refusal(
    'identity.policy-subject',
    422,
    'Name an actor or role, and nobody where everybody is meant; only one can be said to have to.',
  )

/** Grant it to the workload instead. */
export const personsOnly = () =>
  new Refusal('identity.persons-only', 403, 'Access in time is asked for by people.')

/** Name less than the grant has now: fewer controllers, categories or purposes, or a nearer end. */
export const limitNotNarrower = () =>
  new Refusal('identity.limit-not-narrower', 422, 'This would not be less than the grant is now.')

export const unknownSchedule = () =>
  new Refusal('identity.unknown-review-schedule', 404, 'No such schedule of reviews.')

/** Give the public half of an Ed25519, P-256 or RSA key as a JWK. */
export const keyNotValid = (why: string) =>
  new Refusal('identity.key-not-valid', 422, `This key is not taken. ${why}`)

export const keyTaken = () =>
  new Refusal('identity.key-taken', 409, 'The workload has this key already; make a new pair.')

/** Make a PKCS#10 request in PEM, signed by its own key: Ed25519, P-256 or wider, RSA of 2048 bits or more. */
export const csrNotValid = () =>
  new Refusal(
    'identity.csr-not-valid',
    422,
    'This is no certificate request that is signed by its own key.',
  )

/** Renew over the listener for workloads, by a certificate that is still good. */
export const notByCertificate = () =>
  new Refusal('identity.not-by-certificate', 403, 'Only who came by a certificate renews it.')

/** Show it over a connection opened with the certificate it was given to. */
export const certificateBound = () =>
  new Refusal(
    'identity.certificate-bound',
    401,
    'This token is bound to a certificate that the connection does not show.',
  )

/** The certificate is not one of ours that stands. */
export const certificateUnknown = () =>
  new Refusal('identity.certificate-unknown', 401, 'This certificate is not known, or was revoked.')

/** Mend the token request; RFC 6749 §5.2 names the error. */
export const tokenRequestNotValid = (why: string) =>
  new Refusal('identity.token-request', 400, why, { error: 'invalid_request' })

export const grantTypeNotSupported = () =>
  new Refusal('identity.grant-type', 400, 'Only client_credentials is supported.', {
    error: 'unsupported_grant_type',
  })

/** Check key, audience, clock and jti of the assertion; the sentence is the same whatever was wrong. */
export const invalidClient = () =>
  new Refusal('identity.invalid-client', 401, 'This workload has not proven itself.', {
    error: 'invalid_client',
  })

export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness'

const scimCodes = {
  invalidFilter: 'identity.scim-filter',
  invalidPath: 'identity.scim-path',
  invalidSyntax: 'identity.scim-syntax',
  invalidValue: 'identity.scim-value',
  mutability: 'identity.scim-mutability',
  noTarget: 'identity.scim-target',
  uniqueness: 'identity.scim-uniqueness',
} as const

/** What a directory asked in SCIM does not do; the standard's own word stands beside (RFC 7644 §3.12). */
export const scimRefused = (scimType: ScimType, why: string) =>
  new Refusal(scimCodes[scimType], scimType === 'uniqueness' ? 409 : 400, why, { scimType })

export const scimUnknown = (what: string) =>
  new Refusal('identity.scim-unknown', 404, `There is no such ${what}.`)

/** Ask for users and groups one by one; `ServiceProviderConfig` says what is implemented. */
export const scimNotImplemented = (what: string) =>
  new Refusal(
    'identity.scim-not-implemented',
    501,
    `This SCIM service does not implement ${what}; its ServiceProviderConfig says what it does.`,
  )

/** Read the resource anew, and decide again. */
export const scimChanged = () =>
  new Refusal('identity.scim-changed', 412, 'The resource is another version by now.')

/** Let a person name this workload as the directory of an identity provider. */
export const notDirectory = () =>
  new Refusal(
    'identity.not-a-directory',
    403,
    'No identity provider has this caller as its directory.',
  )

/** Let a person allow the provider to bring people. */
export const directoryBringsNobody = () =>
  new Refusal(
    'identity.directory-brings-nobody',
    403,
    'By the terms of its provider this directory brings nobody new.',
  )

/** Whoever may open the glass is changed by people alone: a directory must not shut the last door. */
export const glassUntouched = () =>
  new Refusal('identity.glass-untouched', 403, 'No directory changes who may open the glass.')

export const unknownWorkload = () =>
  new Refusal('identity.unknown-workload', 404, 'No such workload.')

/** A workload is the directory of one provider. */
export const directoryTaken = () =>
  new Refusal(
    'identity.directory-taken',
    409,
    'This workload is the directory of another provider already.',
  )
