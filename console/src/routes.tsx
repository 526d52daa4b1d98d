import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import {
  type FindingState,
  type IncidentState,
  isFindingState,
  isIncidentState,
} from './filters.ts'
import { houseRoute, rootRoute, streetRoute } from './frames.tsx'
import { isOwnPath } from './inside.ts'
import { trailSearch } from './pages/trail/search.ts'

const home = createRoute({
  getParentRoute: () => houseRoute,
  path: '/',
  validateSearch: ({ show }: Record<string, unknown>): { show?: 'attention' } =>
    show === 'attention' ? { show } : {},
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
  validateSearch: ({ state }: Record<string, unknown>): { state?: FindingState } =>
    isFindingState(state) ? { state } : {},
  component: lazyRouteComponent(() => import('./pages/watch.tsx')),
})
const incidents = createRoute({
  getParentRoute: () => houseRoute,
  path: '/incidents',
  validateSearch: ({ state }: Record<string, unknown>): { state?: IncidentState } =>
    isIncidentState(state) ? { state } : {},
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

const controllers = createRoute({
  getParentRoute: () => houseRoute,
  path: '/controllers',
  component: lazyRouteComponent(() => import('./pages/controllers.tsx')),
})
const newController = createRoute({
  getParentRoute: () => houseRoute,
  path: '/controllers/new',
  component: lazyRouteComponent(() => import('./pages/controllers/new-controller.tsx')),
})
const controller = createRoute({
  getParentRoute: () => houseRoute,
  path: '/controllers/$controllerId/{-$part}',
  component: lazyRouteComponent(() => import('./pages/controller.tsx')),
})
const vault = createRoute({
  getParentRoute: () => houseRoute,
  path: '/vault/{-$controllerId}/{-$part}',
  component: lazyRouteComponent(() => import('./pages/vault.tsx')),
})
const trail = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail',
  validateSearch: trailSearch,
  component: lazyRouteComponent(() => import('./pages/trail.tsx')),
})
const trailLogs = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail/logs',
  component: lazyRouteComponent(() => import('./pages/trail/logs.tsx')),
})
const trailStreams = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail/streams',
  component: lazyRouteComponent(() => import('./pages/trail/streams.tsx')),
})
const trailAnchors = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail/anchors',
  component: lazyRouteComponent(() => import('./pages/trail/anchors.tsx')),
})
const trailRetention = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail/retention',
  component: lazyRouteComponent(() => import('./pages/trail/retention.tsx')),
})
const trailEntry = createRoute({
  getParentRoute: () => houseRoute,
  path: '/trail/$entryId',
  component: lazyRouteComponent(() => import('./pages/trail/entry.tsx')),
})
const access = createRoute({
  getParentRoute: () => houseRoute,
  path: '/access/{-$part}/{-$id}',
  component: lazyRouteComponent(() => import('./pages/access.tsx')),
})
const keys = createRoute({
  getParentRoute: () => houseRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/keys.tsx')),
})
const gate = createRoute({
  getParentRoute: () => houseRoute,
  path: '/gate',
  component: lazyRouteComponent(() => import('./pages/gate.tsx')),
})
const governance = createRoute({
  getParentRoute: () => houseRoute,
  path: '/governance/{-$register}',
  component: lazyRouteComponent(() => import('./pages/governance.tsx')),
})
const continuity = createRoute({
  getParentRoute: () => houseRoute,
  path: '/continuity',
  component: lazyRouteComponent(() => import('./pages/continuity.tsx')),
})

const signIn = createRoute({
  getParentRoute: () => streetRoute,
  path: '/sign-in',
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } =>
    isOwnPath(back) ? { back } : {},
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx')),
})
const signInBack = createRoute({
  getParentRoute: () => streetRoute,
  path: '/sign-in/back',
  component: lazyRouteComponent(() => import('./pages/sign-in-back.tsx')),
})
const enrol = createRoute({
  getParentRoute: () => streetRoute,
  path: '/enrol',
  component: lazyRouteComponent(() => import('./pages/enrol.tsx')),
})
const recover = createRoute({
  getParentRoute: () => streetRoute,
  path: '/recover',
  component: lazyRouteComponent(() => import('./pages/recover.tsx')),
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

export const routeTree = rootRoute.addChildren([
  houseRoute.addChildren([
    home,
    measure,
    watch,
    incidents,
    incident,
    account,
    controllers,
    newController,
    controller,
    vault,
    trail,
    trailLogs,
    trailStreams,
    trailAnchors,
    trailRetention,
    trailEntry,
    access,
    keys,
    gate,
    governance,
    continuity,
  ]),
  streetRoute.addChildren([signIn, signInBack, enrol, recover, publicAnnex, report]),
])
