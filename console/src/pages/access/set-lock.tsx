import { useActors } from '../../actors.tsx'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import type { Form } from '../../ui/form/entry.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { counted } from '../../ui/figures.ts'
import { useCall } from '../../ui/use-call.ts'
import type { NewLock } from './shapes.ts'

interface Locking {
  readonly actor: string
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
  const lock = useCall<Locking, Cut>({
    deed: ({ actor, reason }) => {
      const [kind, id] = actor.split(' ') as [NewLock['kind'], string]
      return call('POST', '/v1/locks', { body: { kind, id, reason } })
    },
    said: ({ sessions, credentials }) =>
      `Locked: ${counted(sessions.length, 'session')} and ${counted(credentials.length, 'credential')} cut`,
    renews: [keyOf('/v1/locks'), keyOf('/v1/persons'), keyOf('/v1/workloads')],
  })
  const form: Form<Locking> = {
    actor: choice(
      'Whom',
      Object.fromEntries([
        ...people.map(
          ({ personId, name }) =>
            [`person ${personId}`, personId === self?.id ? `${name} (you)` : name] as const,
        ),
        ...programs.map(
          ({ workloadId, name }) => [`workload ${workloadId}`, `${name} (workload)`] as const,
        ),
      ]),
    ),
    reason: long('Why', { most: 500, hint: 'Kept sealed, and shown in the list of locks' }),
  }
  return (
    <FormDialog
      verb="Lock somebody"
      title="Lock somebody out at once"
      lead="Every session ends and every credential is revoked; only another person lifts it. The last administrator can be locked too: the operator on the host lifts that."
      tone="danger"
      form={form}
      call={lock}
    />
  )
}
