import { useMutation } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { post } from '../../api.ts'
import { type Challenge, showPasskey } from '../../passkeys.ts'
import type { Self } from '../../self.ts'
import { Button } from '../../ui/button.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'

type Step = Self['secondSteps'][number]

const names: Readonly<Record<Step, string>> = {
  totp: 'Use a code of your authenticator app',
  passkey: 'Use a passkey',
  'recovery-code': 'Use a recovery code',
}

/** The second factor, by any means the account has. */
export function SecondStep({
  steps,
  onEntered,
  onAnew,
}: {
  readonly steps: readonly Step[]
  readonly onEntered: () => Promise<void>
  readonly onAnew: () => void
}) {
  const [step, setStep] = useState<Step | undefined>(
    steps.find((one) => one !== 'recovery-code') ?? steps[0],
  )
  const [code, setCode] = useState('')
  const prove = useMutation({
    async mutationFn() {
      await post('/v1/sessions/second-factor', await shown(step, code))
      await onEntered()
    },
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    prove.mutate()
  }
  const others = steps.filter((one) => one !== step)
  return (
    <form className="stack" onSubmit={submit}>
      <h2>Second factor</h2>
      {step === 'totp' && (
        <CodeField label="Code the app shows now" value={code} onChange={setCode} />
      )}
      {step === 'recovery-code' && (
        <Field label="Recovery code" hint="Each is good once.">
          {(control) => (
            <input
              {...control}
              className="mono"
              name="recovery-code"
              autoComplete="off"
              required
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      )}
      {step === 'passkey' && (
        <p>Your browser will ask you to unlock the device or touch the key.</p>
      )}
      {step === undefined && (
        <p>This account has no second factor. Ask an administrator for a new enrolment link.</p>
      )}
      <ErrorNotice error={prove.error} />
      <Button
        type="submit"
        pending={prove.isPending}
        disabled={step === undefined || (step !== 'passkey' && code.trim() === '')}
      >
        {step === 'passkey' && <Fingerprint aria-hidden />}
        Sign in
      </Button>
      <div className="row">
        {others.map((other) => (
          <button
            key={other}
            type="button"
            className="as-link"
            onClick={() => {
              prove.reset()
              setCode('')
              setStep(other)
            }}
          >
            {names[other]}
          </button>
        ))}
        <button type="button" className="as-link" onClick={onAnew}>
          Sign in as somebody else
        </button>
      </div>
    </form>
  )
}

async function shown(step: Step | undefined, code: string) {
  if (step === 'totp') return { totpCode: code }
  if (step === 'recovery-code') return { recoveryCode: code.trim() }
  const challenge = await post<Challenge>('/v1/sessions/second-factor/passkey-options')
  return { passkey: await showPasskey(challenge) }
}
