import { useQuery } from '@tanstack/react-query'
import { ActorName } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { counted } from '../../ui/figures.ts'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { Actions } from './grant-table.tsx'
import type { DormantAccount, PrivilegeReport } from './shapes.ts'

/** Rights against their use, as the trail tells it. */
export const PrivilegePart = () => (
  <div className="stack">
    <May
      ask="identity.privilege.read"
      otherwise={<NotGranted what="rights against their use" action="identity.privilege.read" />}
    >
      <Privilege />
    </May>
    <May ask="identity.dormant.list">
      <Dormant />
    </May>
  </div>
)

function Privilege() {
  const report = useQuery(ask<PrivilegeReport>('/v1/access/privilege'))
  return (
    <Loaded query={report} what="Holding rights against their use">
      {(found) => (
        <>
          <Section
            title="Unused grants"
            lead={`Nobody used these for ${found.unusedDays} days. Privilege that stands: ${found.privileged.standing}, of which ${found.privileged.standingWithoutEnd} without an end; asked for in time and open now: ${found.privileged.inTime}.`}
            does={
              found.unused.length > 0 && (
                <May ask="identity.privilege.remove">
                  <RemoveAll report={found} />
                </May>
              )
            }
          >
            <Unused report={found} />
          </Section>
          <Section
            title="Roles by use"
            lead="How much of what a role allows anybody who holds it has used. Below a half it is over-broad: make a narrower one from what was used. Uses are counted from the trail every hour."
          >
            <Breadths report={found} />
          </Section>
        </>
      )}
    </Loaded>
  )
}

const renews = [keyOf('/v1/access'), keyOf('/v1/grants'), keyOf('/v1/actors')]

function RemoveAll({ report: { unused, unusedDays } }: { readonly report: PrivilegeReport }) {
  const remove = useCall({
    deed: () =>
      call('POST', '/v1/access/privilege/remove', {
        body: { grantIds: unused.map(({ grantId }) => grantId), unusedDays },
      }),
    said: `${counted(unused.length, 'unused grant')} removed`,
    renews,
  })
  return (
    <ConfirmDialog
      verb={`Remove ${counted(unused.length, 'unused grant')}`}
      title={`Take back ${counted(unused.length, 'grant')} that nobody used?`}
      tone="danger"
      pending={remove.isPending}
      error={remove.error}
      onOpen={remove.reset}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>All or none: one that was used since this page was read keeps all of them.</p>
    </ConfirmDialog>
  )
}

function RemoveOne({
  grantId,
  unusedDays,
}: {
  readonly grantId: string
  readonly unusedDays: number
}) {
  const remove = useCall({
    deed: () =>
      call('POST', '/v1/access/privilege/remove', { body: { grantIds: [grantId], unusedDays } }),
    said: 'The unused grant was removed',
    renews,
  })
  return (
    <ConfirmDialog
      verb="Remove"
      title="Take back this unused grant?"
      tone="danger"
      pending={remove.isPending}
      error={remove.error}
      onOpen={remove.reset}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>It counts no more from the next request on.</p>
    </ConfirmDialog>
  )
}

const Unused = ({ report: { unused, unusedDays } }: { readonly report: PrivilegeReport }) => (
  <DataTable
    caption="Unused grants"
    heads={['Who', 'Role', 'Given', 'Last used', { unseen: 'Remove' }]}
    rows={unused}
    keyOf={({ grantId }) => grantId}
    empty={
      <Empty title="Every grant is used">
        <p>Whatever nobody uses for {unusedDays} days is proposed here for removal.</p>
      </Empty>
    }
  >
    {(grant) => (
      <>
        <td>
          {grant.actorName ?? <ActorName id={grant.actorId} />}
          <div className="soft">{grant.actorKind}</div>
        </td>
        <td>
          {grant.role} {grant.privileged && <State word="privileged" tone="warn" />}
        </td>
        <td>
          <Time at={grant.createdAt} />
        </td>
        <td>{grant.lastUsedAt === null ? 'never' : <Time at={grant.lastUsedAt} />}</td>
        <td>
          <May ask="identity.privilege.remove">
            <RemoveOne grantId={grant.grantId} unusedDays={unusedDays} />
          </May>
        </td>
      </>
    )}
  </DataTable>
)

const Breadths = ({ report: { roles } }: { readonly report: PrivilegeReport }) => (
  <DataTable
    caption="Roles by use"
    heads={['Role', 'Grants', 'Used of granted', 'State', 'What was used']}
    rows={roles}
    keyOf={({ role }) => role}
    empty={
      <Empty title="No role is in anybody’s hands">
        <p>Give a grant under Grants.</p>
      </Empty>
    }
  >
    {({ role, holders, used, granted, share, overBroad, usedActions }) => (
      <>
        <td>{role}</td>
        <td>{holders}</td>
        <td>
          {used} of {granted} actions, {Math.round(share * 100)} %
        </td>
        <td>
          {used === 0 ? (
            <State word="not used yet" tone="plain" />
          ) : (
            <State word={overBroad ? 'over-broad' : 'used'} tone={overBroad ? 'warn' : 'good'} />
          )}
        </td>
        <td>
          {usedActions.length === 0 ? (
            <span className="soft">nothing yet</span>
          ) : (
            <details className="actions-of">
              <summary>{counted(usedActions.length, 'action')}</summary>
              <Actions actions={usedActions} />
            </details>
          )}
        </td>
      </>
    )}
  </DataTable>
)

function Dormant() {
  const dormant = useQuery(ask<Page<DormantAccount>>('/v1/access/dormant'))
  return (
    <Section
      title="Dormant accounts"
      lead="Used or never used: after 76 days without use somebody is told, after 90 the account is disabled and its sessions ended. Break-glass accounts are exempt, and looked at instead."
    >
      <Loaded query={dormant} what="Looking for sleepers">
        {({ items }) => (
          <DataTable
            caption="Dormant accounts"
            heads={['Account', 'Last used', 'Told', 'Disabled from']}
            rows={items}
            keyOf={({ actorId }) => actorId}
            empty={
              <Empty title="Nobody sleeps">
                <p>Every enabled account was used or made in the last 76 days.</p>
              </Empty>
            }
          >
            {(account) => (
              <>
                <td>
                  {account.actorName ?? <ActorName id={account.actorId} />}
                  <div className="soft">{account.actorKind}</div>
                </td>
                <td>{account.lastUsedAt === null ? 'never' : <Time at={account.lastUsedAt} />}</td>
                <td>{account.warnedAt === null ? 'not yet' : <Time at={account.warnedAt} />}</td>
                <td>
                  {account.disabledFrom === null ? (
                    <State word="exempt: break-glass" tone="plain" />
                  ) : (
                    <Time at={account.disabledFrom} />
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
