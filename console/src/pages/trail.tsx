import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { askPages, part } from '../ask.ts'
import { Choice } from '../ui/choice.tsx'
import { May, useMay } from '../ui/may.tsx'
import { Pages } from '../ui/more.tsx'
import { Entries } from './trail/entries.tsx'
import { ExportTrail, textsOf } from './trail/export.tsx'
import { Filters } from './trail/filters.tsx'
import { Following } from './trail/following.tsx'
import { TrailHead } from './trail/head.tsx'
import { SavedSearches } from './trail/saved.tsx'
import { askedOf } from './trail/search.ts'
import type { Entry } from './trail/shapes.ts'

const here = getRouteApi('/house/trail')

/** Who did what, when, and why: every crossing of the threshold, newest first. */
export default function Trail() {
  const search = here.useSearch()
  const { incidentId, ...shown } = search
  const [pace, setPace] = useState<'still' | 'live'>('still')
  const query = String(new URLSearchParams(textsOf(askedOf(shown))))
  const isFollowable = useMay('trail.entry.tail') && incidentId === undefined
  return (
    <>
      <TrailHead part="">
        {incidentId === undefined && (
          <May ask="trail.entry.export">
            <ExportTrail search={search} />
          </May>
        )}
      </TrailHead>
      <div className="stack">
        {incidentId === undefined ? (
          <>
            <SavedSearches search={search} />
            <Filters search={search} />
          </>
        ) : (
          <p className="notice">
            The entries of everybody an incident suspects, in its window.{' '}
            <Link to="/incidents/$incidentId" params={{ incidentId }}>
              To the incident
            </Link>{' '}
            <Link to="/trail">All entries</Link>
          </p>
        )}
        <div className="row spread">
          <p className="soft">Looking here leaves an entry too.</p>
          {isFollowable && (
            <Choice
              label="Pace"
              value={pace}
              options={{ still: 'As it was', live: 'Follow' }}
              onChange={setPace}
            />
          )}
        </div>
        {pace === 'live' && isFollowable ? (
          <Following key={query} query={query} />
        ) : (
          <Found path={pathOf(incidentId)} asked={incidentId === undefined ? askedOf(shown) : {}} />
        )}
      </div>
    </>
  )
}

function Found({
  path,
  asked,
}: {
  readonly path: string
  readonly asked: ReturnType<typeof askedOf> | Record<string, never>
}) {
  const entries = useInfiniteQuery(askPages<Entry>(path, asked))
  const behind = (entries.data?.pages[0] as { behind?: number } | undefined)?.behind ?? 0
  return (
    <>
      {behind > 0 && (
        <output className="notice">
          {behind.toLocaleString('en')} newer entries cannot be found yet; they will be in a moment.
        </output>
      )}
      <Pages query={entries} what="Reading the trail">
        {(items) => <Entries items={items} />}
      </Pages>
    </>
  )
}

const pathOf = (incidentId: string | undefined) =>
  incidentId === undefined ? '/v1/trail/entries' : `/v1/incidents/${part(incidentId)}/entries`
