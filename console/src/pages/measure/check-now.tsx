import { RefreshCw } from 'lucide-react'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Observation } from './wire.ts'

/** Runs the check now. It may take a minute; the house answers when it has looked. */
export function CheckNow({ measureId }: { readonly measureId: string }) {
  const check = useCall<void, Observation>({
    deed: () => call('POST', `/v1/measures/${encodeURIComponent(measureId)}/check`),
    said: ({ finding }) => `Checked: ${finding}`,
    renews: [['measure', measureId], ['annex']],
  })
  return (
    <div className="stack">
      <Button pending={check.isPending} onClick={() => check.mutate()}>
        <RefreshCw aria-hidden />
        {check.isPending ? 'Checking …' : 'Check now'}
      </Button>
      <ErrorNotice error={check.error} />
    </div>
  )
}
