import type { Route } from '#kernel'
import { accessRoutes } from './access-routes.ts'
import { adminRoutes } from './admin-routes.ts'
import { breachRoutes } from './breach-routes.ts'
import { enrolmentRoutes } from './enrolment-routes.ts'
import { wantingFresh } from './fresh-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import { proofRoutes } from './proof-routes.ts'
import { recoveryRoutes } from './recovery-routes.ts'
import { requestRoutes } from './request-routes.ts'
import { ownFactorRoutes } from './own-factor-routes.ts'
import { providerRoutes } from './provider-routes.ts'
import { reviewRoutes } from './review-routes.ts'
import { scheduleRoutes } from './schedule-routes.ts'
import { scimRoutes } from './scim-routes.ts'
import { sessionRoutes } from './session-routes.ts'

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
