import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import type { Static } from 'typebox'
import type {
  Recovered as Done,
  RecoveryAsks,
} from '../../../src/identity/persons/recovery-wire.ts'
import { post, Refused } from '../api.ts'
import { makePasskey } from '../passkeys.ts'
import { entered } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { Steps } from '../ui/steps.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { type Factor, FactorStep } from './enrol/factor-step.tsx'
import { RecoveryStep } from './enrol/recovery-step.tsx'
import { SecondStep, type Shown } from './sign-in/second-step.tsx'
import './enrol/enrol.css'

type Asks = Static<typeof RecoveryAsks>

const open = (token: string) => post<Asks>('/v1/recoveries/open', { token })

/** Where a link of recovery leads. Its token stands after `#`, so no server has seen it yet. */
export default function Recover() {
  const [token] = useState(() => globalThis.location.hash.slice(1))
  useEffect(() => {
    if (globalThis.location.hash !== '')
      globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname)
  }, [])
  const asks = useQuery({
    queryKey: ['recovery', token],
    queryFn: () => open(token),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  if (token === '')
    return (
      <>
        <PageHead title="Come back in" />
        <Empty title="This page needs the link you were given">
          <p>
            Open it once more, whole: what stands after its # is the key. A page that was loaded
            again has forgotten it.
          </p>
        </Empty>
      </>
    )
  return (
    <div className="narrow">
      <Loaded query={asks} what="Opening the link">
        {(found) => <Recovering token={token} asks={found} />}
      </Loaded>
    </div>
  )
}

function Recovering({ token, asks }: { readonly token: string; readonly asks: Asks }) {
  const navigate = useNavigate()
  const [password, setPassword] = useState('')
  const [step, setStep] = useState<0 | 1>(0)
  const isAll = asks.lost === 'everything'
  // A challenge is good once, so each try opens the link for a new one.
  const challenge = async () => (await open(token)).passkey
  const complete = useMutation({
    async mutationFn(factor: Factor | Shown) {
      const isNew = 'passkey' in factor && factor.passkey === true
      const shown = isNew ? { passkey: await makePasskey(await challenge()) } : factor
      const body = { token, password, ...shown }
      const done = await post<Static<typeof Done>>('/v1/recoveries/complete', body)
      await entered()
      return done
    },
    onError: (error) =>
      error instanceof Refused && error.code === 'identity.password-weak' && setStep(0),
  })
  const codes = complete.data?.recoveryCodes ?? []
  const isDone = complete.data !== undefined && codes.length === 0
  useEffect(() => {
    // Those from before still count: there is nothing to write down.
    if (isDone) void navigate({ to: '/' })
  }, [isDone, navigate])
  const names = ['New password', 'Second factor', ...(isAll ? ['Recovery codes'] : [])]
  return (
    <>
      <PageHead
        title="Come back in"
        lead={
          isAll
            ? 'You set a new password and a new second factor. Whatever opened your account before opens it no more.'
            : 'You set a new password and show a second factor you have. Your other sessions end.'
        }
      />
      <Steps names={names} at={complete.data ? names.length - 1 : step} />
      <section className="sheet">
        {step === 0 && (
          <PasswordStep
            asks={asks}
            password={password}
            error={complete.error}
            onChange={setPassword}
            onDone={() => {
              complete.reset()
              setStep(1)
            }}
          />
        )}
        {step === 1 && !complete.data && asks.totp !== null && (
          <FactorStep
            totp={asks.totp}
            verb="Come back in"
            pending={complete.isPending}
            error={complete.error}
            onFactor={(factor) => complete.mutate(factor)}
            onBack={() => {
              complete.reset()
              setStep(0)
            }}
          />
        )}
        {step === 1 && !complete.data && asks.totp === null && (
          <SecondStep
            steps={asks.secondSteps}
            verb="Come back in"
            challenge={challenge}
            onShown={async (shown) => void (await complete.mutateAsync(shown))}
          />
        )}
        {codes.length > 0 && (
          <RecoveryStep
            codes={codes}
            processorName={asks.processorName}
            onDone={() => void navigate({ to: '/' })}
          />
        )}
      </section>
    </>
  )
}

function PasswordStep({
  asks,
  password,
  error,
  onChange,
  onDone,
}: {
  readonly asks: Asks
  readonly password: string
  readonly error: unknown
  readonly onChange: (password: string) => void
  readonly onDone: () => void
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDone()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <PasswordField
        label="New password"
        value={password}
        onChange={onChange}
        limits={asks.password}
        context={['holdfast', asks.processorName]}
      />
      <ErrorNotice error={error} />
      <div>
        <Button
          type="submit"
          disabled={Array.from(password).length < asks.password.fewestCharacters}
        >
          Go on to the second factor
        </Button>
      </div>
    </form>
  )
}
