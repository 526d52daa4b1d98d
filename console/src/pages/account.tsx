import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { leave } from '../session.ts'
import { useSelf } from '../self.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { OwnAccess } from './account/own-access.tsx'
import { OwnFactors } from './account/own-factors.tsx'
import { OwnSecrets } from './account/own-secrets.tsx'
import { OwnSessions } from './account/own-sessions.tsx'

/** Oneself: how one is signed in and where, and what one may do. */
export default function Account() {
  const self = useSelf()
  const navigate = useNavigate()
  const out = useMutation({
    mutationFn: leave,
    onSuccess: () => navigate({ to: '/sign-in' }),
  })
  if (self === null) return null
  return (
    <div className="stack">
      <PageHead title={self.name ?? 'Account'} lead={self.email}>
        <Button tone="quiet" pending={out.isPending} onClick={() => out.mutate()}>
          <LogOut aria-hidden />
          Sign out
        </Button>
      </PageHead>
      <ErrorNotice error={out.error} />
      <OwnFactors />
      <OwnSecrets self={self} />
      <OwnSessions />
      <OwnAccess self={self} />
    </div>
  )
}
