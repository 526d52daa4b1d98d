import { Dialog } from '@base-ui/react/dialog'
import type { UseMutationResult } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Told } from '../../api.ts'
import { Button } from '../button.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { StepUp, wantsFresh } from '../step-up.tsx'
import { bodyOf, emptyIn, firstOf, type Form } from './entry.ts'
import { FormFields } from './form-fields.tsx'

interface FormDialogProps<Body extends object, T> {
  /** What opens the dialog, and what the deed is called on its last button. */
  readonly verb: string
  readonly title: string
  readonly lead?: ReactNode
  readonly form: Form<Body>
  readonly tone?: 'plain' | 'quiet' | 'danger'
  readonly call: UseMutationResult<Told<T>, Error, Body>
  /** Shown under the form while it is filled: what it would do. */
  readonly preview?: (values: Partial<Body>) => ReactNode
  /** What the answer says that is said only once; the dialog stays open with it. */
  readonly children?: (value: T) => ReactNode
}

/** A button that opens a form. The form stays until the house has answered; a refusal stands in it. */
export function FormDialog<Body extends object, T>(props: FormDialogProps<Body, T>) {
  const { verb, title, lead, form, tone = 'quiet', call, preview, children } = props
  const [open, setOpen] = useState(false)
  const [values, setValues] = useState<Partial<Body>>({})
  const [missing, setMissing] = useState<readonly string[]>([])
  const [answer, setAnswer] = useState<{ readonly value: T }>()

  const mustShow = wantsFresh(call.error)

  async function send() {
    const empty = emptyIn(form, values)
    setMissing(empty)
    if (empty.length > 0) return
    try {
      const { value } = await call.mutateAsync(bodyOf(values))
      if (children === undefined) setOpen(false)
      else setAnswer({ value })
    } catch {
      // The mutation keeps the refusal; the dialog shows it.
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send()
  }

  return (
    <Dialog.Root
      open={open}
      disablePointerDismissal
      onOpenChange={(next, { reason }) => {
        if (call.isPending) return
        // What is said only once must not go by a slip of the hand.
        if (answer !== undefined && reason === 'escape-key') return
        call.reset()
        setMissing([])
        setAnswer(undefined)
        setValues(firstOf(form))
        setOpen(next)
      }}
    >
      <Dialog.Trigger className={`button ${tone === 'danger' ? 'quiet danger-text' : tone}`}>
        {verb}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">{title}</Dialog.Title>
          {answer === undefined || children === undefined ? (
            <form className="stack dialog-form" onSubmit={submit}>
              {lead !== undefined && <Dialog.Description>{lead}</Dialog.Description>}
              <FormFields form={form} values={values} missing={missing} onChange={setValues} />
              {preview?.(bodyOf(values))}
              {!mustShow && <ErrorNotice error={call.error} />}
              {!mustShow && (
                <div className="row dialog-foot">
                  <Dialog.Close className="button quiet" disabled={call.isPending}>
                    Cancel
                  </Dialog.Close>
                  <Button
                    type="submit"
                    tone={tone === 'danger' ? 'danger' : 'plain'}
                    pending={call.isPending}
                  >
                    {verb}
                  </Button>
                </div>
              )}
            </form>
          ) : (
            <div className="stack">
              {children(answer.value)}
              <div className="row dialog-foot">
                <Dialog.Close className="button">I have it</Dialog.Close>
              </div>
            </div>
          )}
          {mustShow && (
            <StepUp onShown={() => void send()}>
              <Dialog.Close className="button quiet">Cancel</Dialog.Close>
            </StepUp>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
