import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Annex as AnnexShape } from '../../../../src/measures/wire.ts'
import { get } from '../../api.ts'
import type { MeasureState } from '../../ui/state.tsx'

export type Annex = Static<typeof AnnexShape>
export type Heading = Annex['headings'][number]
export type Line = Heading['lines'][number]
export type ShownMeasure = Annex['beyond'][number]
export type Summary = Annex['summary']

export const annexQuery = queryOptions({
  queryKey: ['annex'],
  queryFn: ({ signal }) => get<Annex>('/v1/annex', { signal }),
})

/** Whether a state asks somebody to do something. */
export const needsAttention = (state: MeasureState): boolean =>
  state !== 'proven' && state !== 'not-applicable'
