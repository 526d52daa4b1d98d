import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { post } from '../api.ts'
import type { Challenge } from '../passkeys.ts'
import { selfQuery } from '../self.ts'
import { entered } from '../session.ts'
import { PageHead } from '../ui/page-head.tsx'
import { FirstStep } from './sign-in/first-step.tsx'
import { SecondStep } from './sign-in/second-step.tsx'
import './sign-in/sign-in.css'

const here = getRouteApi('/street/sign-in')

/** Password, then what you have; or a passkey, which is both at once. */
export default function SignIn() {
  const { back = '/' } = here.useSearch()
  const { history } = useRouter()
  const self = useQuery(selfQuery).data ?? null
  const [isAnew, setAnew] = useState(false)
  const isWhole = self !== null && self.assurance >= 2

  useEffect(() => {
    if (isWhole) history.replace(back)
  }, [isWhole, history, back])

  const enter = async () => {
    setAnew(false)
    await entered()
  }
  if (isWhole) return null
  return (
    <div className="sign-in">
      <PageHead
        title="Sign in"
        lead="Every look at personal data is written down, with your name."
      />
      <section className="sheet">
        {self !== null && !isAnew ? (
          <SecondStep
            steps={self.secondSteps}
            challenge={() => post<Challenge>('/v1/sessions/second-factor/passkey-options')}
            onShown={async (shown) => {
              await post('/v1/sessions/second-factor', shown)
              await enter()
            }}
          >
            <button type="button" className="as-link" onClick={() => setAnew(true)}>
              Sign in as somebody else
            </button>
          </SecondStep>
        ) : (
          <FirstStep onEntered={enter} />
        )}
      </section>
    </div>
  )
}
