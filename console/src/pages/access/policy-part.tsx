import { useQuery } from '@tanstack/react-query'
import { ActorName, useActors, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { useActions } from './actions.ts'
import type { NewConflict, PolicyTest, Role, RoleConflict } from './shapes.ts'

/** Sentences about rights that every change must leave true, and roles that exclude each other. */
export const PolicyPart = () => (
  <div className="stack">
    <May
      ask="identity.policy.list"
      otherwise={<NotGranted what="policy tests" action="identity.policy.list" />}
    >
      <PolicyTests />
    </May>
    <May ask="identity.conflict.list">
      <Conflicts />
    </May>
  </div>
)

function PolicyTests() {
  const tests = useQuery(ask<Page<PolicyTest>>('/v1/policy-tests'))
  return (
    <Section
      title="Policy tests"
      lead="A sentence about rights. Whatever would make one untrue, a grant, a role, a request, is refused with that sentence."
      does={
        <May ask="identity.policy.add">
          <AddTest />
        </May>
      }
    >
      <Loaded query={tests} what="Reading the policy tests">
        {({ items }) => (
          <DataTable
            caption="Policy tests"
            heads={['Sentence', 'Whom', 'Says', 'Now', { unseen: 'Take away' }]}
            rows={items}
            keyOf={({ policyTestId }) => policyTestId}
            empty={
              <Empty title="No policy test yet">
                <p>Write one above: say, that no workload may ever reveal personal data.</p>
              </Empty>
            }
          >
            {(test) => (
              <>
                <td>{test.sentence}</td>
                <td>
                  <Whom test={test} />
                </td>
                <td>
                  {test.may ? 'must be able to' : 'may never'} <code>{test.action}</code>
                </td>
                <td>
                  <State
                    word={test.holds ? 'holds' : 'untrue'}
                    tone={test.holds ? 'good' : 'bad'}
                  />
                </td>
                <td>
                  <May ask="identity.policy.remove">
                    <RemoveTest test={test} />
                  </May>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

const Whom = ({ test: { subjectKind, subject } }: { readonly test: PolicyTest }) =>
  subjectKind === 'actor' && subject !== null ? (
    <ActorName id={subject} />
  ) : (
    <>{subject === null ? subjectKind : `role ${subject}`}</>
  )

function RemoveTest({ test: { policyTestId, sentence } }: { readonly test: PolicyTest }) {
  const remove = useCall({
    deed: () => call('DELETE', `/v1/policy-tests/${part(policyTestId)}`),
    said: 'The policy test was taken away',
    renews: [keyOf('/v1/policy-tests')],
  })
  return (
    <ConfirmDialog
      verb="Take away"
      title={`Take away “${sentence}”?`}
      tone="danger"
      pending={remove.isPending}
      error={remove.error}
      onOpen={remove.reset}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>From then on nothing keeps it true.</p>
    </ConfirmDialog>
  )
}

interface NewTest {
  readonly sentence: string
  readonly whom: string
  readonly says: 'never' | 'must'
  readonly action: string
  readonly controllerId?: string
}

function AddTest() {
  const { people, programs } = useActors()
  const { controllers } = useControllers()
  const actions = useActions()
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const add = useCall<NewTest>({
    deed: ({ whom, says, controllerId, ...rest }) => {
      const [subjectKind = '', subject] = whom.split(' ')
      const body = {
        ...rest,
        subjectKind,
        subject: subject ?? null,
        may: says === 'must',
        controllerId: controllerId ?? null,
      }
      return call('POST', '/v1/policy-tests', { body })
    },
    said: 'The policy test holds from now on',
    renews: [keyOf('/v1/policy-tests')],
  })
  const rooms = [...new Set(actions.map(({ action }) => `${action.split('.')[0]}.*`))]
  const form: Form<NewTest> = {
    sentence: text('Sentence', { most: 300, placeholder: 'No workload reveals personal data' }),
    whom: choice(
      'Whom',
      Object.fromEntries([
        ['workloads', 'every workload'],
        ['persons', 'every person'],
        ['everybody', 'everybody'],
        ...roles.map(({ name }) => [`role ${name}`, `the role ${name}`]),
        ...people.map(({ personId, name }) => [`actor ${personId}`, name]),
        ...programs.map(({ workloadId, name }) => [`actor ${workloadId}`, `${name} (workload)`]),
      ]) as Record<string, string>,
    ),
    says: choice<'never' | 'must'>(
      'Says',
      { never: 'may never', must: 'must be able to' },
      { first: 'never' },
    ),
    action: choice(
      'Action',
      Object.fromEntries([
        ...rooms.map((room) => [room, `${room} (all of it)`]),
        ...actions.map(({ action, summary }) => [action, `${action}: ${summary}`]),
      ]) as Record<string, string>,
    ),
    controllerId: optional(
      choice(
        'Only for',
        Object.fromEntries(controllers.map(({ controllerId, name }) => [controllerId, name])),
      ),
    ),
  }
  return (
    <FormDialog
      verb="Write a test"
      title="Write a policy test"
      tone="plain"
      form={form}
      call={add}
    />
  )
}

function Conflicts() {
  const conflicts = useQuery(ask<Page<RoleConflict>>('/v1/role-conflicts'))
  return (
    <Section
      title="Roles that exclude each other"
      lead="Nobody may hold both at once: one does the work, the other approves or audits it."
      does={
        <May ask="identity.conflict.add">
          <AddConflict />
        </May>
      }
    >
      <Loaded query={conflicts} what="Reading the conflicts">
        {({ items }) => (
          <DataTable
            caption="Roles that exclude each other"
            heads={['Roles', 'Why', { unseen: 'Allow' }]}
            rows={items}
            keyOf={({ roleA, roleB }) => `${roleA} ${roleB}`}
            empty={
              <Empty title="Any two roles may be held together">
                <p>Say above which may not: auditor and administrator, say.</p>
              </Empty>
            }
          >
            {(conflict) => (
              <>
                <td>
                  {conflict.roleA} and {conflict.roleB}
                </td>
                <td>{conflict.why}</td>
                <td>
                  <May ask="identity.conflict.remove">
                    <Allow conflict={conflict} />
                  </May>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function Allow({ conflict: { roleA, roleB } }: { readonly conflict: RoleConflict }) {
  const allow = useCall({
    deed: () => call('DELETE', `/v1/role-conflicts/${part(roleA)}/${part(roleB)}`),
    said: `One person may hold ${roleA} and ${roleB} again`,
    renews: [keyOf('/v1/role-conflicts')],
  })
  return (
    <ConfirmDialog
      verb="Allow"
      title={`May one person hold ${roleA} and ${roleB}?`}
      tone="danger"
      pending={allow.isPending}
      error={allow.error}
      onOpen={allow.reset}
      onConfirm={() => allow.mutateAsync()}
    >
      <p>It is allowed from the next grant on.</p>
    </ConfirmDialog>
  )
}

interface Excluding {
  readonly one: string
  readonly other: string
  readonly why: string
}

function AddConflict() {
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const names = Object.fromEntries(roles.map(({ name }) => [name, name]))
  const add = useCall<Excluding>({
    deed: ({ one, other, why }) =>
      call('POST', '/v1/role-conflicts', {
        body: { roles: [one, other], why } satisfies NewConflict,
      }),
    said: (_, { one, other }) => `Nobody may hold ${one} and ${other} at once`,
    renews: [keyOf('/v1/role-conflicts')],
  })
  const form: Form<Excluding> = {
    one: choice('One role', names),
    other: choice('The other', names),
    why: text('Why', { most: 300, placeholder: 'Nobody audits their own work.' }),
  }
  return (
    <FormDialog
      verb="Exclude two roles"
      title="Which two may nobody hold at once?"
      form={form}
      call={add}
    />
  )
}
