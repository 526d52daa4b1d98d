import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { post, Refused } from '../api.ts'
import { makePasskey } from '../passkeys.ts'
import { entered } from '../session.ts'
import { Empty } from '../ui/empty.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Steps } from '../ui/steps.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { type Factor, FactorStep } from './enrol/factor-step.tsx'
import { PersonStep } from './enrol/person-step.tsx'
import { RecoveryStep } from './enrol/recovery-step.tsx'
import type { Asks, Enrolled, Person } from './enrol/wire.ts'
import './enrol/enrol.css'

const nobody: Person = { name: '', email: '', password: '' }

/** Where an enrolment link leads. Its token stands after `#`, so no server has seen it yet. */
export default function Enrol() {
  const [token] = useState(() => globalThis.location.hash.slice(1))
  useEffect(() => {
    // Out of the address bar: neither history nor a glance over the shoulder shall have it.
    if (globalThis.location.hash !== '')
      globalThis.history.replaceState(globalThis.history.state, '', globalThis.location.pathname)
  }, [])
  const first = useQuery({
    queryKey: ['enrolment', token],
    queryFn: () => post<Asks>('/v1/enrolments/open', { token }),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  if (token === '')
    return (
      <>
        <PageHead title="Enrol" />
        <Empty title="This page needs an enrolment link">
          <p>
            Open the link you were given once more, whole: what stands after its # is the key. A
            page that was loaded again has forgotten it.
          </p>
        </Empty>
      </>
    )
  return (
    <div className="narrow">
      <Loaded query={first} what="Opening the link">
        {(asks) => <Enrolling token={token} first={asks} />}
      </Loaded>
    </div>
  )
}

function Enrolling({ token, first }: { readonly token: string; readonly first: Asks }) {
  const navigate = useNavigate()
  const [person, setPerson] = useState(nobody)
  const [asks, setAsks] = useState<Asks>()

  // Asked again with the e-mail: it is the name under which app and passkey keep this account.
  const name = useMutation({
    mutationFn: (given: Person) => post<Asks>('/v1/enrolments/open', { token, email: given.email }),
    onSuccess(answer, given) {
      setPerson(given)
      setAsks(answer)
    },
  })
  const complete = useMutation({
    async mutationFn(factor: Factor) {
      const shown = 'passkey' in factor ? { passkey: await freshPasskey(token, person) } : factor
      const done = await post<Enrolled>('/v1/enrolments/complete', { token, ...person, ...shown })
      await entered()
      return done
    },
    onError: (error) => isAboutPerson(error) && setAsks(undefined),
  })

  const step = complete.data ? 2 : asks ? 1 : 0
  return (
    <>
      <PageHead
        title={first.kind === 'first-administrator' ? 'The first administrator' : 'Enrol'}
        lead={
          <>
            You are invited to the house of {first.processorName || 'this processor'}
            {first.roleNames.length > 0 && <> as {first.roleNames.join(', ')}</>}.
          </>
        }
      />
      <Steps names={['You', 'Second factor', 'Recovery codes']} at={step} />
      <section className="sheet">
        {step === 0 && (
          <PersonStep
            asks={first}
            person={person}
            pending={name.isPending}
            error={name.error ?? complete.error}
            onDone={(given) => {
              complete.reset()
              name.mutate(given)
            }}
          />
        )}
        {step === 1 && asks && (
          <FactorStep
            totp={asks.totp}
            pending={complete.isPending}
            error={complete.error}
            onFactor={(factor) => complete.mutate(factor)}
            onBack={() => {
              complete.reset()
              setAsks(undefined)
            }}
          />
        )}
        {complete.data && (
          <RecoveryStep
            codes={complete.data.recoveryCodes}
            processorName={first.processorName}
            onDone={() => void navigate({ to: '/' })}
          />
        )}
      </section>
    </>
  )
}

/** Refusals that the first step can mend. */
const isAboutPerson = (error: unknown): boolean =>
  error instanceof Refused &&
  ['password-weak', 'email-taken', 'email-not-valid', 'name-not-valid'].some(
    (reason) => error.code === `identity.${reason}`,
  )

/** A challenge is good once, so each try opens the link for a new one. */
async function freshPasskey(token: string, { email }: Person) {
  const { passkey } = await post<Asks>('/v1/enrolments/open', { token, email })
  return makePasskey(passkey)
}
