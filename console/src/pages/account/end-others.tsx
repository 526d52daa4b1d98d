import { call } from '../../api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useCall } from '../../ui/use-call.ts'

/** Ends every session but this one. */
export function EndOthers({
  count,
  renewed,
}: {
  readonly count: number
  readonly renewed: readonly string[]
}) {
  const end = useCall<void, { sessionsEnded: number }>({
    deed: () => call('DELETE', '/v1/self/sessions'),
    said: ({ sessionsEnded }) => `${sessionsEnded} sessions ended`,
    renews: [renewed],
  })
  if (count === 0) return null
  return (
    <ConfirmDialog
      verb="End all others"
      title="End every session but this one?"
      tone="quiet"
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutateAsync()}
    >
      <p>Whoever is signed in elsewhere as you has to sign in again.</p>
    </ConfirmDialog>
  )
}
