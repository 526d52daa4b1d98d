import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { houseRoute, rootRoute, streetRoute } from './frames.tsx'

const home = createRoute({
  getParentRoute: () => houseRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview.tsx')),
})
const measure = createRoute({
  getParentRoute: () => houseRoute,
  path: '/measures/$measureId',
  component: lazyRouteComponent(() => import('./pages/measure.tsx')),
})
const watch = createRoute({
  getParentRoute: () => houseRoute,
  path: '/watch',
  component: lazyRouteComponent(() => import('./pages/watch.tsx')),
})
const incidents = createRoute({
  getParentRoute: () => houseRoute,
  path: '/incidents',
  component: lazyRouteComponent(() => import('./pages/incidents.tsx')),
})
const incident = createRoute({
  getParentRoute: () => houseRoute,
  path: '/incidents/$incidentId',
  component: lazyRouteComponent(() => import('./pages/incident.tsx')),
})
const account = createRoute({
  getParentRoute: () => houseRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account.tsx')),
})

const signIn = createRoute({
  getParentRoute: () => streetRoute,
  path: '/sign-in',
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } =>
    isOwnPath(back) ? { back } : {},
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx')),
})
const enrol = createRoute({
  getParentRoute: () => streetRoute,
  path: '/enrol',
  component: lazyRouteComponent(() => import('./pages/enrol.tsx')),
})
const publicAnnex = createRoute({
  getParentRoute: () => streetRoute,
  path: '/public-annex',
  component: lazyRouteComponent(() => import('./pages/public-annex.tsx')),
})
const report = createRoute({
  getParentRoute: () => streetRoute,
  path: '/report',
  component: lazyRouteComponent(() => import('./pages/report.tsx')),
})

/** Only a path of this house: a link from elsewhere must not send a person elsewhere after sign-in. */
const isOwnPath = (value: unknown): value is string =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value)

export const routeTree = rootRoute.addChildren([
  houseRoute.addChildren([home, measure, watch, incidents, incident, account]),
  streetRoute.addChildren([signIn, enrol, publicAnnex, report]),
])
