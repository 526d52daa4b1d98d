import type { Route } from '#kernel'
import { incidentRoutes } from './incident-routes.ts'
import { intakeRoutes } from './intake-routes.ts'
import { noticeRoutes } from './notice-routes.ts'
import { trailRoutes } from './trail-routes.ts'

export const routes: readonly Route[] = [
  ...intakeRoutes,
  ...incidentRoutes,
  ...noticeRoutes,
  ...trailRoutes,
]
