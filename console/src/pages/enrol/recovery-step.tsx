import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { CodesOnce } from '../../ui/codes-once.tsx'

/** Last step: codes for the day the phone is gone. The house keeps only what proves them. */
export function RecoveryStep({
  codes,
  processorName,
  onDone,
}: {
  readonly codes: readonly string[]
  readonly processorName: string
  readonly onDone: () => void
}) {
  const [kept, setKept] = useState(false)
  return (
    <div className="stack">
      <CodesOnce codes={codes} processorName={processorName} />
      <label className="row check">
        <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} />
        I have kept them.
      </label>
      <div>
        <Button disabled={!kept} onClick={onDone}>
          Go to the overview
        </Button>
      </div>
    </div>
  )
}
