import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Static } from 'typebox'
import type { Arrived } from '../../../src/identity/providers/wire.ts'
import { post } from '../api.ts'
import { insidePath } from '../inside.ts'
import { entered } from '../session.ts'
import { Empty } from '../ui/empty.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { afterKey } from './sign-in/provider-doors.tsx'
import './sign-in/sign-in.css'

/** Where an identity provider sends a person back to; its answer is good once. */
export default function SignInBack() {
  const { history } = useRouter()
  // Read once, then gone from the address bar and from the browser's history.
  const [query] = useState(() => globalThis.location.search)
  const arrive = useMutation({
    async mutationFn() {
      globalThis.history.replaceState(null, '', globalThis.location.pathname)
      const { assurance } = await post<Static<typeof Arrived>>('/v1/sessions/provider-arrival', {
        query,
      })
      await entered()
      const after = insidePath(sessionStorage.getItem(afterKey))
      sessionStorage.removeItem(afterKey)
      history.replace(assurance === 2 ? after : `/sign-in?back=${encodeURIComponent(after)}`)
    },
  })
  const { mutate, error } = arrive
  useEffect(() => {
    if (query !== '') mutate()
  }, [query, mutate])
  return (
    <div className="sign-in">
      <PageHead title="Signing in" />
      {query === '' ? (
        <Empty title="Nothing came back">
          <p>
            This page is where an identity provider sends you after you have shown it who you are.
          </p>
          <p>
            <a href="/sign-in">Sign in</a>
          </p>
        </Empty>
      ) : error === null ? (
        <Waiting what="Asking the provider who you are" />
      ) : (
        <section className="sheet stack">
          <ErrorNotice error={error} />
          <p>
            <a href="/sign-in">Back to sign-in</a>
          </p>
        </section>
      )}
    </div>
  )
}
