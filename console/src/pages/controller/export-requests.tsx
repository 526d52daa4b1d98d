import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { counted } from '../../ui/figures.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import type { ExportRequest, PartProps } from './shapes.ts'
import { exportRequestsPath, isGood, isOpen, useExportRequests } from './use-approved.ts'

/** Exports of more subjects than one person may take out alone: asked for, decided by another, used once. */
export function ExportRequests({ controller: { controllerId, exportAlone } }: PartProps) {
  const path = exportRequestsPath(controllerId)
  const requests = useExportRequests(controllerId)
  const self = useSelf()
  const now = useNow()
  return (
    <Section
      title="Exports by two"
      lead={`More than ${counted(exportAlone, 'subject')} leave only when a second person approves: one export, within a day. One that breaks off may go on.`}
    >
      <Loaded query={requests} what="Reading the requests">
        {({ items }) => (
          <DataTable
            caption="Exports asked for"
            heads={[
              'Asked',
              'By',
              'Purpose and reason',
              { number: 'Subjects' },
              'State',
              { unseen: 'Decide' },
            ]}
            rows={items}
            keyOf={({ requestId }) => requestId}
            empty={<p className="soft">Nobody has asked to export more than that.</p>}
          >
            {(request) => (
              <>
                <td>
                  <Time at={request.askedAt} />
                </td>
                <td>
                  <ActorName id={request.askedBy} />
                </td>
                <td className="why-cell">
                  {request.purpose}
                  <span className="soft reason">{request.reason}</span>
                </td>
                <td className="number">{request.subjects.toLocaleString('en')}</td>
                <td>
                  <RequestState request={request} />
                </td>
                <td>
                  {isOpen(request, now) && request.askedBy !== self?.id && (
                    <May ask="vault.export-request.decide">
                      <Decide path={path} requestId={request.requestId} />
                    </May>
                  )}
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function RequestState({ request }: { readonly request: ExportRequest }) {
  const { approved, decidedBy, decidedWhy } = request
  const now = useNow()
  if (isOpen(request, now)) return <State word="waits for a second person" tone="warn" />
  if (approved === null) return <State word="nobody decided in its week" tone="plain" />
  const isOver = approved && request.usedAt === null && !isGood(request, now)
  return (
    <>
      {isOver ? (
        <State word="approved, and not used in its day" tone="warn" />
      ) : (
        <State word={approved ? usedWord(request) : 'declined'} tone={approved ? 'good' : 'bad'} />
      )}
      <div className="soft">
        {decidedBy !== null && <ActorName id={decidedBy} />} {decidedWhy}
      </div>
    </>
  )
}

const usedWord = ({ usedAt, goneOn }: ExportRequest): string =>
  usedAt === null
    ? 'approved'
    : goneOn === 0
      ? 'approved and used'
      : `approved and used, went on ${counted(goneOn, 'time')}`

interface Decision {
  readonly approve: 'yes' | 'no'
  readonly why: string
}

function Decide({ path, requestId }: { readonly path: string; readonly requestId: string }) {
  const decide = useCall<Decision>({
    deed: ({ approve, why }) =>
      call('POST', `${path}/${part(requestId)}/decide`, {
        body: { approve: approve === 'yes' },
        reason: why,
      }),
    said: (_told, { approve }) => (approve === 'yes' ? 'The export is approved' : 'Declined'),
    renews: [keyOf(path), keyOf('/v1/self/notices')],
  })
  const form: Form<Decision> = {
    approve: choice('Decision', { yes: 'Approve, for one export', no: 'Decline' }),
    why: text('Because', { hint: 'Kept with your decision, and in the trail', most: 500 }),
  }
  if (wantsFresh(decide.error)) return <StepUp onShown={() => decide.reset()} />
  return (
    <FormDialog
      verb="Decide"
      title="Let this export leave the house?"
      lead="You answer for it as the second person."
      form={form}
      call={decide}
    />
  )
}
