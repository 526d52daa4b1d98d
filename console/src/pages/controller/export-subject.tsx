import { Download } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { type FoundSubject, isWhole, type PartProps } from './shapes.ts'
import { useExport } from './use-export.ts'

/** A copy of everything about one subject (GDPR Art. 15 and 20). */
export function ExportSubject({
  controller: { controllerId },
  why,
  subject: { subjectId },
}: PartProps & { readonly subject: FoundSubject }) {
  const { run } = useExport()
  const query = new URLSearchParams({ subjectId })
  const start = () => run.mutate({ ...why, controllerId, query, format: 'ndjson' })
  return (
    <>
      <Button tone="quiet" pending={run.isPending} disabled={!isWhole(why)} onClick={start}>
        {!run.isPending && <Download aria-hidden />}
        Export this subject
      </Button>
      {wantsFresh(run.error) ? <StepUp onShown={start} /> : <ErrorNotice error={run.error} />}
    </>
  )
}
