import { useState } from 'react'
import type { Static } from 'typebox'
import type {
  EndedSessions,
  RecoveryCodes as Codes,
} from '../../../../src/identity/account-wire.ts'
import { call } from '../../api.ts'
import { type Self, selfQuery } from '../../self.ts'
import { Button } from '../../ui/button.tsx'
import { CodesOnce } from '../../ui/codes-once.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field } from '../../ui/field.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { Section } from '../../ui/section.tsx'
import { useCall } from '../../ui/use-call.ts'

const limits = { fewestCharacters: 12, mostCharacters: 256 }

/** Password and recovery codes: both can be made anew, and neither is ever shown again. */
export function OwnSecrets({ self }: { readonly self: Self }) {
  const renewCodes = useCall<void, Static<typeof Codes>>({
    deed: () => call('POST', '/v1/self/recovery-codes', { body: {} }),
    said: 'New recovery codes were made',
    renews: [selfQuery.queryKey],
  })
  const codes = renewCodes.data?.value.recoveryCodes
  return (
    <Section
      title="Password and recovery codes"
      does={
        <>
          <ChangePassword self={self} />
          <ConfirmDialog
            verb="Make new codes"
            title="Make new recovery codes?"
            tone="quiet"
            pending={renewCodes.isPending}
            error={renewCodes.error}
            onConfirm={() => renewCodes.mutateAsync()}
          >
            <p>The codes you have now open nothing from then on. The new ones are shown once.</p>
          </ConfirmDialog>
        </>
      }
    >
      {codes === undefined ? (
        <p>
          {self.recoveryCodesLeft === 0
            ? 'No recovery code is left: make new ones before your phone is gone.'
            : `${self.recoveryCodesLeft ?? 'An unknown number of'} recovery codes are left, each good once.`}
        </p>
      ) : (
        <div className="sheet stack">
          <CodesOnce codes={codes} />
          <div>
            <Button onClick={() => renewCodes.reset()}>I have kept them</Button>
          </div>
        </div>
      )}
    </Section>
  )
}

function ChangePassword({ self }: { readonly self: Self }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useCall<void, Static<typeof EndedSessions>>({
    deed: () => call('PUT', '/v1/self/password', { body: { current, next } }),
    said: ({ sessionsEnded }) =>
      sessionsEnded === 0
        ? 'Password changed'
        : `Password changed, ${sessionsEnded} sessions ended`,
    renews: [['self']],
  })
  return (
    <ConfirmDialog
      verb="Change password"
      title="Change your password"
      tone="quiet"
      pending={change.isPending}
      error={change.error}
      onOpen={() => {
        setCurrent('')
        setNext('')
        change.reset()
      }}
      onConfirm={async () => {
        await change.mutateAsync()
        setCurrent('')
        setNext('')
      }}
    >
      <Field label="Present password">
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="current-password"
            maxLength={limits.mostCharacters}
            required
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label="New password"
        value={next}
        onChange={setNext}
        limits={limits}
        context={[self.name ?? '', self.email ?? '']}
      />
      <p className="soft">Your other sessions end with it.</p>
    </ConfirmDialog>
  )
}
