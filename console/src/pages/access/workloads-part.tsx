import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Workload } from '../../actors.tsx'
import { call } from '../../api.ts'
import { askPages, keyOf } from '../../ask.ts'
import { Command, Empty } from '../../ui/empty.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { AccountState } from './account-state.tsx'
import { Credentials } from './credentials.tsx'
import { Bounds, Certificates, Keys } from './proofs.tsx'
import type { AccessPartProps, NewWorkload } from './shapes.ts'
import { SwitchAccount } from './switch-account.tsx'

/** Programs that act under a name of their own. */
export const WorkloadsPart = ({ id }: AccessPartProps) => (
  <May
    ask="identity.workload.list"
    otherwise={<NotGranted what="workloads" action="identity.workload.list" />}
  >
    <Workloads open={id} />
  </May>
)

function Workloads({ open }: { readonly open: string | undefined }) {
  const workloads = useInfiniteQuery(askPages<Workload>('/v1/workloads'))
  return (
    <div className="stack">
      <Section
        title="Workloads"
        lead="A program begins without rights: create it, give it a grant, issue a credential."
        does={
          <May ask="identity.workload.create">
            <Create />
          </May>
        }
      >
        <Pages query={workloads} what="Reading the workloads">
          {(items) => <List items={items} open={open} />}
        </Pages>
      </Section>
    </div>
  )
}

const List = ({
  items,
  open,
}: {
  readonly items: readonly Workload[]
  readonly open: string | undefined
}) => {
  const shown = items.find(({ workloadId }) => workloadId === open)
  return (
    <>
      <DataTable
        caption="Workloads"
        heads={['Name', 'Environment', 'Last here', 'State', { unseen: 'What can be done' }]}
        rows={items}
        keyOf={({ workloadId }) => workloadId}
        empty={
          <Empty title="No workload yet">
            <p>A workload is one of your applications. Create one above, or on the host:</p>
            <Command>holdfast identity workload create --name shop</Command>
          </Empty>
        }
      >
        {(workload) => (
          <>
            <td>
              <Link to="/access/{-$part}/{-$id}" params={{ part: 'of', id: workload.workloadId }}>
                {workload.name}
              </Link>
            </td>
            <td>{workload.environment}</td>
            <td>{workload.lastUsedAt === null ? 'never' : <Time at={workload.lastUsedAt} />}</td>
            <td>
              <AccountState account={workload} />
            </td>
            <td>
              <div className="row">
                <May ask="identity.credential.list">
                  <Link
                    className="button quiet"
                    to="/access/{-$part}/{-$id}"
                    params={{ part: 'workloads', id: workload.workloadId }}
                    aria-label={`Proofs of ${workload.name}`}
                  >
                    Proofs
                  </Link>
                </May>
                <SwitchAccount
                  kind="workload"
                  id={workload.workloadId}
                  name={workload.name}
                  isOff={workload.disabledAt !== null}
                />
              </div>
            </td>
          </>
        )}
      </DataTable>
      {shown !== undefined && (
        <>
          <Bounds workload={shown} />
          <Credentials workload={shown} />
          <May ask="identity.workload-key.list">
            <Keys workload={shown} />
          </May>
          <May ask="identity.certificate.list">
            <Certificates workload={shown} />
          </May>
        </>
      )}
    </>
  )
}

type Environment = NonNullable<NewWorkload['environment']>

function Create() {
  const navigate = useNavigate()
  const create = useCall<NewWorkload, { workloadId: string }>({
    deed: async (body) => {
      const told = await call<{ workloadId: string }>('POST', '/v1/workloads', { body })
      await navigate({
        to: '/access/{-$part}/{-$id}',
        params: { part: 'workloads', id: told.value.workloadId },
      })
      return told
    },
    said: (_, { name }) => `${name} was created, without rights`,
    renews: [keyOf('/v1/workloads')],
  })
  const form: Form<NewWorkload> = {
    name: text('Name', { most: 100, placeholder: 'shop' }),
    environment: optional(
      choice<Environment>(
        'Environment',
        { production: 'production', staging: 'staging', development: 'development' },
        { first: 'production', hint: 'Its credentials say so in their first letters.' },
      ),
    ),
  }
  return (
    <FormDialog
      verb="Create a workload"
      title="Create a workload"
      tone="plain"
      form={form}
      call={create}
    />
  )
}
