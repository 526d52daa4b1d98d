import { QueryCache, QueryClient } from '@tanstack/react-query'
import { Refused } from './api.ts'
import { selfQuery } from './self.ts'

/**
 * What the console knows of the house. Nothing is kept longer than a page needs it, a refusal is
 * final, and only a house that does not answer is asked again.
 */
export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      if (query.queryKey[0] === selfQuery.queryKey[0] || !endsSession(error)) return
      void client.invalidateQueries(selfQuery)
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      gcTime: 60_000,
      retry: (count, error) => count < 2 && error instanceof Refused && error.status === 0,
    },
    mutations: { retry: false },
  },
})

/** Whether the answer says that nobody is signed in any more. */
export const endsSession = (error: unknown): boolean =>
  error instanceof Refused && error.status === 401
