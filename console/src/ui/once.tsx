import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import './once.css'

/** A secret that is in this answer and nowhere else, with a button that copies it. */
export function Once({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no')

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied('yes')
    } catch {
      // A browser may deny the clipboard; the text stands there to be marked by hand.
      setCopied('refused')
    }
  }

  return (
    <div className="once">
      <p className="once-label">{label}</p>
      <code className="once-text">{text}</code>
      <div className="row">
        <Button tone="quiet" onClick={() => void copy()}>
          {copied === 'yes' ? <Check aria-hidden /> : <Copy aria-hidden />}
          Copy
        </Button>
        <output className="soft">
          {copied === 'yes' && 'Copied.'}
          {copied === 'refused' &&
            'The browser did not allow it: mark the text and copy it by hand.'}
        </output>
      </div>
    </div>
  )
}
