import { useMutation } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
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

/** What is shown of a second factor, as the house takes it. */
export type Shown =
  | { readonly totpCode: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: Awaited<ReturnType<typeof showPasskey>> }

/** The second factor, by any means the account has. */
export function SecondStep({
  steps,
  verb = 'Sign in',
  challenge,
  onShown,
  children,
}: {
  readonly steps: readonly Step[]
  /** What the button is called. */
  readonly verb?: string
  /** Asks for what a passkey is to answer. */
  readonly challenge: () => Promise<Challenge>
  readonly onShown: (shown: Shown) => Promise<void>
  /** Other ways to go on. */
  readonly children?: ReactNode
}) {
  const [step, setStep] = useState<Step | undefined>(
    steps.find((one) => one !== 'recovery-code') ?? steps[0],
  )
  const [code, setCode] = useState('')
  const prove = useMutation({
    mutationFn: async () => onShown(await shown(step, code, challenge)),
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
        <p>This account has no second factor. Ask an administrator to let you back in.</p>
      )}
      <ErrorNotice error={prove.error} />
      <Button
        type="submit"
        pending={prove.isPending}
        disabled={step === undefined || (step !== 'passkey' && code.trim() === '')}
      >
        {step === 'passkey' && <Fingerprint aria-hidden />}
        {verb}
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
        {children}
      </div>
    </form>
  )
}

async function shown(
  step: Step | undefined,
  code: string,
  challenge: () => Promise<Challenge>,
): Promise<Shown> {
  if (step === 'totp') return { totpCode: code }
  if (step === 'recovery-code') return { recoveryCode: code.trim() }
  return { passkey: await showPasskey(await challenge()) }
}
