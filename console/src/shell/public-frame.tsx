import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { ArrowLeft, LogIn } from 'lucide-react'
import type { ReactNode } from 'react'
import { selfQuery } from '../self.ts'

/** Pages where there is one thing to do, and no other way out is offered. */
const closedPaths = new Set(['/sign-in', '/enrol'])

/** What anybody sees: the mark, a way in, the page. */
export function PublicFrame({ children }: { readonly children?: ReactNode }) {
  const self = useQuery(selfQuery).data
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const isInside = self !== null && self !== undefined && self.assurance >= 2
  return (
    <div className="street">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="street-head">
        <span className="brand">
          <img src="/mark.svg" alt="" />
          Holdfast
        </span>
        {isInside && !closedPaths.has(path) ? (
          <Link className="button quiet" to="/">
            <ArrowLeft aria-hidden />
            Back to the console
          </Link>
        ) : (
          !closedPaths.has(path) && (
            <Link className="button quiet" to="/sign-in">
              <LogIn aria-hidden />
              Sign in
            </Link>
          )
        )}
      </header>
      <main id="page" tabIndex={-1}>
        {children ?? <Outlet />}
      </main>
    </div>
  )
}
