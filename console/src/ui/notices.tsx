import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Static } from 'typebox'
import type { Notices as NoticesShape } from '../../../src/identity/rights/wire.ts'
import { call } from '../api.ts'
import { ask, keyOf, type Page, part } from '../ask.ts'
import { useLive } from '../attended.ts'
import { useSelf } from '../self.ts'
import { Button } from './button.tsx'
import { State } from './state.tsx'
import { Time } from './time.tsx'
import { useCall } from './use-call.ts'
import './notices.css'

type Notice = Static<typeof NoticesShape>['items'][number]

/** What the house wants to tell the person who is signed in, until they put it away. */
export function Notices() {
  const self = useSelf()
  const notices = useQuery({
    ...ask<Page<Notice>>('/v1/self/notices'),
    enabled: self?.assurance === 2,
    staleTime: 60_000,
    refetchInterval: useLive(60_000),
  })
  const items = notices.data?.items ?? []
  if (items.length === 0) return null
  return (
    <aside className="notices" aria-label="Notices">
      {items.slice(0, 3).map((notice) => (
        <One key={notice.noticeId} notice={notice} />
      ))}
      {items.length > 3 && <p className="soft">and {items.length - 3} more</p>}
    </aside>
  )
}

function One({
  notice: { noticeId, kind, subject, text, createdAt, controllerId },
}: {
  readonly notice: Notice
}) {
  const seen = useCall({
    deed: () => call('DELETE', `/v1/self/notices/${part(noticeId)}`),
    said: 'Put away',
    renews: [keyOf('/v1/self/notices')],
  })
  const isLoud = /^(?:break-glass|recovery-|recovered)/.test(kind)
  const place = placeOf(kind, controllerId)
  return (
    <div className="notice">
      <div>
        <State word={subject} tone={isLoud ? 'bad' : 'warn'} />
        <p>
          {text}{' '}
          <span className="soft">
            <Time at={createdAt} />
          </span>
          {place !== undefined && (
            <>
              {' '}
              <Link to={place}>Look at it</Link>
            </>
          )}
        </p>
      </div>
      <Button tone="quiet" pending={seen.isPending} onClick={() => seen.mutate()}>
        Put away
      </Button>
    </div>
  )
}

/** Where a person does something about it; what is told and no more leads nowhere. */
function placeOf(kind: string, controllerId: string | null): string | undefined {
  if (kind.startsWith('export-') && controllerId !== null) return `/vault/${controllerId}/exports`
  if (kind === 'change-proposed') return '/governance/changes'
  if (/^(?:request-|break-glass-)/.test(kind)) return '/access/requests'
  if (kind === 'review-asked') return '/access/reviews'
  if (/^recovery-(?:asked|approved|used)$/.test(kind)) return '/access/people'
  if (/^(?:new-device|factor-|password-|recovery-code|recovered)/.test(kind)) return '/account'
  return undefined
}
