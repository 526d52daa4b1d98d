import { ShieldCheck } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { countText } from '../../ui/figures.ts'
import { linesOf } from '../../streams.ts'
import type { Report } from './shapes.ts'
import { VerifyReport } from './verify-report.tsx'

interface Progress {
  readonly log: string
  readonly checked: number
  readonly of: number
}

type Line = Progress | { readonly report: Report }

/** Recomputes every leaf and every tree, and says what it found. */
export function VerifyNow() {
  const [progress, setProgress] = useState<Progress>()
  const [report, setReport] = useState<{ readonly report: Report; readonly at: string }>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const stop = useRef<AbortController>(undefined)

  useEffect(() => () => stop.current?.abort(), [])

  async function verify() {
    const controller = new AbortController()
    stop.current = controller
    setBusy(true)
    setError(undefined)
    setReport(undefined)
    setProgress(undefined)
    try {
      for await (const line of linesOf<Line>('/v1/trail/verify', controller.signal))
        if ('report' in line) setReport({ report: line.report, at: new Date().toISOString() })
        else setProgress(line)
    } catch (caught) {
      if (!controller.signal.aborted) setError(caught)
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className="sheet stack">
      <div className="row spread">
        <h2>Verify</h2>
        <div className="row">
          {busy && (
            <Button tone="quiet" onClick={() => stop.current?.abort()}>
              Stop
            </Button>
          )}
          <Button pending={busy} onClick={() => void verify()}>
            {!busy && <ShieldCheck aria-hidden />}
            {busy ? 'Verifying …' : 'Verify now'}
          </Button>
        </div>
      </div>
      {!busy && report === undefined && error === undefined && (
        <p>
          Recomputes every leaf from its entry and every tree from its leaves, and names the first
          entry that is not what it was. On the host: <code>holdfast trail verify</code>
        </p>
      )}
      {busy && <Bar progress={progress} />}
      <ErrorNotice error={error} />
      {report !== undefined && <VerifyReport {...report} />}
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
