import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { type Form, starting } from '../../ui/form/entry.ts'
import { text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { actionsEntry } from './action-picker.tsx'
import { type KnownAction, useActions } from './actions.ts'
import { Actions } from './grant-table.tsx'
import { RightsPreview } from './preview.tsx'
import type { NewRole, Role } from './shapes.ts'

/** Names for sets of actions. Those the house came with stay as they are. */
export const RolesPart = () => (
  <May ask="identity.role.list" otherwise={<NotGranted what="roles" action="identity.role.list" />}>
    <Roles />
  </May>
)

function Roles() {
  const roles = useQuery(ask<Page<Role>>('/v1/roles'))
  const actions = useActions()
  return (
    <Section
      title="Roles"
      lead="Privileged: whoever holds it needs a second factor, and the session goes idle sooner."
      does={
        <May ask="identity.role.create">
          <Create known={actions} />
        </May>
      }
    >
      <Loaded query={roles} what="Reading the roles">
        {({ items }) => (
          <DataTable
            caption="Roles"
            heads={['Role', 'Allows', 'Kind', { unseen: 'Change' }]}
            rows={items}
            keyOf={({ name }) => name}
            empty={null}
          >
            {(role) => (
              <>
                <td className="role-name">
                  <strong>{role.name}</strong>
                  <div className="soft">{role.description}</div>
                </td>
                <td>
                  <Actions actions={role.actions} />
                </td>
                <td>
                  <div className="row">
                    {role.privileged && <State word="privileged" tone="warn" />}
                    {role.builtIn && <span className="soft">built in</span>}
                    {role.forWorkloads && <span className="soft">for workloads only</span>}
                  </div>
                </td>
                <td>
                  {!role.builtIn && (
                    <May ask="identity.role.change">
                      <Change role={role} known={actions} />
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

const description = text('What it is for', { most: 300 })

function Create({ known }: { readonly known: readonly KnownAction[] }) {
  const create = useCall<NewRole>({
    deed: (body) => call('POST', '/v1/roles', { body }),
    said: (_, { name }) => `The role ${name} was made`,
    renews: [keyOf('/v1/roles')],
  })
  const form: Form<NewRole> = {
    name: text('Name', {
      most: 50,
      placeholder: 'shop-reader',
      hint: 'Small letters, digits and hyphens',
    }),
    description,
    actions: actionsEntry('What it allows', known),
  }
  return (
    <FormDialog verb="Make a role" title="Make a role" tone="plain" form={form} call={create} />
  )
}

function Change({
  role: { name, ...role },
  known,
}: {
  readonly role: Role
  readonly known: readonly KnownAction[]
}) {
  const change = useCall<Omit<NewRole, 'name'>>({
    deed: (body) => call('PUT', `/v1/roles/${part(name)}`, { body }),
    said: `The role ${name} was changed for all who hold it`,
    renews: [keyOf('/v1/roles'), keyOf('/v1/grants')],
  })
  const form: Form<Omit<NewRole, 'name'>> = {
    description: starting(description, role.description),
    actions: starting(actionsEntry('What it allows', known), role.actions),
  }
  return (
    <FormDialog
      verb="Change"
      title={`Change the role ${name}`}
      lead="It counts for all who hold it, from their next request on."
      form={form}
      call={change}
      preview={previewOf(name, role.description)}
    />
  )
}

const previewOf =
  (name: string, before: string) =>
  ({ description: what = before, actions = [] }: Partial<Omit<NewRole, 'name'>>) =>
    actions.length === 0 ? null : (
      <RightsPreview
        path="/v1/roles/preview"
        body={{ name, description: what === '' ? name : what, actions }}
      />
    )
