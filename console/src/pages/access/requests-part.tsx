import { useQuery } from '@tanstack/react-query'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { AskAccess } from './ask-access.tsx'
import { BreakGlass } from './break-glass.tsx'
import type { AccessRequest } from './shapes.ts'

const renews = [
  keyOf('/v1/access-requests'),
  keyOf('/v1/self'),
  keyOf('/v1/grants'),
  keyOf('/v1/break-glass'),
]

/** Access in time: asked for, answered by somebody else, ended by itself. */
export const RequestsPart = () => {
  const seesAll = useMay('identity.request.list')
  const path = seesAll ? '/v1/access-requests' : '/v1/self/access-requests'
  const requests = useQuery(ask<Page<AccessRequest>>(path))
  return (
    <div className="stack">
      <Section
        title="Requests"
        lead="Ask for a role for a time. Somebody else approves it, it ends by itself, and nothing of it stands in between."
        does={<AskAccess />}
      >
        <Loaded query={requests} what="Reading the requests">
          {({ items }) => <Requests items={items} />}
        </Loaded>
      </Section>
      <BreakGlass renews={renews} />
    </div>
  )
}

const Requests = ({ items }: { readonly items: readonly AccessRequest[] }) => (
  <DataTable
    caption="Requests"
    heads={['Who', 'Role', 'Why', 'For', 'State', { unseen: 'Answer' }]}
    rows={items}
    keyOf={({ requestId }) => requestId}
    empty={
      <Empty title="Nobody has asked for anything">
        <p>
          Rights that are needed now and then need not stand: ask for them when the work is there.
        </p>
      </Empty>
    }
  >
    {(request) => (
      <>
        <td>
          {request.personName ?? <ActorName id={request.personId} />}
          <div className="soft">
            <Time at={request.createdAt} />
          </div>
        </td>
        <td>
          {request.role}
          {request.kind === 'break-glass' && (
            <div>
              <State word="break-glass" tone="bad" />
            </div>
          )}
        </td>
        <td>{request.reason}</td>
        <td>{span(request.minutes)}</td>
        <td>
          <RequestState request={request} />
        </td>
        <td>
          <Answer request={request} />
        </td>
      </>
    )}
  </DataTable>
)

const span = (minutes: number): string =>
  minutes % 1440 === 0
    ? `${minutes / 1440} d`
    : minutes % 60 === 0
      ? `${minutes / 60} h`
      : `${minutes} min`

const isOpenAt = ({ decision, endsAt }: AccessRequest, now: number): boolean =>
  decision === 'approved' && endsAt !== null && Date.parse(endsAt) > now

function RequestState({ request }: { readonly request: AccessRequest }) {
  const now = useNow()
  const { decision, decidedBy, endsAt, lapsesAt, reviewedAt, kind } = request
  if (decision === null)
    return (
      <>
        <State word="waiting" tone="warn" />
        <div className="soft">
          lapses <Time at={lapsesAt} />
        </div>
      </>
    )
  const isOpen = isOpenAt(request, now)
  return (
    <>
      <State
        word={isOpen ? 'open' : decision === 'approved' ? 'over' : decision}
        tone={isOpen ? 'good' : 'plain'}
      />
      <div className="soft">
        {isOpen ? 'until ' : ''}
        {endsAt !== null && <Time at={endsAt} />}
        {decidedBy !== null && (
          <>
            {' '}
            by <ActorName id={decidedBy} />
          </>
        )}
      </div>
      {kind === 'break-glass' && decision === 'approved' && !isOpen && (
        <State
          word={reviewedAt === null ? 'to be reviewed' : 'reviewed'}
          tone={reviewedAt === null ? 'bad' : 'good'}
        />
      )}
    </>
  )
}

function Answer({ request }: { readonly request: AccessRequest }) {
  const self = useSelf()
  const now = useNow()
  const { requestId, kind, decision, personId, role, decidedBy } = request
  const path = `/v1/access-requests/${part(requestId)}`
  const approve = useCall({
    deed: () => call('POST', `${path}/approve`),
    said: `${role} was approved; it ends by itself`,
    renews,
  })
  const refuse = useCall({
    deed: () => call('POST', `${path}/refuse`),
    said: 'The request was refused',
    renews,
  })
  const withdraw = useCall({
    deed: () => call('DELETE', `/v1/self/access-requests/${part(requestId)}`),
    said: 'The request was withdrawn',
    renews,
  })
  const who = request.personName ?? 'somebody'
  if (decision !== null)
    return kind === 'break-glass' &&
      decision === 'approved' &&
      request.reviewedAt === null &&
      !isOpenAt(request, now) &&
      personId !== self?.id &&
      decidedBy !== self?.id ? (
      <May ask="identity.break-glass.review">
        <Review request={request} />
      </May>
    ) : null
  if (personId === self?.id)
    return (
      <ConfirmDialog
        verb="Withdraw"
        title={`Withdraw your request for ${role}?`}
        tone="quiet"
        pending={withdraw.isPending}
        error={withdraw.error}
        onOpen={withdraw.reset}
        onConfirm={() => withdraw.mutateAsync()}
      >
        <p>You can ask again at any time.</p>
      </ConfirmDialog>
    )
  if (kind === 'break-glass') return null
  return (
    <div className="row">
      <May ask="identity.request.approve">
        <ConfirmDialog
          verb="Approve"
          title={`Give ${role} to ${who} for ${span(request.minutes)}?`}
          pending={approve.isPending}
          error={approve.error}
          onOpen={approve.reset}
          onConfirm={() => approve.mutateAsync()}
        >
          <p>“{request.reason}”</p>
          <p>It counts from their next request on, and ends by itself.</p>
        </ConfirmDialog>
      </May>
      <May ask="identity.request.refuse">
        <ConfirmDialog
          verb="Refuse"
          title={`Refuse ${role} to ${who}?`}
          tone="quiet"
          pending={refuse.isPending}
          error={refuse.error}
          onOpen={refuse.reset}
          onConfirm={() => refuse.mutateAsync()}
        >
          <p>They are told on their next page.</p>
        </ConfirmDialog>
      </May>
    </div>
  )
}

function Review({ request: { requestId, role } }: { readonly request: AccessRequest }) {
  const review = useCall<{ note: string }>({
    deed: (body) => call('POST', `/v1/break-glass/requests/${part(requestId)}/review`, { body }),
    said: 'The review is written down',
    renews,
  })
  return (
    <FormDialog
      verb="Review"
      title={`What was done with ${role}?`}
      lead="Look at the entries of both people in the trail for that hour, and write down what you found."
      form={{ note: long('What you found', { most: 2000 }) }}
      call={review}
    />
  )
}
