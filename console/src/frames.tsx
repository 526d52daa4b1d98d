import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router'
import type { QueryClient } from '@tanstack/react-query'
import { selfQuery } from './self.ts'
import { Fault } from './shell/fault.tsx'
import { NoPage } from './shell/no-page.tsx'
import { PublicFrame } from './shell/public-frame.tsx'
import { Shell } from './shell/shell.tsx'

export interface RouterContext {
  readonly client: QueryClient
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  notFoundComponent: () => (
    <PublicFrame>
      <NoPage />
    </PublicFrame>
  ),
  errorComponent: Fault,
})

/** Pages for people who are signed in, second factor shown, beside the rail. */
export const houseRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'house',
  component: Shell,
  errorComponent: Fault,
  async beforeLoad({ context, location }) {
    const self = await context.client.ensureQueryData(selfQuery)
    if (self === null || self.assurance < 2)
      throw redirect({ to: '/sign-in', search: { back: location.href } })
  },
})

/** Pages for anybody: no rail, no session needed. */
export const streetRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'street',
  component: () => <PublicFrame />,
  errorComponent: Fault,
})
