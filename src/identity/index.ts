/**
 * Identity: who acts, proven, with no more rights than needed.
 *
 * Life of an account: {@link createEnrolment} makes the link a person enrols by, or
 * {@link createWorkload} and {@link issueCredential} make a program known; {@link grantRole} puts a
 * role into their hands; {@link identifyWith} knows them again with each request and {@link may} decides;
 * {@link lockActor} stops them at once.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export {
  createWorkload,
  disableActor,
  enableActor,
  issueCredential,
  revokeCredential,
} from './account-acts.ts'
export { actionBook } from './action-book.ts'
export type { ActorRef } from './actor-store.ts'
export { may, mayWith, openActionsOf } from './decide.ts'
export { emailsToFind, emailsUnderOther, indexEmailsAnew, placeEmails } from './email-acts.ts'
export { freshMinutes, isFresh } from './fresh.ts'
export { createEnrolment, type NewEnrolment } from './enrolment-acts.ts'
export { openAuthority, trustedAuthorities } from './proof-acts.ts'
export { createRole, type Granting, grantRole, revokeGrant } from './grant-acts.ts'
export { administratorsExist } from './grant-store.ts'
export { identifyWith, type Shown, showsCredential } from './identify.ts'
export { type Cut, lockActor, lockTarget, unlockActor, unlockTarget } from './lock-acts.ts'
export { type Passage, underWay } from './under-way.ts'

export const identity: Room = { name: 'identity', routes, jobs, loops, measures }
