import type { Static } from 'typebox'
import type {
  Credentials as CredentialsShape,
  Enrolments as EnrolmentsShape,
  Grants as GrantsShape,
  Invitation as InvitationShape,
  Invited as InvitedShape,
  IssuedCredential as IssuedCredentialShape,
  Locks as LocksShape,
  NewGrant as NewGrantShape,
  NewLock as NewLockShape,
  NewReview as NewReviewShape,
  NewRole as NewRoleShape,
  NewWorkload as NewWorkloadShape,
  Review as ReviewShape,
  ReviewShown as ReviewShownShape,
  Role as RoleShape,
} from '../../../../src/identity/wire.ts'

export type Credential = Static<typeof CredentialsShape>['items'][number]
export type Enrolment = Static<typeof EnrolmentsShape>['items'][number]
export type Grant = Static<typeof GrantsShape>['items'][number]
export type Invitation = Static<typeof InvitationShape>
export type Invited = Static<typeof InvitedShape>
export type Issued = Static<typeof IssuedCredentialShape>
export type Lock = Static<typeof LocksShape>['items'][number]
export type NewGrant = Static<typeof NewGrantShape>
export type NewLock = Static<typeof NewLockShape>
export type NewReview = Static<typeof NewReviewShape>
export type NewRole = Static<typeof NewRoleShape>
export type NewWorkload = Static<typeof NewWorkloadShape>
export type Review = Static<typeof ReviewShape>
export type ReviewShown = Static<typeof ReviewShownShape>
export type Role = Static<typeof RoleShape>

/** What every part of the place is given: what stands after its name in the address. */
export interface AccessPartProps {
  readonly id: string | undefined
}
