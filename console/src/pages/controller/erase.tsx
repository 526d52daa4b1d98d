import { call } from '../../api.ts'
import { keyOf, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Certificate, type FoundSubject, type PartProps, pathOf } from './shapes.ts'

/** Destroys a subject's key. Nothing brings it back. */
export function Erase({
  controller: { controllerId },
  why,
  subject: { subjectId, ordinal },
  isHeld,
  onErased,
}: PartProps & {
  readonly subject: FoundSubject
  readonly isHeld: boolean
  readonly onErased: (certificate: Certificate, entryId: string | undefined) => void
}) {
  const path = `${pathOf(controllerId)}/subjects`
  const erase = useCall<void, Certificate>({
    deed: () => call('DELETE', `${path}/${part(subjectId)}`, { reason: why.reason }),
    said: `Subject number ${ordinal} was erased`,
    // Lists of controllers count their subjects.
    renews: [keyOf('/v1/controllers')],
  })
  const hasReason = why.reason.trim() !== ''
  return (
    <>
      <ConfirmDialog
        verb="Erase"
        title={`Erase subject number ${ordinal} for ever?`}
        tone="danger"
        typed={`erase ${ordinal}`}
        disabled={!hasReason || isHeld}
        pending={erase.isPending}
        error={erase.error}
        onOpen={erase.reset}
        onConfirm={async () => {
          const { value, entryId } = await erase.mutateAsync()
          onErased(value, entryId)
        }}
      >
        <p>
          All records of this subject are deleted and its key is destroyed. Nothing brings them
          back. You get a certificate with the day by which the last backup has lost them.
        </p>
        <p>
          Reason: <q>{why.reason}</q>
        </p>
      </ConfirmDialog>
      {isHeld && <span className="soft">A legal hold keeps it from being erased.</span>}
      {!isHeld && !hasReason && (
        <span className="soft">Erasing, restricting and holding need a reason.</span>
      )}
    </>
  )
}
