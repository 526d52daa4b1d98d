import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useMay } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'

/** Switches an account off, or on again. */
export function SwitchAccount({
  kind,
  id,
  name,
  isOff,
}: {
  readonly kind: 'person' | 'workload'
  readonly id: string
  readonly name: string
  readonly isOff: boolean
}) {
  const verb = isOff ? 'enable' : 'disable'
  const isAllowed = useMay(`identity.${kind}.${verb}`)
  const path = `/v1/${kind}s`
  const change = useCall({
    deed: () => call('POST', `${path}/${part(id)}/${verb}`),
    said: `${name} is ${isOff ? 'enabled again' : 'disabled'}`,
    renews: [keyOf(path)],
  })
  if (!isAllowed) return null
  const ends =
    kind === 'person' ? 'All sessions end at once.' : 'Its credentials are refused at once.'
  return (
    <ConfirmDialog
      verb={isOff ? 'Enable' : 'Disable'}
      title={`${isOff ? 'Enable' : 'Disable'} ${name}?`}
      tone={isOff ? 'quiet' : 'danger'}
      pending={change.isPending}
      error={change.error}
      onOpen={change.reset}
      onConfirm={() => change.mutateAsync()}
    >
      <p>
        {isOff
          ? 'The account works again, with the grants it has.'
          : `${ends} Grants stay as they are, and count for nothing until the account is enabled again.`}
      </p>
    </ConfirmDialog>
  )
}
