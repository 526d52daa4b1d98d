import { Fingerprint, Smartphone } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { passkeysWork } from '../../passkeys.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { Qr } from '../../ui/qr.tsx'

export type Factor = { readonly totpCode: string } | { readonly passkey: true }

/** Second step: what you have. Either a passkey or an authenticator app. */
export function FactorStep({
  totp,
  verb = 'Enrol',
  pending,
  error,
  onFactor,
  onBack,
}: {
  readonly totp: { readonly uri: string; readonly secret: string }
  /** What the last button is called. */
  readonly verb?: string
  readonly pending: boolean
  readonly error: unknown
  readonly onFactor: (factor: Factor) => void
  readonly onBack: () => void
}) {
  const [kind, setKind] = useState<'app' | 'passkey'>('app')
  const [code, setCode] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onFactor(kind === 'passkey' ? { passkey: true } : { totpCode: code })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <fieldset className="choices">
        <legend>What will you show beside your password?</legend>
        <label className="choice">
          <input
            type="radio"
            name="factor"
            checked={kind === 'app'}
            onChange={() => setKind('app')}
          />
          <Smartphone aria-hidden />
          <span>
            <strong>Authenticator app</strong>
            <span className="soft">A six-digit code from an app on your phone.</span>
          </span>
        </label>
        <label className="choice">
          <input
            type="radio"
            name="factor"
            checked={kind === 'passkey'}
            disabled={!passkeysWork()}
            onChange={() => setKind('passkey')}
          />
          <Fingerprint aria-hidden />
          <span>
            <strong>Passkey</strong>
            <span className="soft">
              {passkeysWork()
                ? 'This device or a security key. Cannot be phished.'
                : 'This browser cannot use passkeys here.'}
            </span>
          </span>
        </label>
      </fieldset>
      {kind === 'app' && (
        <div className="totp">
          <Qr text={totp.uri} label="QR code for your authenticator app" />
          <div className="stack">
            <p>Scan this with your app, or type the key into it:</p>
            <p className="mono totp-secret">{totp.secret.match(/.{1,4}/g)?.join(' ')}</p>
            <CodeField label="Code the app shows now" value={code} onChange={setCode} />
          </div>
        </div>
      )}
      {kind === 'passkey' && (
        <p>
          Your browser will ask you to unlock the device or to touch the key. The private part never
          leaves it.
        </p>
      )}
      <ErrorNotice error={error} />
      <div className="row">
        <Button type="submit" pending={pending} disabled={kind === 'app' && !/^\d{6}$/.test(code)}>
          {kind === 'passkey' ? `Make a passkey and ${verb.toLowerCase()}` : verb}
        </Button>
        <Button tone="quiet" disabled={pending} onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  )
}
