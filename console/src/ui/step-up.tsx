import { useMutation } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { post, Refused } from '../api.ts'
import { type Challenge, showPasskey } from '../passkeys.ts'
import { useSelf } from '../self.ts'
import { Button } from './button.tsx'
import { CodeField } from './code-field.tsx'
import { ErrorNotice } from './error-notice.tsx'

/** Whether the house asks for a second factor shown just now. */
export const wantsFresh = (error: unknown): boolean =>
  error instanceof Refused && error.code.endsWith('.fresh-factor-required')

/** Shows a second factor again, in the session there is, and goes on with what was refused. */
export function StepUp({
  onShown,
  children,
}: {
  readonly onShown: () => void
  /** Another way out. */
  readonly children?: ReactNode
}) {
  const steps = useSelf()?.secondSteps ?? []
  const byPasskey = steps.includes('passkey')
  const [code, setCode] = useState('')
  const prove = useMutation({
    async mutationFn(passkey: boolean) {
      const body = passkey
        ? {
            passkey: await showPasskey(
              await post<Challenge>('/v1/sessions/second-factor/passkey-options'),
            ),
          }
        : { totpCode: code }
      await post('/v1/sessions/second-factor', body)
    },
    onSuccess: onShown,
    onError: () => setCode(''),
  })
  return (
    <form
      className="stack step-up"
      aria-label="Second factor again"
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        prove.mutate(false)
      }}
    >
      <p>
        {steps.some((step) => step !== 'recovery-code')
          ? 'This wants a second factor shown just now.'
          : 'This wants a second factor shown just now: sign in again at your identity provider.'}
      </p>
      {steps.includes('totp') && (
        <CodeField label="Code the app shows now" value={code} onChange={setCode} />
      )}
      <ErrorNotice error={prove.error} />
      <div className="row">
        {steps.includes('totp') && (
          <Button type="submit" pending={prove.isPending} disabled={code.trim() === ''}>
            Show it and go on
          </Button>
        )}
        {byPasskey && (
          <Button tone="quiet" pending={prove.isPending} onClick={() => prove.mutate(true)}>
            <Fingerprint aria-hidden />
            Use a passkey
          </Button>
        )}
        {children}
      </div>
    </form>
  )
}
