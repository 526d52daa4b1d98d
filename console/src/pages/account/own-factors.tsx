import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type {
  OwnFactors as Factors,
  TotpSetup as Setup,
} from '../../../../src/identity/account-wire.ts'
import { call, get, post } from '../../api.ts'
import { type Challenge, makePasskey, passkeysWork } from '../../passkeys.ts'
import { selfQuery } from '../../self.ts'
import { CodeField } from '../../ui/code-field.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field } from '../../ui/field.tsx'
import { Qr } from '../../ui/qr.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'

type Factor = Static<typeof Factors>['items'][number]

const queryKey = ['self', 'factors']
const renews = [queryKey, selfQuery.queryKey]
const kinds = { totp: 'Authenticator app', passkey: 'Passkey' } as const

/** What one shows beside the password: added to, and taken away, here. */
export function OwnFactors() {
  const factors = useQuery({
    queryKey,
    queryFn: ({ signal }) => get<Static<typeof Factors>>('/v1/self/factors', { signal }),
  })
  return (
    <Section
      title="What you show beside your password"
      lead="Two are better than one: a lost phone then locks nobody out. You are told of every change."
      does={
        <>
          <AddApp />
          <AddPasskey />
        </>
      }
    >
      <Loaded query={factors} what="Reading your second factors">
        {({ items }) => (
          <DataTable
            caption="Your second factors"
            rows={items}
            keyOf={(factor) => factor.factorId}
            empty={null}
            heads={['Kind', 'You call it', 'Added', 'Last used', { unseen: 'Take away' }]}
          >
            {(factor) => (
              <>
                <td>{kinds[factor.kind]}</td>
                <td>{factor.label ?? <span className="soft">not named</span>}</td>
                <td>
                  <Time at={factor.createdAt} />
                </td>
                <td>
                  {factor.lastUsedAt === null ? (
                    <span className="soft">not yet</span>
                  ) : (
                    <Time at={factor.lastUsedAt} />
                  )}
                </td>
                <td>
                  {items.length > 1 ? (
                    <TakeAway factor={factor} />
                  ) : (
                    <span className="soft">the last one stays</span>
                  )}
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function TakeAway({ factor }: { readonly factor: Factor }) {
  const remove = useCall({
    deed: () => call('DELETE', `/v1/self/factors/${factor.factorId}`),
    said: 'Second factor taken away',
    renews,
  })
  return (
    <ConfirmDialog
      verb="Take away"
      title={`Take away ${factor.label ?? kinds[factor.kind].toLowerCase()}?`}
      tone="danger"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>It opens your account no more. To use it again it has to be added anew.</p>
    </ConfirmDialog>
  )
}

function AddApp() {
  const [label, setLabel] = useState('')
  const [code, setCode] = useState('')
  const setup = useCall<void, Static<typeof Setup>>({
    deed: () => call('POST', '/v1/self/factors/totp-setup', { body: {} }),
    said: 'A key for your app was made',
  })
  const add = useCall({
    deed: () => call('POST', '/v1/self/factors/totp', { body: { code, label } }),
    said: 'Authenticator app added',
    renews,
  })
  const shown = setup.data?.value
  return (
    <ConfirmDialog
      verb="Add an app"
      title="Add an authenticator app"
      tone="quiet"
      pending={add.isPending}
      error={add.error ?? setup.error}
      onFresh={setup.error === null ? undefined : () => setup.mutate()}
      onOpen={() => {
        setLabel('')
        setCode('')
        add.reset()
        setup.mutate()
      }}
      onConfirm={() => add.mutateAsync()}
    >
      {shown === undefined ? (
        <p className="soft">Making a key for your app…</p>
      ) : (
        <>
          <Qr text={shown.uri} label="QR code for your authenticator app" />
          <p>Scan this with your app, or type the key into it:</p>
          <p className="mono totp-secret">{shown.secret.match(/.{1,4}/g)?.join(' ')}</p>
          <CodeField label="Code the app shows now" value={code} onChange={setCode} />
          <LabelField value={label} onChange={setLabel} />
        </>
      )}
    </ConfirmDialog>
  )
}

function AddPasskey() {
  const [label, setLabel] = useState('')
  const add = useCall({
    async deed() {
      const passkey = await makePasskey(await post<Challenge>('/v1/self/factors/passkey-options'))
      return call('POST', '/v1/self/factors/passkey', { body: { passkey, label } })
    },
    said: 'Passkey added',
    renews,
  })
  return (
    <ConfirmDialog
      verb="Add a passkey"
      title="Add a passkey"
      tone="quiet"
      disabled={!passkeysWork()}
      pending={add.isPending}
      error={add.error}
      onOpen={() => {
        setLabel('')
        add.reset()
      }}
      onConfirm={() => add.mutateAsync()}
    >
      <p>
        Your browser will ask you to unlock this device or to touch a key. The private part never
        leaves it, and it cannot be phished.
      </p>
      <LabelField value={label} onChange={setLabel} />
    </ConfirmDialog>
  )
}

const LabelField = ({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (label: string) => void
}) => (
  <Field label="What you call it" hint="So that you know it again: work laptop, key in the safe.">
    {(control) => (
      <input
        {...control}
        value={value}
        maxLength={100}
        onChange={(event) => onChange(event.target.value)}
      />
    )}
  </Field>
)
