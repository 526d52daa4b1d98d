import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Empty } from '../../ui/empty.tsx'
import { choice, long, pastDay } from '../../ui/form/entries.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { RequestCard } from './request-card.tsx'
import { kindWords, RequestStateBadge } from './request-words.tsx'
import { type ListedRequest, type PartProps, pathOf } from './shapes.ts'

/** What data subjects asked of this controller: when it is due, how it stands, what was done. */
export const RequestsPart = (props: PartProps) => (
  <May
    ask="vault.request.list"
    otherwise={<NotGranted what="requests of data subjects" action="vault.request.list" />}
  >
    <List {...props} />
  </May>
)

function List(props: PartProps) {
  const { controllerId, state } = props.controller
  const path = `${pathOf(controllerId)}/subject-requests`
  const [which, setWhich] = useState<'open' | 'all'>('open')
  const [chosen, setChosen] = useState<string>()
  const query = which === 'open' ? { open: true } : {}
  const requests = useQuery(ask<{ items: readonly ListedRequest[] }>(path, query))
  return (
    <Section
      title="Requests of data subjects"
      lead="One month from receipt (GDPR Art. 12(3)). The controller decides; we do what it instructs and keep the proof."
      does={
        <>
          <Choice
            label="Which requests"
            value={which}
            options={{ open: 'Open', all: 'All' }}
            onChange={setWhich}
          />
          {state === 'active' && (
            <May ask="vault.request.receive">
              <Receive path={path} />
            </May>
          )}
        </>
      }
    >
      <Loaded query={requests} what="Reading the requests">
        {({ items }) => (
          <DataTable
            caption="Requests of data subjects"
            heads={['Due', 'Asked for', 'Received', 'State', { unseen: 'Open' }]}
            rows={items}
            keyOf={({ requestId }) => requestId}
            empty={
              <Empty title="No request is open">
                <p>
                  {state === 'active'
                    ? 'Take one in when a person writes, calls or asks at the desk: its month runs from that day, whoever heard it.'
                    : 'This controller is closed, leaving or has left, and takes none in: send who asks to the controller itself.'}
                </p>
              </Empty>
            }
          >
            {(request) => (
              <>
                <td>
                  <DueDay request={request} />
                </td>
                <td>{kindWords[request.kind]}</td>
                <td>
                  <Time at={request.receivedAt} />
                </td>
                <td>
                  <RequestStateBadge state={request.state} />
                </td>
                <td>
                  <Button
                    tone="quiet"
                    aria-pressed={chosen === request.requestId}
                    onClick={() => setChosen(request.requestId)}
                  >
                    Open
                  </Button>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
      {chosen !== undefined && <RequestCard key={chosen} {...props} requestId={chosen} />}
    </Section>
  )
}

const DueDay = ({ request: { dueAt, endedAt } }: { readonly request: ListedRequest }) =>
  endedAt === null ? (
    <Time at={dueAt} />
  ) : (
    <span className="soft">
      ended <Time at={endedAt} />
    </span>
  )

interface Received {
  readonly kind: ListedRequest['kind']
  readonly asked: string
  readonly on?: string
}

function Receive({ path }: { readonly path: string }) {
  const receive = useCall<Received>({
    deed: ({ on, ...body }) =>
      call('POST', path, {
        body: { ...body, ...(on === undefined ? {} : { receivedAt: `${on}T00:00:00Z` }) },
      }),
    said: 'The request is taken in; its month runs',
    renews: [keyOf(path), keyOf('/v1/subject-requests')],
  })
  const form: Form<Received> = {
    kind: choice('Asked for', kindWords),
    asked: long('In which words', { hint: 'Sealed under the controller’s keys' }),
    on: optional(pastDay('Received on', 'Empty for today')),
  }
  return (
    <FormDialog
      verb="Take a request in"
      title="What was asked?"
      tone="plain"
      form={form}
      call={receive}
    />
  )
}
