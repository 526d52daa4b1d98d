import { useQuery } from '@tanstack/react-query'
import { ActorName, ControllerLink, useActors } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page, part } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { shortId } from '../../ui/tellings.tsx'
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
      lead="A lock stands on a person, workload, session, role, network or controller. What stands on it ends within a second, running requests too, and nothing new comes in until somebody else lifts it."
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
                  <LockedName lock={lock} />
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
                  {lock.requests.length > 0 && (
                    <details className="actions-of">
                      <summary>{counted(lock.requests.length, 'running request')}</summary>
                      <ul className="tags">
                        {lock.requests.map(({ at, action, ranMs }) => (
                          <li key={`${at} ${action}`}>
                            <code>{action}</code> after {(ranMs / 1000).toFixed(1)} s
                          </li>
                        ))}
                      </ul>
                    </details>
                  )}
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

function LockedName({ lock: { kind, id } }: { readonly lock: Lock }) {
  if (kind === 'person' || kind === 'workload') return <ActorName id={id} />
  if (kind === 'controller') return <ControllerLink id={id} />
  return <span className="mono">{kind === 'session' ? shortId(id) : id}</span>
}

function Lift({ lock: { kind, id, lockedBy } }: { readonly lock: Lock }) {
  const self = useSelf()
  const name = useActors().nameOf(id) ?? (kind === 'role' || kind === 'network' ? id : undefined)
  const lift = useCall({
    deed: () => call('DELETE', `/v1/locks/${kind}/${part(id)}`),
    said: 'The lock was lifted',
    renews: [keyOf('/v1/locks'), keyOf('/v1/persons'), keyOf('/v1/workloads')],
  })
  if (lockedBy === self?.id) return <span className="soft">yours; somebody else lifts it</span>
  return (
    <ConfirmDialog
      verb="Lift"
      title={`Lift the lock on ${name ?? `this ${kind}`}?`}
      tone="danger"
      typed={name ?? 'lift'}
      pending={lift.isPending}
      error={lift.error}
      onOpen={lift.reset}
      onConfirm={() => lift.mutateAsync()}
    >
      <p>
        What was cut stays cut:{' '}
        {kind === 'workload' ? 'it needs a new credential' : 'people sign in again'}. From then on
        everything its grants allow is allowed again.
      </p>
    </ConfirmDialog>
  )
}
