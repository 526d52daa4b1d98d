import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api.ts'
import { ask } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { useMay } from '../../ui/may.tsx'
import { tell } from '../../ui/tellings.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { renewsOf, type StepProps } from './request-words.tsx'
import type { Letter } from './shapes.ts'

/** Passes a request on: the letter as it stands, mailed from here, or sent by another way and written down. */
export function Forward(props: StepProps) {
  const [open, setOpen] = useState(false)
  const again = props.request.state === 'forwarded'
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className={`button ${again ? 'quiet' : ''}`.trim()}>
        {again ? 'Forward again' : 'Forward'}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">Pass it on to the controller</Dialog.Title>
          <div className="stack">
            <Dialog.Description>
              The decision is the controller’s (GDPR Art. 28(3)(e)). This is the letter; whichever
              way it goes, the request says so.
            </Dialog.Description>
            <LetterFor {...props} onDone={() => setOpen(false)} />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function LetterFor({ onDone, ...props }: StepProps & { readonly onDone: () => void }) {
  const [words, setWords] = useState(false)
  const letter = useQuery(ask<Letter>(`${props.path}/letter`, words ? { words } : {}))
  return (
    <>
      <label className="pick">
        <input
          type="checkbox"
          checked={words}
          onChange={({ target }) => setWords(target.checked)}
        />
        With what was asked, word for word, and the controller’s own key of the person
      </label>
      {words && (
        <p className="soft">
          The letter now names a person. Mail is encrypted to the first server only.
        </p>
      )}
      <Loaded query={letter} what="Writing the letter">
        {(read) => (
          <>
            <dl className="kv">
              <dt>To</dt>
              <dd>{read.to.join(', ')}</dd>
              <dt>Subject</dt>
              <dd>{read.subject}</dd>
            </dl>
            <pre className="letter">{read.text}</pre>
            <Ways {...props} letter={read} words={words} onDone={onDone} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Ways({
  letter,
  words,
  onDone,
  ...props
}: StepProps & { readonly letter: Letter; readonly words: boolean; readonly onDone: () => void }) {
  const [how, setHow] = useState('')
  const mayMail = useMay('vault.request.mail')
  const mail = useCall({
    deed: () => call('POST', `${props.path}/mail`, { body: { words } }),
    said: 'The request is mailed to the controller',
    renews: renewsOf(props),
  })
  const note = useCall({
    deed: () => call('POST', `${props.path}/forward`, { body: { how } }),
    said: 'It is written down that the request was forwarded',
    renews: renewsOf(props),
  })
  const pending = mail.isPending || note.isPending
  const close = { onSuccess: onDone }
  return (
    <>
      <Field
        label="Sent by another way"
        hint="To whom and how, such as a portal, a call or a letter by post"
      >
        {(control) => (
          <input
            {...control}
            value={how}
            maxLength={500}
            onChange={({ target }) => setHow(target.value)}
          />
        )}
      </Field>
      <ErrorNotice error={mail.error ?? note.error} />
      {!letter.mailIsSet && (
        <p className="soft">
          No mail server is configured: copy the letter, send it, and write down how.
        </p>
      )}
      <div className="row dialog-foot">
        <Dialog.Close className="button quiet" disabled={pending}>
          Cancel
        </Dialog.Close>
        <Button
          tone="quiet"
          onClick={() =>
            void navigator.clipboard
              .writeText(`${letter.subject}\n\n${letter.text}`)
              .then(() => tell('The letter is copied', undefined))
          }
        >
          Copy the letter
        </Button>
        <Button
          tone={letter.mailIsSet ? 'quiet' : 'plain'}
          disabled={how.trim() === '' || pending}
          pending={note.isPending}
          onClick={() => note.mutate(undefined, close)}
        >
          It is sent
        </Button>
        {letter.mailIsSet && mayMail && (
          <Button
            pending={mail.isPending}
            disabled={pending}
            onClick={() => mail.mutate(undefined, close)}
          >
            Mail it
          </Button>
        )}
      </div>
    </>
  )
}
