import { useQuery } from '@tanstack/react-query'
import { ActorName, useActors } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { counted } from '../../ui/figures.ts'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { SetLock } from './set-lock.tsx'
import type { Lock } from './shapes.ts'

/** Who was stopped, and what was cut with it. */
export const LocksPart = () => (
  <May ask="identity.lock.list" otherwise={<NotGranted what="locks" action="identity.lock.list" />}>
    <Locks />
  </May>
)

function Locks() {
  const locks = useQuery(ask<Page<Lock>>('/v1/locks'))
  return (
    <Section
      title="Locks"
      lead="A lock ends every session, revokes every credential, and lets nothing new in until somebody else lifts it."
      does={
        <May ask="identity.lock.set">
          <SetLock />
        </May>
      }
    >
      <Loaded query={locks} what="Reading the locks">
        {({ items }) => (
          <DataTable
            caption="Locks"
            heads={['Who', 'Because', 'By', 'Since', 'Cut', { unseen: 'Lift' }]}
            rows={items}
            keyOf={({ id }) => id}
            empty={
              <Empty title="Nobody is locked">
                <p>
                  Lock a person or a workload when you suspect that somebody else acts in their
                  name. Incidents set locks by themselves when they contain.
                </p>
              </Empty>
            }
          >
            {(lock) => (
              <>
                <td>
                  <ActorName id={lock.id} />
                  <div className="soft">{lock.kind}</div>
                </td>
                <td>{lock.reason}</td>
                <td>
                  <ActorName id={lock.lockedBy} />
                </td>
                <td>
                  <Time at={lock.lockedAt} />
                </td>
                <td>
                  {counted(lock.sessions.length, 'session')},{' '}
                  {counted(lock.credentials.length, 'credential')}
                </td>
                <td>
                  <May ask="identity.lock.lift">
                    <Lift lock={lock} />
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

function Lift({ lock: { kind, id } }: { readonly lock: Lock }) {
  const name = useActors().nameOf(id)
  const lift = useCall({
    deed: () => call('DELETE', `/v1/locks/${kind}/${part(id)}`),
    said: 'The lock was lifted',
    renews: [keyOf('/v1/locks'), keyOf(`/v1/${kind}s`)],
  })
  return (
    <ConfirmDialog
      verb="Lift"
      title={`Let ${name ?? `this ${kind}`} in again?`}
      tone="danger"
      typed={name ?? 'lift'}
      pending={lift.isPending}
      error={lift.error}
      onOpen={lift.reset}
      onConfirm={() => lift.mutateAsync()}
    >
      <p>
        What was cut stays cut:{' '}
        {kind === 'person' ? 'they sign in again' : 'it needs a new credential'}. From then on
        everything its grants allow is allowed again.
      </p>
    </ConfirmDialog>
  )
}
