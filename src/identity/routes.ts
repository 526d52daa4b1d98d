import type { Route } from '#kernel'
import { adminRoutes } from './accounts/routes.ts'
import { breachRoutes } from './factors/breach-routes.ts'
import { wantingFresh } from './factors/fresh-routes.ts'
import { ownFactorRoutes } from './factors/own-routes.ts'
import { enrolmentRoutes } from './persons/enrolment-routes.ts'
import { recoveryRoutes } from './persons/recovery-routes.ts'
import { providerRoutes } from './providers/routes.ts'
import { requestRoutes } from './requests/routes.ts'
import { reviewRoutes } from './reviews/routes.ts'
import { scheduleRoutes } from './reviews/schedule-routes.ts'
import { policyRoutes } from './rights/policy-routes.ts'
import { accessRoutes } from './rights/routes.ts'
import { scimRoutes } from './scim/routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import { proofRoutes } from './workloads/proof-routes.ts'

export const routes: readonly Route[] = wantingFresh([
  ...sessionRoutes,
  ...ownFactorRoutes,
  ...providerRoutes,
  ...enrolmentRoutes,
  ...recoveryRoutes,
  ...breachRoutes,
  ...adminRoutes,
  ...accessRoutes,
  ...proofRoutes,
  ...policyRoutes,
  ...requestRoutes,
  ...reviewRoutes,
  ...scheduleRoutes,
  ...scimRoutes,
])
