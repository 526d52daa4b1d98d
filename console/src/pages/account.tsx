import { useSelf } from '../self.ts'
import { PageHead } from '../ui/page-head.tsx'
import { OwnAccess } from './account/own-access.tsx'
import { OwnFactors } from './account/own-factors.tsx'
import { OwnSecrets } from './account/own-secrets.tsx'
import { OwnSessions } from './account/own-sessions.tsx'

/** Oneself: how one is signed in and where, and what one may do. */
export default function Account() {
  const self = useSelf()
  if (self === null) return null
  return (
    <div className="stack">
      <PageHead title={self.name ?? 'Account'} lead={self.email} />
      <OwnFactors />
      <OwnSecrets self={self} />
      <OwnSessions />
      <OwnAccess self={self} />
    </div>
  )
}
