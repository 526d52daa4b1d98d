import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { selfQuery } from '../self.ts'
import { Notices } from '../ui/notices.tsx'
import { Tellings } from '../ui/tellings.tsx'
import { Rail } from './rail.tsx'
import { useIdleEnd } from './use-idle-end.ts'

/** The frame of the house: rail, page, and the strip that tells of what was just written. */
export function Shell() {
  const { data: self } = useQuery(selfQuery)
  const client = useQueryClient()
  const navigate = useNavigate()
  const { pathname: path, href } = useRouterState({ select: ({ location }) => location })

  useEffect(() => {
    // The address has moved on before this frame is gone: then there is no second time to leave.
    if (self !== null || path === '/sign-in') return
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== selfQuery.queryKey[0] })
    void navigate({ to: '/sign-in', search: { back: href } })
  }, [self, client, navigate, path, href])
  useIdleEnd(self)

  if (!self) return null
  return (
    <div className="frame">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Rail self={self} path={path} />
      <main className="page" id="page" tabIndex={-1}>
        <Notices />
        <Outlet />
      </main>
      <Tellings />
    </div>
  )
}
