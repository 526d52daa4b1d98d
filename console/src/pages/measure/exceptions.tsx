import { call } from '../../api.ts'
import { mayAsk, useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { NewException } from './new-exception.tsx'
import type { Exception, MeasureDetail } from './wire.ts'

/** What a person has accepted for a time. It never makes anything green. */
export function Exceptions({ measure: { id, exceptions } }: { readonly measure: MeasureDetail }) {
  const self = useSelf()
  return (
    <section className="stack" aria-labelledby="exceptions-head">
      <div className="row spread">
        <h2 id="exceptions-head">Exceptions</h2>
        {mayAsk(self, 'measures.exception.enter') && <NewException measureId={id} />}
      </div>
      <DataTable
        caption="Exceptions"
        heads={['Kind', 'Reason', 'Approved', 'Until', 'State', { unseen: 'End' }]}
        rows={exceptions}
        keyOf={(exception) => exception.id}
        empty={<p className="soft">None: nobody has accepted that this does not hold.</p>}
      >
        {(exception) => (
          <>
            <td>{exception.kind === 'accepted' ? 'accepted' : 'not applicable'}</td>
            <td>{exception.reason}</td>
            <td>
              <Time at={exception.approvedAt} />
            </td>
            <td>
              <Time at={exception.expires} absolute />
            </td>
            <td>
              {exception.inForce ? (
                <State word="in force" tone="warn" />
              ) : (
                <State word="ended" tone="plain" />
              )}
            </td>
            <td>
              {exception.inForce && mayAsk(self, 'measures.exception.end') && (
                <EndException measureId={id} exception={exception} />
              )}
            </td>
          </>
        )}
      </DataTable>
    </section>
  )
}

function EndException({
  measureId,
  exception,
}: {
  readonly measureId: string
  readonly exception: Exception
}) {
  const end = useCall({
    deed: () => call('DELETE', `/v1/measures/${measureId}/exceptions/${exception.id}`),
    said: 'Exception ended',
    renews: [['measure', measureId], ['annex']],
  })
  return (
    <ConfirmDialog
      verb="End it"
      title="End this exception"
      tone="quiet"
      pending={end.isPending}
      error={end.error}
      onOpen={end.reset}
      onConfirm={() => end.mutateAsync()}
    >
      <p>The measure stands again as its newest check says.</p>
    </ConfirmDialog>
  )
}
