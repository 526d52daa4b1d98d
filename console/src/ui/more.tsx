import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../ask.ts'
import { Button } from './button.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { Waiting } from './waiting.tsx'

/** A list read so far, and the button for its next page. */
export function Pages<T>({
  query,
  what,
  children,
}: {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  readonly what: string
  readonly children: (items: readonly T[]) => ReactNode
}) {
  if (query.data === undefined)
    return query.error === null ? <Waiting what={what} /> : <ErrorNotice error={query.error} />
  return (
    <div className="stack">
      <ErrorNotice error={query.error} />
      {children(query.data.pages.flatMap(({ items }) => items))}
      {query.hasNextPage && (
        <div>
          <Button
            tone="quiet"
            pending={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}
