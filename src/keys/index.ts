/**
 * Keys: who holds the root key, one ring of keys per controller, one key per data subject.
 *
 * Life of a subject's key: {@link newSubjectKeys} makes it, {@link sealRecord} and {@link openRecord}
 * use it, each epoch rewraps it, {@link destroySubjectKeys} ends it. README.md tells all of it.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export { completeErasures, readErasures } from './adapters/erasure-file.ts'
export { filesOfKeeper, readKeeperFile } from './adapters/keeper-file.ts'
export {
  type KeyringOptions,
  moveKeyring,
  openKeyring,
  recoverKeyring,
  sealedKeyring,
  unsealKeyring,
} from './adapters/keyring-file.ts'
export { type Certified, checkCertificate } from './certificate.ts'
export type { Erasure } from './erasure.ts'
export { replayErasures, unknownOf } from './erasure-acts.ts'
export { rememberedKeyring } from './keyring-store.ts'
export { type KeyFacts, Keyring, type RingFacts } from './keyring.ts'
export { destroyIndexKey, indexKeysToGo } from './due-acts.ts'
export { rotationsIn, stepping } from './loops.ts'
export { keysSealed } from './refusals.ts'
export { demandOpenable, demandOwnKeyring, destroyedRings, keyringFingerprint } from './own-acts.ts'
export type { Rotation } from './rotation.ts'
export {
  advance,
  finishRotation,
  heldRotation,
  nextPass,
  resumeRotation,
  rotateRing,
  rotateRoot,
} from './rotation-acts.ts'
export { hasRotation, lastFinal } from './rotation-store.ts'
export type { FileKey } from './chunks.ts'
export { newFileKey, openFileKey } from './file-key-acts.ts'
export {
  blindIndex,
  blindIndexes,
  houseIndex,
  houseIndexes,
  houseIndexVersion,
  indexVersion,
  openPersonal,
  sealPersonal,
  sealSecret,
  useSecret,
} from './seal-acts.ts'
export {
  type Destroyed,
  destroySubjectKeys,
  keepSubjectKeys,
  makeSubjectKey,
  type NewSubjectKey,
  newSubjectKeys,
  openRecord,
  renewSubjectKeys,
  resealRecord,
  sealRecord,
  subjectKeys,
} from './subject-key-acts.ts'
export type { SubjectKey } from './subject-key.ts'

export const keys: Room = { name: 'keys', routes, jobs, loops, measures }
