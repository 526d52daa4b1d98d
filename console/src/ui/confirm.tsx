import { Dialog } from '@base-ui/react/dialog'
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { Field } from './field.tsx'
import { StepUp, wantsFresh } from './step-up.tsx'

export interface ConfirmProps {
  /** What opens the dialog, and what the deed is called on its last button. */
  readonly verb: string
  readonly title: string
  readonly children: ReactNode
  /** What cannot be undone wants this word typed first. */
  readonly typed?: string
  readonly tone?: 'plain' | 'quiet' | 'danger'
  readonly disabled?: boolean
  readonly pending: boolean
  readonly error: unknown
  /** Resolves when done: the dialog closes. Rejects: it stays, with the refusal in it. */
  readonly onConfirm: () => Promise<unknown>
  readonly onOpen?: () => void
  /** What to do again once a second factor was shown, where that is not to confirm. */
  readonly onFresh?: (() => void) | undefined
}

/** A button that asks before it acts, names what it will do, and stays until the house has answered. */
export function ConfirmDialog(props: ConfirmProps) {
  const { verb, title, children, typed, tone = 'plain', disabled = false, pending, error } = props
  const [open, setOpen] = useState(false)
  const [word, setWord] = useState('')
  const mustShow = wantsFresh(error)
  const isReady = typed === undefined || word.trim() === typed

  async function confirm() {
    try {
      await props.onConfirm()
      setOpen(false)
    } catch {
      // The mutation keeps the refusal; the dialog shows it.
    }
  }

  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (pending) return
        setWord('')
        if (next) props.onOpen?.()
        setOpen(next)
      }}
    >
      <Dialog.Trigger
        className={`button ${tone === 'danger' ? 'quiet danger-text' : tone === 'plain' ? '' : tone}`.trim()}
        disabled={disabled}
      >
        {verb}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">{title}</Dialog.Title>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault()
              if (isReady) void confirm()
            }}
          >
            <Dialog.Description render={<div />} className="stack">
              {children}
            </Dialog.Description>
            {typed !== undefined && (
              <Field label={`Type ${typed} to go on`}>
                {(control) => (
                  <input
                    {...control}
                    value={word}
                    onChange={(event) => setWord(event.target.value)}
                    autoComplete="off"
                    spellCheck={false}
                  />
                )}
              </Field>
            )}
            {!mustShow && <ErrorNotice error={error} />}
            {!mustShow && (
              <div className="row dialog-foot">
                <Dialog.Close className="button quiet" disabled={pending}>
                  Cancel
                </Dialog.Close>
                <Button
                  type="submit"
                  tone={tone === 'danger' ? 'danger' : 'plain'}
                  pending={pending}
                  disabled={!isReady}
                >
                  {verb}
                </Button>
              </div>
            )}
          </form>
          {mustShow && (
            <StepUp onShown={props.onFresh ?? (() => void confirm())}>
              <Dialog.Close className="button quiet">Cancel</Dialog.Close>
            </StepUp>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
