import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { askPages } from '../ask.ts'
import { useLive } from '../attended.ts'
import { Choice } from '../ui/choice.tsx'
import { Pages } from '../ui/more.tsx'
import { Entries } from './trail/entries.tsx'
import { Filters } from './trail/filters.tsx'
import { TrailHead } from './trail/head.tsx'
import type { TrailSearch } from './trail/search.ts'
import type { Entry } from './trail/shapes.ts'

const here = getRouteApi('/house/trail')

/** Who did what, when, and why: every crossing of the threshold, newest first. */
export default function Trail() {
  const search = here.useSearch()
  const [pace, setPace] = useState<'still' | 'live'>('still')
  const everySix = useLive(6000)
  const entries = useInfiniteQuery({
    ...askPages<Entry>('/v1/trail/entries', asked(search)),
    refetchInterval: pace === 'live' && everySix,
  })
  return (
    <>
      <TrailHead part="" />
      <div className="stack">
        <Filters search={search} />
        <div className="row spread">
          <p className="soft">Looking here leaves an entry too.</p>
          <Choice
            label="Pace"
            value={pace}
            options={{ still: 'As it was', live: 'Follow' }}
            onChange={setPace}
          />
        </div>
        <Pages query={entries} what="Reading the trail">
          {(items) => <Entries items={items} />}
        </Pages>
      </div>
    </>
  )
}

/** The address line says minutes in UTC; the API wants instants. */
const asked = ({ from, until, ...search }: TrailSearch) => ({
  ...search,
  from: from === undefined ? undefined : `${from}:00Z`,
  until: until === undefined ? undefined : `${until}:00Z`,
})
