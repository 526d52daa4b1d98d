import type { UseQueryResult } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { ErrorNotice } from './error-notice.tsx'

/** Turns; the style sheet keeps it unseen for the first 200 ms. */
export const Spinner = () => <LoaderCircle className="spinner" aria-hidden />

export const Waiting = ({ what = 'Reading' }: { readonly what?: string }) => (
  <output className="waiting soft">
    <Spinner />
    {what} …
  </output>
)

/** What a query answered, once it did; before that a wait, after a refusal the refusal. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<T>
  readonly what?: string
  readonly children: (data: NonNullable<T>) => ReactNode
}) {
  if (query.data !== undefined && query.data !== null)
    return (
      <>
        {query.error !== null && <ErrorNotice error={query.error} />}
        {children(query.data)}
      </>
    )
  if (query.error !== null) return <ErrorNotice error={query.error} />
  return <Waiting {...(what === undefined ? {} : { what })} />
}
