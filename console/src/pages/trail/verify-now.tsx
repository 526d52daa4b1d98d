import { ShieldCheck } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { countText } from '../../ui/figures.ts'
import { useReport } from '../../ui/use-report.ts'
import type { Report } from './shapes.ts'
import { VerifyReport } from './verify-report.tsx'

interface Progress {
  readonly log: string
  readonly checked: number
  readonly of: number
}

/** Recomputes every leaf and every tree, and says what it found. */
export function VerifyNow() {
  const { progress, told, error, isBusy, run, stop } = useReport<Progress, Report>(
    '/v1/trail/verify',
  )

  return (
    <section className="sheet stack">
      <div className="row spread">
        <h2>Verify</h2>
        <div className="row">
          {isBusy && (
            <Button tone="quiet" onClick={stop}>
              Stop
            </Button>
          )}
          <Button pending={isBusy} onClick={() => void run()}>
            {!isBusy && <ShieldCheck aria-hidden />}
            {isBusy ? 'Verifying …' : 'Verify now'}
          </Button>
        </div>
      </div>
      {!isBusy && told === undefined && error === undefined && (
        <p>
          Recomputes every leaf from its entry and every tree from its leaves, and names the first
          entry that is not what it was. On the host: <code>holdfast trail verify</code>
        </p>
      )}
      {isBusy && <Bar progress={progress} />}
      <ErrorNotice error={error} />
      {told !== undefined && <VerifyReport {...told} />}
    </section>
  )
}

const Bar = ({ progress }: { readonly progress: Progress | undefined }) => (
  <div className="stack">
    <progress
      aria-label="Leaves recomputed"
      {...(progress === undefined
        ? {}
        : { value: progress.checked, max: Math.max(1, progress.of) })}
    />
    <p className="soft">
      {progress === undefined
        ? 'Beginning …'
        : `${countText(progress.checked)} of ${countText(progress.of)} leaves`}
    </p>
  </div>
)
