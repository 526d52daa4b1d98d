import { call, Refused } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { PartProps } from './shapes.ts'
import { exportRequestsPath } from './use-approved.ts'

export const wantsSecond = (error: unknown): boolean =>
  error instanceof Refused &&
  (error.code === 'vault.approval-needed' || error.code === 'vault.approval-unusable')

/** Asks a second person for the export that was just refused. */
export function AskApproval({
  controller: { controllerId },
  why: { purpose, reason },
  categories,
}: PartProps & { readonly categories: readonly string[] }) {
  const path = exportRequestsPath(controllerId)
  const asking = useCall({
    deed: () => call('POST', path, { body: { categories }, purpose, reason }),
    said: 'The request stands below, for a second person',
    renews: [keyOf(path)],
  })
  return (
    <div className="stack">
      <ErrorNotice error={asking.error} />
      {asking.data === undefined ? (
        <div>
          <Button tone="quiet" pending={asking.isPending} onClick={() => asking.mutate()}>
            Ask a second person
          </Button>
        </div>
      ) : (
        <p className="soft">
          Asked, and whoever may decide is told; it stands under Exports by two for a week. Once
          approved, export again with the same categories.
        </p>
      )}
    </div>
  )
}
