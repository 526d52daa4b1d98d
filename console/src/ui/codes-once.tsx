import { Copy, Download } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { save } from './save.ts'
import './secrets.css'

/** Recovery codes, said once, to be copied or downloaded. */
export function CodesOnce({
  codes,
  processorName,
}: {
  readonly codes: readonly string[]
  readonly processorName?: string
}) {
  const [copied, setCopied] = useState<boolean>()
  const whose = processorName || globalThis.location.host
  const text = `Recovery codes for ${whose} (Holdfast), each good once:\n\n${codes.join('\n')}\n`
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      setCopied(false)
    }
  }
  return (
    <>
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
    </>
  )
}
