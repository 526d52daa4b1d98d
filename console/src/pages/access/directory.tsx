import { useQuery } from '@tanstack/react-query'
import type { Workload } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, askAll, keyOf, part } from '../../ask.ts'
import { Command, Empty } from '../../ui/empty.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import {
  type DirectoryGroups,
  linesOf,
  type Provider,
  providersPath,
  providersRenew,
  rolesIn,
} from './providers.ts'

/** The groups of one provider: which roles they bring, and which its directory has written. */
export function Directory({ provider }: { readonly provider: Provider }) {
  const path = `${providersPath}/${part(provider.providerId)}`
  const groups = useQuery(ask<DirectoryGroups>(`${path}/groups`))
  const workloads = useQuery(askAll<Workload>('/v1/workloads'))
  const directory = workloads.data?.find(({ workloadId }) => workloadId === provider.directoryId)
  const address = `${globalThis.location.origin}/scim/v2`
  return (
    <Section
      title={`Groups of ${provider.name}`}
      lead={
        provider.directoryId === null ? (
          'No directory keeps them: roles follow the groups the provider names at each sign-in.'
        ) : (
          <>
            {directory?.name ?? 'A workload'} keeps its people and groups here, by SCIM at{' '}
            <code>{address}</code>.
          </>
        )
      }
      does={
        <>
          <May ask="identity.provider.map">
            <MapGroups path={path} provider={provider} />
          </May>
          <May ask="identity.provider.direct">
            <NameDirectory path={path} provider={provider} workloads={workloads.data ?? []} />
          </May>
        </>
      }
    >
      <Loaded query={groups} what="Reading the groups">
        {({ items }) => (
          <DataTable
            caption={`Groups of ${provider.name}`}
            heads={['Group', 'Roles', 'Members', 'Changed']}
            rows={items}
            keyOf={({ groupId }) => groupId}
            empty={
              <Empty title="No directory has written a group yet">
                <p>
                  Create a workload, grant it the role directory and issue a credential; name it
                  above, then give your directory the address <code>{address}</code> and the token.
                  Look whether it is heard, with the line <code>authorization: Bearer hf_…</code> in
                  a file:
                </p>
                <Command>{`curl -H @token-header.txt ${address}/Users`}</Command>
              </Empty>
            }
          >
            {({ displayName, externalId, roles, members, changedAt }) => (
              <>
                <td>
                  {displayName}
                  {externalId !== null && <div className="soft mono">{externalId}</div>}
                </td>
                <td>
                  {roles.length === 0 ? <span className="soft">none</span> : roles.join(', ')}
                </td>
                <td>{members}</td>
                <td>
                  <Time at={changedAt} />
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

interface AtProvider {
  readonly path: string
  readonly provider: Provider
}

const renewsOf = (path: string) => [...providersRenew, keyOf(path), keyOf('/v1/grants')]

function MapGroups({ path, provider }: AtProvider) {
  const map = useCall<{ readonly lines?: string }>({
    deed: async ({ lines = '' }) =>
      call('PUT', `${path}/group-roles`, { body: { groupRoles: rolesIn(lines) } }),
    said: `Groups of ${provider.name} mapped`,
    renews: renewsOf(path),
  })
  const form: Form<{ readonly lines?: string }> = {
    lines: starting(
      optional(
        long('Roles by group', {
          hint: 'One group a line, by its name or by the id its directory gives it: group = role, role',
          most: 5000,
        }),
      ),
      linesOf(provider.groupRoles),
    ),
  }
  return (
    <FormDialog
      verb="Map groups"
      title={`Map the groups of ${provider.name}`}
      lead="Whom its directory keeps gains and loses roles at once, all others at their next sign-in. A directory gives nothing beyond this."
      form={form}
      call={map}
    />
  )
}

interface Naming {
  readonly workloadId?: string
}

function NameDirectory({
  path,
  provider,
  workloads,
}: AtProvider & { readonly workloads: readonly Workload[] }) {
  const name = useCall<Naming>({
    deed: ({ workloadId = null }: { readonly workloadId?: string | null }) =>
      call('PUT', `${path}/directory`, { body: { workloadId } }),
    said: `Directory of ${provider.name} named`,
    renews: renewsOf(path),
  })
  const standing = workloads.filter(({ disabledAt }) => disabledAt === null)
  const options = Object.fromEntries(standing.map((each) => [each.workloadId, each.name]))
  const form: Form<Naming> = {
    workloadId: starting(
      optional(choice('Workload', options, { hint: 'It needs a role that allows it: directory' })),
      provider.directoryId ?? undefined,
    ),
  }
  return (
    <FormDialog
      verb="Name the directory"
      title={`Name the directory of ${provider.name}`}
      lead="A workload that keeps its people and groups here, by SCIM. It sees and changes only whom the provider's terms let it, and never who may open the glass."
      form={form}
      call={name}
    />
  )
}
