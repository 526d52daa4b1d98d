import { Copy, Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { save } from '../../ui/save.ts'

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
  const [copied, setCopied] = useState<boolean>()
  const text = `Recovery codes for ${processorName || globalThis.location.host} (Holdfast), each good once:\n\n${codes.join('\n')}\n`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      setCopied(false)
    }
  }
  return (
    <div className="stack">
      <p>
        Each of these codes stands in for your second factor, once. They are shown now and never
        again: keep them where your phone is not.
      </p>
      <ol className="codes mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="row">
        <Button tone="quiet" onClick={() => void copy()}>
          <Copy aria-hidden />
          Copy
        </Button>
        <Button
          tone="quiet"
          onClick={() =>
            save('holdfast-recovery-codes.txt', new Blob([text], { type: 'text/plain' }))
          }
        >
          <Download aria-hidden />
          Download
        </Button>
        <output className="soft">
          {copied === true && 'Copied.'}
          {copied === false && 'The browser does not let this page copy. Download them.'}
        </output>
      </div>
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
