import { type QueryKey, useQuery } from '@tanstack/react-query'
import { ActorName, useActors } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, type Page, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { choice, long, whole } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { useOwnRole } from './roles.ts'
import type { AccessRequest, GlassHolder, NewGlass } from './shapes.ts'

/** For when nobody who could approve can be reached: two designated people open a role for an hour. */
export function BreakGlass({ renews }: { readonly renews: readonly QueryKey[] }) {
  const seesHolders = useMay('identity.break-glass.list')
  const holders = useQuery({
    ...ask<Page<GlassHolder>>('/v1/break-glass'),
    enabled: seesHolders,
  })
  const waiting = useQuery({
    ...ask<Page<AccessRequest> & { readonly designated: boolean }>('/v1/self/break-glass'),
  })
  const isHolder = waiting.data?.designated === true
  if (!seesHolders && !isHolder) return null
  return (
    <Section
      title="Break-glass"
      lead="When nobody who approves can be reached, two designated people open a role for an hour at most. Everybody who may review it is told at once, and it stays a task until a third person has looked."
      does={
        <>
          {isHolder && <Open renews={renews} />}
          <May ask="identity.break-glass.designate">
            <Designate renews={renews} />
          </May>
        </>
      }
    >
      {waiting.data?.items.map((request) => (
        <Waiting key={request.requestId} request={request} renews={renews} />
      ))}
      {seesHolders && (
        <Loaded query={holders} what="Reading who may open the glass">
          {({ items }) => <Holders items={items} renews={renews} />}
        </Loaded>
      )}
    </Section>
  )
}

function Waiting({
  request: { requestId, personId, personName, role, reason, lapsesAt },
  renews,
}: {
  readonly request: AccessRequest
  readonly renews: readonly QueryKey[]
}) {
  const self = useSelf()
  const confirm = useCall({
    deed: () => call('POST', `/v1/self/break-glass/${part(requestId)}/confirm`),
    said: `${role} is open; everybody who reviews it was told`,
    renews,
  })
  return (
    <section className="sheet row">
      <State word="waits for a second person" tone="bad" />
      <span>
        {personName ?? 'Somebody'} asks to open <strong>{role}</strong>: “{reason}”, until{' '}
        <Time at={lapsesAt} />
      </span>
      {personId !== self?.id && (
        <ConfirmDialog
          verb="Confirm"
          title={`Open ${role} together with ${personName ?? 'them'}?`}
          tone="danger"
          pending={confirm.isPending}
          error={confirm.error}
          onOpen={confirm.reset}
          onConfirm={() => confirm.mutateAsync()}
        >
          <p>Make sure by voice that it is them who ask, and why. Both names go into the trail.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}

const Holders = ({
  items,
  renews,
}: {
  readonly items: readonly GlassHolder[]
  readonly renews: readonly QueryKey[]
}) => (
  <DataTable
    caption="Who may open the glass"
    heads={['Who', 'Designated', 'Last opened', 'Ready', { unseen: 'Take away' }]}
    rows={items}
    keyOf={({ personId }) => personId}
    empty={
      <Empty title="Nobody may open the glass">
        <p>Designate two people at least, best before there is an emergency.</p>
      </Empty>
    }
  >
    {(holder) => (
      <>
        <td>{holder.name ?? <ActorName id={holder.personId} />}</td>
        <td>
          <Time at={holder.designatedAt} /> by <ActorName id={holder.designatedBy} />
        </td>
        <td>{holder.testedAt === null ? 'never' : <Time at={holder.testedAt} />}</td>
        <td>
          <State
            word={holder.enabled && holder.factors > 0 ? 'ready' : 'not ready'}
            tone={holder.enabled && holder.factors > 0 ? 'good' : 'bad'}
          />
        </td>
        <td>
          <May ask="identity.break-glass.undesignate">
            <Undesignate holder={holder} renews={renews} />
          </May>
        </td>
      </>
    )}
  </DataTable>
)

function Undesignate({
  holder: { personId, name },
  renews,
}: {
  readonly holder: GlassHolder
  readonly renews: readonly QueryKey[]
}) {
  const self = useSelf()
  const take = useCall({
    deed: () => call('DELETE', `/v1/break-glass/${part(personId)}`),
    said: `${name ?? 'The person'} opens no glass any more`,
    renews,
  })
  if (self?.id === personId) return <span className="soft">you</span>
  return (
    <ConfirmDialog
      verb="Take away"
      title={`Shall ${name ?? 'this person'} open the glass no more?`}
      tone="danger"
      pending={take.isPending}
      error={take.error}
      onOpen={take.reset}
      onConfirm={() => take.mutateAsync()}
    >
      <p>Their account falls asleep like any other from then on.</p>
    </ConfirmDialog>
  )
}

function Designate({ renews }: { readonly renews: readonly QueryKey[] }) {
  const self = useSelf()
  const { people } = useActors()
  const designate = useCall<{ personId: string }>({
    deed: ({ personId }) => call('PUT', `/v1/break-glass/${part(personId)}`),
    said: 'Designated',
    renews,
  })
  const others = people.filter(
    ({ personId, disabledAt }) => personId !== self?.id && disabledAt === null,
  )
  return (
    <FormDialog
      verb="Designate somebody"
      title="Who may open the glass?"
      lead="They get no right by it: only together with a second designated person, for an hour, and loudly."
      form={{
        personId: choice(
          'Person',
          Object.fromEntries(others.map(({ personId, name }) => [personId, name])),
        ),
      }}
      call={designate}
    />
  )
}

function Open({ renews }: { readonly renews: readonly QueryKey[] }) {
  const role = useOwnRole()
  const open = useCall<NewGlass>({
    deed: (body) => call('POST', '/v1/self/break-glass', { body }),
    said: 'A second designated person has a quarter of an hour to confirm',
    renews,
  })
  const form: Form<NewGlass> = {
    role,
    minutes: whole('For how many minutes', { least: 5, most: 60, first: 30 }),
    reason: long('Why nobody else can', { most: 500 }),
  }
  return (
    <FormDialog
      verb="Break the glass"
      title="Break the glass"
      tone="danger"
      form={form}
      call={open}
    />
  )
}
