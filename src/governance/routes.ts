import type { Route } from '#kernel'
import { assuranceRoutes } from './assurance-routes.ts'
import { placeRoutes } from './place-routes.ts'
import { registerRoutes } from './register-routes.ts'
import { vendorRoutes } from './vendor-routes.ts'

export const routes: readonly Route[] = [
  ...registerRoutes,
  ...vendorRoutes,
  ...assuranceRoutes,
  ...placeRoutes,
]
