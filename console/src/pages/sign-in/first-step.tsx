import { useMutation } from '@tanstack/react-query'
import { Fingerprint } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { post } from '../../api.ts'
import { type Challenge, passkeysWork, showPasskey } from '../../passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { ProviderDoors } from './provider-doors.tsx'

/** E-mail and password, or a passkey alone. */
export function FirstStep({ onEntered }: { readonly onEntered: () => Promise<void> }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const byPassword = useMutation({
    async mutationFn() {
      await post('/v1/sessions', { email: email.trim(), password })
      await onEntered()
    },
  })
  const byPasskey = useMutation({
    async mutationFn() {
      const challenge = await post<Challenge>('/v1/sessions/passkey-options')
      await post('/v1/sessions/passkey', await showPasskey(challenge))
      await onEntered()
    },
  })
  const isBusy = byPassword.isPending || byPasskey.isPending
  const submit = (event: FormEvent) => {
    event.preventDefault()
    byPasskey.reset()
    byPassword.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Field label="E-mail">
        {(control) => (
          <input
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <input
            {...control}
            type="password"
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <ErrorNotice error={byPassword.error ?? byPasskey.error} />
      <Button
        type="submit"
        pending={byPassword.isPending}
        disabled={isBusy || email.trim() === '' || password === ''}
      >
        Go on
      </Button>
      {passkeysWork() && (
        <>
          <p className="or soft">or</p>
          <Button
            tone="quiet"
            pending={byPasskey.isPending}
            disabled={isBusy}
            onClick={() => {
              byPassword.reset()
              byPasskey.mutate()
            }}
          >
            <Fingerprint aria-hidden />
            Sign in with a passkey
          </Button>
        </>
      )}
      <ProviderDoors />
    </form>
  )
}
