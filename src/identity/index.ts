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
} from './accounts/acts.ts'
export { actionBook } from './rights/action-book.ts'
export type { ActorRef } from './accounts/actor-store.ts'
export { may, mayWith, openActionsOf } from './rights/decide.ts'
export {
  emailsToFind,
  emailsUnderOther,
  indexEmailsAnew,
  placeEmails,
} from './accounts/email-acts.ts'
export { freshMinutes, isFresh } from './factors/fresh.ts'
export { createEnrolment, type NewEnrolment } from './persons/enrolment-acts.ts'
export { couldActAs, openAuthority, trustedAuthorities } from './workloads/proof-acts.ts'
export { noLongerWaits, notify, tellDeciders } from './persons/notice-acts.ts'
export { createRole, type Granting, grantRole, revokeGrant } from './rights/grant-acts.ts'
export { administratorsExist } from './rights/grant-store.ts'
export { identifyWith, rightsNowWith, type Shown, showsCredential } from './sessions/identify.ts'
export { type Cut, lockActor, lockTarget, unlockActor, unlockTarget } from './locks/acts.ts'
export { type Passage, underWay } from './locks/under-way.ts'

export const identity: Room = { name: 'identity', routes, jobs, loops, measures }
