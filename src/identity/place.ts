/** Where sealed values of this room belong. Bound into each seal, so that none opens in another's place. */

export const personPlace = (field: 'name' | 'email', personId: string) => [
  'identity.person',
  field,
  personId,
]

export const seedPlace = (factorId: string) => ['identity.factor', 'seed', factorId]

export const factorLabelPlace = (factorId: string) => ['identity.factor', 'label', factorId]

export const pendingSeedPlace = (personId: string) => ['identity.pending_totp', 'seed', personId]

export const enrolmentSeedPlace = (enrolmentId: string) => [
  'identity.enrolment',
  'seed',
  enrolmentId,
]

export const recoveryProofingPlace = (recoveryId: string) => [
  'identity.recovery',
  'proofing',
  recoveryId,
]

export const recoverySeedPlace = (recoveryId: string) => ['identity.recovery', 'seed', recoveryId]

export const providerSecretPlace = (providerId: string) => [
  'identity.provider',
  'client_secret',
  providerId,
]

export const providerChecksPlace = (stateHash: Buffer) => [
  'identity.provider_attempt',
  'checks',
  stateHash.toString('hex'),
]

export const samlAnswerPlace = (stateHash: Buffer) => [
  'identity.saml_answer',
  'answer',
  stateHash.toString('hex'),
]

export const directoryPersonPlace = (personId: string) => [
  'identity.directory_person',
  'document',
  personId,
]

export const sessionSourcePlace = (sessionId: string) => ['identity.session', 'source', sessionId]

export const lockReasonPlace = (lockId: string) => ['identity.lock', 'reason', lockId]

export const requestReasonPlace = (requestId: string) => [
  'identity.access_request',
  'reason',
  requestId,
]

export const requestNotePlace = (requestId: string) => [
  'identity.access_request',
  'review_note',
  requestId,
]

export const authorityKeyPlace = (authorityId: string) => [
  'identity.client_authority',
  'private_key',
  authorityId,
]
