import { queryOptions, useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Self as SelfShape } from '../../src/identity/account-wire.ts'
import { get, Refused } from './api.ts'
import { forget, wasHere } from './presence.ts'

export type Self = Static<typeof SelfShape>

/** Who is signed in; null for nobody. */
export const selfQuery = queryOptions({
  queryKey: ['self'],
  queryFn: async ({ signal }): Promise<Self | null> => {
    if (!wasHere()) return null
    try {
      return await get<Self>('/v1/self', { signal })
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error
      forget()
      return null
    }
  },
  staleTime: 60_000,
})

/** The person signed in, inside the frame, where there always is one. */
export const useSelf = (): Self | null => useQuery(selfQuery).data ?? null

/** Whether somebody could be allowed the action; the house itself decides, by the whole grant. */
export const mayAsk = (self: Self | null, action: string): boolean =>
  self?.grants.some(({ actions }) => actions.some((held) => covers(held, action))) === true

const covers = (held: string, action: string): boolean =>
  held.endsWith('*') ? action.startsWith(held.slice(0, -1)) : held === action
