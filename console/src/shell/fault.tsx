import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'

/** A page that could not be shown: what was said, and the way to try again. */
export function Fault({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page stack">
      <h1>This page could not be shown</h1>
      <ErrorNotice error={error} />
      <div>
        <Button
          onClick={() => {
            reset()
            globalThis.location.reload()
          }}
        >
          Try again
        </Button>
      </div>
    </div>
  )
}
