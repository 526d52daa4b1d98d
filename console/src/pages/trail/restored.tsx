import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { countText } from '../../ui/figures.ts'
import { type Form } from '../../ui/form/entry.ts'
import { long, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Logs } from './shapes.ts'

const renews = [keyOf('/v1/trail/logs')]

/** What to do while nothing is signed: bring back what is missing, or give it up. */
export const WaysOn = ({ logs: { items } }: { readonly logs: Logs }) => (
  <div className="stack">
    <p>
      Entries are written and wait. Bring back from the copies what is missing; it changes nothing
      that it cannot prove. If nobody has it any more, the logs can go on under another name, and
      each says what it has lost.
    </p>
    <div className="row">
      <May ask="trail.log.refill">
        <Refill />
      </May>
      <May ask="trail.log.succeed">
        <Succeed origin={items.find(({ log }) => log === 'root')?.origin ?? ''} />
      </May>
    </div>
  </div>
)

function Refill() {
  const refill = useCall<void, { entries: number }>({
    deed: () => call('POST', '/v1/trail/refill', { body: {} }),
    said: ({ entries }) => `${countText(entries)} entries were brought back`,
    renews,
  })
  return (
    <ConfirmDialog
      verb="Bring back from the copies"
      title="Bring back what is missing"
      pending={refill.isPending}
      error={refill.error}
      onConfirm={() => refill.mutateAsync()}
    >
      <p>
        Every entry goes back to its own place and is held against its leaf. In the end every tree
        must continue what was signed.
      </p>
    </ConfirmDialog>
  )
}

interface Ending {
  readonly reason: string
  readonly confirm: string
}

function Succeed({ origin }: { readonly origin: string }) {
  const succeed = useCall<Ending>({
    deed: (body) => call('POST', '/v1/trail/succeed', { body }),
    said: 'The logs go on under another name',
    renews,
  })
  const form: Form<Ending> = {
    reason: long('Why it cannot be brought back', { most: 1000 }),
    confirm: text('The name that is given up', { hint: `Type ${origin}`, most: 400 }),
  }
  return (
    <FormDialog
      verb="Give up what is missing"
      title="Open a successor"
      lead="There is no way back. Receipts and proofs of what is lost hold against the old name alone; witnesses and customers need the new keys."
      tone="danger"
      form={form}
      call={succeed}
    />
  )
}

/** Places outside that take copies of entries, to refill a restored database from. */
export const Copies = ({ logs: { copies, signing } }: { readonly logs: Logs }) => (
  <Section
    title="Copies outside"
    lead="New entries are copied every two seconds, sealed. From these a restored house brings back what its backup had not yet."
  >
    <DataTable
      caption="Copies outside"
      heads={['Place', { number: 'Entries behind' }, 'Last copied', 'State']}
      rows={copies}
      keyOf={({ place }) => place}
      empty={
        <p className="soft">
          None is set. Set HOLDFAST_OFFSITE to another disk or mount, or an object store: else a
          restore loses every entry since its backup, and has to say so.
        </p>
      }
    >
      {({ place, behind, at, problem, failingSince }) => (
        <>
          <td>{place}</td>
          <td className="number">{countText(behind)}</td>
          <td>
            <Time at={at} />
          </td>
          <td>
            {problem === undefined ? (
              <State
                word={signing.stopped ? 'pauses' : 'copying'}
                tone={signing.stopped ? 'warn' : 'good'}
              />
            ) : (
              <>
                <State word={`fails: ${problem}`} tone="bad" />{' '}
                {failingSince !== undefined && <Time at={failingSince} />}
              </>
            )}
          </td>
        </>
      )}
    </DataTable>
  </Section>
)
