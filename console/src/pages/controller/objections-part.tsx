import { useQueries, useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type {
  NewObjection,
  Objections as ObjectionsShape,
  Vendors as VendorsShape,
} from '../../../../src/governance/wire.ts'
import { call } from '../../api.ts'
import { ask, askAll, keyOf, part } from '../../ask.ts'
import { Empty } from '../../ui/empty.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time, useNow } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { type PartProps, pathOf } from './shapes.ts'

type Vendor = Static<typeof VendorsShape>['items'][number]
type Objections = Static<typeof ObjectionsShape>
type Objection = Static<typeof NewObjection>

/** What this controller has said against sub-processors, and where it still may. */
export const ObjectionsPart = (props: PartProps) => (
  <May
    ask="governance.vendor.list"
    otherwise={<NotGranted what="vendors" action="governance.vendor.list" />}
  >
    <Loading {...props} />
  </May>
)

function Loading(props: PartProps) {
  const vendors = useQuery(askAll<Vendor>('/v1/vendors'))
  return (
    <Loaded query={vendors} what="Reading the vendors">
      {(all) => <Told {...props} vendors={all} />}
    </Loaded>
  )
}

function Told({ controller, vendors }: PartProps & { readonly vendors: readonly Vendor[] }) {
  const now = useNow()
  const announced = vendors.filter(({ announcedAt }) => announcedAt !== undefined)
  const open = announced.filter(
    ({ objectionsUntil, endedAt }) =>
      endedAt === undefined && objectionsUntil !== undefined && Date.parse(objectionsUntil) > now,
  )
  const lists = useQueries({
    queries: announced.map(({ id }) => ask<Objections>(`/v1/vendors/${part(id)}/objections`)),
  })
  const nameOf = (id: string) => vendors.find((vendor) => vendor.id === id)?.name ?? id
  const own = lists
    .flatMap(({ data }) => data?.items ?? [])
    .filter(({ controllerId }) => controllerId === controller.controllerId)
  return (
    <Section
      title="Objections to sub-processors"
      lead="Before a new sub-processor touches data, each controller gets days to object (GDPR Art. 28(2))."
      does={
        open.length > 0 && (
          <May ask="governance.objection.raise">
            <Raise controllerId={controller.controllerId} vendors={open} />
          </May>
        )
      }
    >
      <DataTable
        caption="Objections"
        heads={['Against', 'Because', 'Raised', 'State']}
        rows={own}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No objection">
            <p>
              {open.length === 0
                ? 'No sub-processor is announced at present. A vendor is announced under Governance, Vendors.'
                : `Until its window closes, an objection can be raised here against ${open.map(({ name }) => name).join(', ')}.`}
            </p>
          </Empty>
        }
      >
        {({ vendorId, reason, raisedAt, resolution, resolvedAt }) => (
          <>
            <td>{nameOf(vendorId)}</td>
            <td>{reason}</td>
            <td>
              <Time at={raisedAt} />
            </td>
            <td>
              {resolvedAt === undefined ? (
                <State word="open" tone="warn" />
              ) : (
                <State word="settled" tone="good" />
              )}
              {resolution !== undefined && <div className="soft">{resolution}</div>}
            </td>
          </>
        )}
      </DataTable>
    </Section>
  )
}

function Raise({
  controllerId,
  vendors,
}: {
  readonly controllerId: string
  readonly vendors: readonly Vendor[]
}) {
  const raise = useCall<Objection>({
    deed: (body) => call('POST', `${pathOf(controllerId)}/objections`, { body }),
    said: 'The objection was raised; the vendor cannot go to work until it is settled',
    renews: [keyOf('/v1/vendors')],
  })
  const form: Form<Objection> = {
    vendorId: choice(
      'Against',
      Object.fromEntries(vendors.map(({ id, name, service }) => [id, `${name}: ${service}`])),
    ),
    reason: long('Because'),
  }
  return (
    <FormDialog
      verb="Object"
      title="Object on behalf of this controller"
      form={form}
      call={raise}
    />
  )
}
