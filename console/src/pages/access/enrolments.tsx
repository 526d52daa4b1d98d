import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import type { Enrolment } from './shapes.ts'

/** Links that nobody has used yet. */
export function OpenEnrolments() {
  const open = useQuery(ask<Page<Enrolment>>('/v1/enrolments'))
  return (
    <Section title="Open enrolment links">
      <Loaded query={open} what="Reading the links">
        {({ items }) => (
          <DataTable
            caption="Open enrolment links"
            heads={['For', 'Roles', 'Made', 'Ends', { unseen: 'Withdraw' }]}
            rows={items}
            keyOf={({ enrolmentId }) => enrolmentId}
            empty={<p className="soft">No link is open.</p>}
          >
            {({ enrolmentId, kind, roleNames, createdAt, expiresAt }) => (
              <>
                <td>{kind === 'first-administrator' ? 'the first administrator' : 'a person'}</td>
                <td>{roleNames.join(', ')}</td>
                <td>
                  <Time at={createdAt} />
                </td>
                <td>
                  <Time at={expiresAt} />
                </td>
                <td>
                  <Withdraw enrolmentId={enrolmentId} />
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function Withdraw({ enrolmentId }: Pick<Enrolment, 'enrolmentId'>) {
  const isAllowed = useMay('identity.enrolment.withdraw')
  const withdraw = useCall({
    deed: () => call('DELETE', `/v1/enrolments/${part(enrolmentId)}`),
    said: 'The link opens nothing any more',
    renews: [keyOf('/v1/enrolments')],
  })
  if (!isAllowed) return null
  return (
    <>
      <Button tone="quiet" pending={withdraw.isPending} onClick={() => withdraw.mutate()}>
        Withdraw
      </Button>
      <ErrorNotice error={withdraw.error} />
    </>
  )
}
