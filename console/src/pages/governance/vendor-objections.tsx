import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type {
  Objections as ObjectionsShape,
  Resolution as ResolutionShape,
} from '../../../../src/governance/wire.ts'
import { ControllerLink } from '../../actors.tsx'
import { ask, part } from '../../ask.ts'
import type { Form } from '../../ui/form/entry.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { useStep } from './use-entry.ts'
import type { Vendor } from './vendors.tsx'

type Objections = Static<typeof ObjectionsShape>
type Resolution = Static<typeof ResolutionShape>

/** What controllers have said against a vendor. Raised on the controller's page. */
export function VendorObjections({ vendor: { id, name } }: { readonly vendor: Vendor }) {
  const objections = useQuery(ask<Objections>(`/v1/vendors/${part(id)}/objections`))
  return (
    <Section title={`Objections to ${name}`}>
      <Loaded query={objections} what="Reading the objections">
        {({ items }) => (
          <DataTable
            caption={`Objections to ${name}`}
            heads={['Controller', 'Because', 'Raised', 'State', { unseen: 'Settle' }]}
            rows={items}
            keyOf={(objection) => objection.id}
            empty={<p className="soft">No controller has objected.</p>}
          >
            {(objection) => (
              <>
                <td>
                  <ControllerLink id={objection.controllerId} />
                </td>
                <td>{objection.reason}</td>
                <td>
                  <Time at={objection.raisedAt} />
                </td>
                <td>
                  {objection.resolvedAt === undefined ? (
                    <State word="open" tone="bad" />
                  ) : (
                    <State word="settled" tone="good" />
                  )}
                  {objection.resolution !== undefined && (
                    <div className="soft">{objection.resolution}</div>
                  )}
                </td>
                <td>
                  {objection.resolvedAt === undefined && (
                    <May ask="governance.objection.resolve">
                      <Settle vendorId={id} objectionId={objection.id} />
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

const form: Form<Resolution> = { resolution: long('How it was settled') }

function Settle({
  vendorId,
  objectionId,
}: {
  readonly vendorId: string
  readonly objectionId: string
}) {
  const settle = useStep<Resolution>(
    'vendors',
    vendorId,
    `objections/${part(objectionId)}/resolution`,
    'The objection is settled',
  )
  return <FormDialog verb="Settle" title="How was it settled?" form={form} call={settle} />
}
