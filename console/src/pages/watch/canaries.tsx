import { useQuery } from '@tanstack/react-query'
import { type ListedController, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, part } from '../../ask.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { choice, text, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'

interface CanaryCount {
  readonly count: number
  readonly lastPlantedAt: string | null
}

const pathOf = (controllerId: string) => `/v1/controllers/${part(controllerId)}/canaries`

/** How many made-up subjects stand in each controller. Which ones they are is told to nobody. */
export const Canaries = () => (
  <May ask="watch.canary.list">
    <May ask="vault.controller.list">
      <Planted />
    </May>
  </May>
)

function Planted() {
  const { controllers } = useControllers()
  const active = controllers.filter(({ state }) => state === 'active')
  return (
    <Section
      title="Canaries"
      lead="Made-up subjects among the real ones. No task ever needs one, so whoever touches one is found."
    >
      <DataTable
        caption="Canaries by controller"
        heads={['Controller', { number: 'Canaries' }, 'Last planted', { unseen: 'Plant' }]}
        rows={active}
        keyOf={({ controllerId }) => controllerId}
        empty={
          <Empty title="No controller to plant canaries in">
            <p>Take a controller in under Controllers; then plant ten canaries in it here.</p>
          </Empty>
        }
      >
        {(controller) => <CanaryCells controller={controller} />}
      </DataTable>
    </Section>
  )
}

function CanaryCells({ controller }: { readonly controller: ListedController }) {
  const { data, error } = useQuery(ask<CanaryCount>(pathOf(controller.controllerId)))
  return (
    <>
      <td>{controller.name}</td>
      <td className="number">{data?.count ?? ''}</td>
      <td>
        <ErrorNotice error={error} />
        {data !== undefined &&
          (data.lastPlantedAt === null ? (
            <span className="soft">never</span>
          ) : (
            <Time at={data.lastPlantedAt} />
          ))}
      </td>
      <td>
        <May ask="watch.canary.plant">
          <Plant controller={controller} />
        </May>
      </td>
    </>
  )
}

interface Planting {
  count: number
  purpose: string
  reason: string
}

function Plant({
  controller: { controllerId, name, purposes },
}: {
  readonly controller: ListedController
}) {
  const plant = useCall<Planting>({
    deed: ({ count, purpose, reason }) =>
      call('POST', pathOf(controllerId), { body: { count }, purpose, reason }),
    said: (_, { count }) => `${count} canaries planted in ${name}`,
    renews: [['v1', 'controllers', controllerId, 'canaries']],
  })
  return (
    <FormDialog
      verb="Plant"
      title={`Plant canaries in ${name}`}
      lead="Each gets a record of every category the purpose covers, and looks like any other subject."
      form={{
        count: whole('How many', { least: 1, most: 100, first: 10 }),
        purpose: choice(
          'Purpose whose categories they get',
          Object.fromEntries(purposes.map((purpose) => [purpose.name, purpose.name])),
        ),
        reason: text('Reason', { hint: 'Stands in the trail.' }),
      }}
      call={plant}
    />
  )
}
