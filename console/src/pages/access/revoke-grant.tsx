import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { mayAsk, useSelf } from '../../self.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Grant } from './shapes.ts'

/** Takes a grant back: it counts no more from the holder's next request on. */
export function RevokeGrant({
  grant: { grantId, actorId, actorName, role },
}: {
  readonly grant: Pick<Grant, 'grantId' | 'actorId' | 'role'> & { readonly actorName?: string }
}) {
  const self = useSelf()
  const revoke = useCall({
    deed: () => call('DELETE', `/v1/grants/${part(grantId)}`),
    said: `${role} was taken back`,
    renews: [keyOf('/v1/grants'), keyOf('/v1/access'), keyOf('/v1/actors')],
  })
  if (self?.id === actorId) return <span className="soft">your own</span>
  if (!mayAsk(self, 'identity.grant.revoke')) return null
  return (
    <ConfirmDialog
      verb="Revoke"
      title={`Take ${role} back from ${actorName ?? 'this workload'}?`}
      tone="danger"
      pending={revoke.isPending}
      error={revoke.error}
      onOpen={revoke.reset}
      onConfirm={() => revoke.mutateAsync()}
    >
      <p>It counts no more from the next request on. A grant is not given back by itself.</p>
    </ConfirmDialog>
  )
}
