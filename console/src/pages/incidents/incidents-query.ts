import { infiniteQueryOptions } from '@tanstack/react-query'
import { get } from '../../api.ts'
import type { Page } from '../../ask.ts'
import type { IncidentState } from '../../filters.ts'
import type { Incident } from '../incident/wire.ts'

/** Incidents, newest first; the next page begins before the last one seen. */
export const incidentsQuery = (state: IncidentState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['v1', 'incidents', { state }, 'pages'],
    queryFn({ signal, pageParam }) {
      const query = new URLSearchParams()
      if (state !== undefined) query.set('state', state)
      if (pageParam !== undefined) query.set('before', pageParam)
      return get<Page<Incident>>(`/v1/incidents?${query}`, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page<Incident>) => next,
  })
