import { useQuery } from '@tanstack/react-query'
import { useActors, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, long, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { counted } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import type { NewLock, Role } from './shapes.ts'

interface Locking {
  readonly target: string
  readonly network?: string
  readonly reason: string
}

interface Cut {
  readonly sessions: readonly string[]
  readonly credentials: readonly string[]
}

/** Stops somebody at once. In a hurry this must be quick: a name, a reason, done. */
export function SetLock() {
  const self = useSelf()
  const { people, programs } = useActors()
  const { controllers } = useControllers()
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const lock = useCall<Locking, Cut>({
    deed: ({ target, network, reason }) => {
      const [kind, chosen = ''] = target.split(' ') as [NewLock['kind'], string?]
      const id = kind === 'network' ? (network ?? '') : chosen
      return call('POST', '/v1/locks', { body: { kind, id, reason } })
    },
    said: ({ sessions, credentials }) =>
      `Locked: ${counted(sessions.length, 'session')} and ${counted(credentials.length, 'credential')} cut`,
    renews: [keyOf('/v1/locks'), keyOf('/v1/persons'), keyOf('/v1/workloads')],
  })
  const form: Form<Locking> = {
    target: choice(
      'Whom or what',
      Object.fromEntries([
        ...people.map(
          ({ personId, name }) =>
            [`person ${personId}`, personId === self?.id ? `${name} (you)` : name] as const,
        ),
        ...programs.map(
          ({ workloadId, name }) => [`workload ${workloadId}`, `${name} (workload)`] as const,
        ),
        ...roles.map(({ name }) => [`role ${name}`, `the role ${name}`] as const),
        ...controllers.map(
          ({ controllerId, name }) =>
            [`controller ${controllerId}`, `${name} (controller)`] as const,
        ),
        ['network', 'a network, named below'] as const,
      ]),
    ),
    network: optional(
      text('Network', { most: 60, placeholder: '192.0.2.0/24', hint: 'Only to lock a network' }),
    ),
    reason: long('Why', { most: 500, hint: 'Kept sealed, and shown in the list of locks' }),
  }
  return (
    <FormDialog
      verb="Lock somebody"
      title="Lock somebody out at once"
      lead="What stands on it ends within a second; only another person lifts it. The last administrator can be locked too: the operator on the host lifts that."
      tone="danger"
      form={form}
      call={lock}
    />
  )
}
