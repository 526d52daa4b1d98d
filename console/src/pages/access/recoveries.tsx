import { useQuery } from '@tanstack/react-query'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { LinkOnce } from './let-back-in.tsx'
import type { Recovery, RecoveryLink } from './shapes.ts'

const renews = [keyOf('/v1/recoveries'), keyOf('/v1/self/notices')]

/** Who is being let back in now; nothing is shown while nobody is. */
export function OpenRecoveries() {
  const open = useQuery(ask<Page<Recovery>>('/v1/recoveries'))
  if (open.data?.items.length === 0) return null
  return (
    <Section
      title="Being let back in"
      lead="Whoever recognised the person gives out the link; of a privileged account somebody else approves first."
    >
      <Loaded query={open} what="Reading who is being let back in">
        {({ items }) => (
          <DataTable
            caption="Being let back in"
            heads={['Who', 'Lost', 'Recognised how', 'Asked', 'State', { unseen: 'Answer' }]}
            rows={items}
            keyOf={({ recoveryId }) => recoveryId}
            empty={null}
          >
            {(recovery) => (
              <>
                <td>{recovery.personName ?? <ActorName id={recovery.personId} />}</td>
                <td>{recovery.lost}</td>
                <td>{recovery.proofing}</td>
                <td>
                  <ActorName id={recovery.askedBy} />
                  <div className="soft">
                    <Time at={recovery.askedAt} />
                  </div>
                </td>
                <td>
                  <RecoveryState recovery={recovery} />
                </td>
                <td>
                  <Answer recovery={recovery} />
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function RecoveryState({ recovery }: { readonly recovery: Recovery }) {
  const { needsApproval, approvedBy, expiresAt, lapsesAt } = recovery
  if (needsApproval && approvedBy === null)
    return (
      <>
        <State word="waits for a second person" tone="warn" />
        <div className="soft">
          lapses <Time at={lapsesAt} />
        </div>
      </>
    )
  return (
    <>
      <State word={expiresAt === null ? 'approved' : 'link given out'} tone="good" />
      <div className="soft">
        {approvedBy !== null && (
          <>
            approved by <ActorName id={approvedBy} />{' '}
          </>
        )}
        {expiresAt !== null && (
          <>
            ends <Time at={expiresAt} />
          </>
        )}
      </div>
    </>
  )
}

function Answer({ recovery }: { readonly recovery: Recovery }) {
  const self = useSelf()
  const { recoveryId, personId, personName, askedBy, needsApproval, approvedBy } = recovery
  const path = `/v1/recoveries/${part(recoveryId)}`
  const who = personName ?? 'this person'
  const approve = useCall({
    deed: () => call('POST', `${path}/approve`),
    said: `${who} may be let back in`,
    renews,
  })
  const issue = useCall<object, RecoveryLink>({
    deed: () => call('POST', `${path}/link`),
    said: 'A link was made',
    renews,
  })
  const withdraw = useCall({
    deed: () => call('DELETE', path),
    said: 'Withdrawn; the link opens nothing',
    renews,
  })
  const waits = needsApproval && approvedBy === null
  return (
    <div className="row">
      {waits && ![askedBy, personId].includes(self?.id ?? '') && (
        <May ask="identity.recovery.approve">
          <ConfirmDialog
            verb="Approve"
            title={`Let ${who} back in?`}
            pending={approve.isPending}
            error={approve.error}
            onOpen={approve.reset}
            onConfirm={() => approve.mutateAsync()}
          >
            <p>“{recovery.proofing}”</p>
            <p>Approve only when you are sure that somebody spoke with the person themselves.</p>
          </ConfirmDialog>
        </May>
      )}
      {!waits && askedBy === self?.id && (
        <FormDialog
          verb="Give out the link"
          title={`A link for ${who}`}
          lead="A link given out before opens nothing any more."
          form={{}}
          call={issue}
        >
          {(link) => <LinkOnce {...link} />}
        </FormDialog>
      )}
      <May ask="identity.recovery.withdraw">
        <ConfirmDialog
          verb="Withdraw"
          title={`Withdraw the link for ${who}?`}
          tone="quiet"
          pending={withdraw.isPending}
          error={withdraw.error}
          onOpen={withdraw.reset}
          onConfirm={() => withdraw.mutateAsync()}
        >
          <p>It can be asked for again at any time.</p>
        </ConfirmDialog>
      </May>
    </div>
  )
}
