import { infiniteQueryOptions } from '@tanstack/react-query'
import type { FindingDto, TracedFindingDto } from '../../../../src/watch/wire.ts'
import { ask, type Page, part } from '../../ask.ts'
import { get } from '../../api.ts'
import type { Tone } from '../../ui/state.tsx'

export type Finding = FindingDto
export type FindingState = Finding['state']

/** Findings, newest first; the next page begins before the last one seen. */
export const findingsQuery = (state: FindingState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['v1', 'findings', { state }, 'pages'],
    queryFn({ signal, pageParam }) {
      const query = new URLSearchParams()
      if (state !== undefined) query.set('state', state)
      if (pageParam !== undefined) query.set('before', pageParam)
      return get<Page<Finding>>(`/v1/findings?${query}`, { signal })
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: Page<Finding>) => next,
  })

export const findingQuery = (findingId: string) =>
  ask<TracedFindingDto>(`/v1/findings/${part(findingId)}`)

export const severityTones: Readonly<Record<Finding['severity'], Tone>> = {
  certain: 'bad',
  high: 'bad',
  medium: 'warn',
}

export const stateTones: Readonly<Record<FindingState, Tone>> = {
  open: 'warn',
  incident: 'bad',
  dismissed: 'plain',
  closed: 'plain',
}
