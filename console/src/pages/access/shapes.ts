import type { Static } from 'typebox'
import type {
  NewRecovery as NewRecoveryShape,
  Recoveries as RecoveriesShape,
  RecoveryBegun as RecoveryBegunShape,
  RecoveryLink as RecoveryLinkShape,
} from '../../../../src/identity/persons/recovery-wire.ts'
import type {
  Dormant as DormantShape,
  Schedules as SchedulesShape,
} from '../../../../src/identity/reviews/wire.ts'
import type {
  Conflicts as ConflictsShape,
  GlassHolders as GlassHoldersShape,
  NewConflict as NewConflictShape,
  NewGlass as NewGlassShape,
  NewRequest as NewRequestShape,
  PolicyTests as PolicyTestsShape,
  Preview as PreviewShape,
  PrivilegeReport as PrivilegeReportShape,
  Requests as RequestsShape,
} from '../../../../src/identity/rights/wire.ts'
import type {
  Access as AccessShape,
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
import type {
  Certificates as CertificatesShape,
  Keys as KeysShape,
} from '../../../../src/identity/workloads/proof-wire.ts'

export type Access = Static<typeof AccessShape>
export type AccessRequest = Static<typeof RequestsShape>['items'][number]
export type Certificate = Static<typeof CertificatesShape>['items'][number]
export type DormantAccount = Static<typeof DormantShape>['items'][number]
export type GlassHolder = Static<typeof GlassHoldersShape>['items'][number]
export type NewConflict = Static<typeof NewConflictShape>
export type NewGlass = Static<typeof NewGlassShape>
export type NewRequest = Static<typeof NewRequestShape>
export type PolicyTest = Static<typeof PolicyTestsShape>['items'][number]
export type Preview = Static<typeof PreviewShape>
export type PrivilegeReport = Static<typeof PrivilegeReportShape>
export type PublicKey = Static<typeof KeysShape>['items'][number]
export type RoleConflict = Static<typeof ConflictsShape>['items'][number]
export type NewRecovery = Static<typeof NewRecoveryShape>
export type Recovery = Static<typeof RecoveriesShape>['items'][number]
export type RecoveryBegun = Static<typeof RecoveryBegunShape>
export type RecoveryLink = Static<typeof RecoveryLinkShape>
export type Schedule = Static<typeof SchedulesShape>['items'][number]
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
