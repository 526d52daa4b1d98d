import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { ActorName } from '../../actors.tsx'
import { askPages, part } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { May } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Outcome } from '../trail/entries.tsx'
import { type Entry, eventOf } from '../trail/shapes.ts'
import { type FoundSubject, pathOf } from './shapes.ts'

/** Who read this: every entry whose exact set holds this subject, the data subject's own question. */
export function SubjectEntries({
  controllerId,
  subject,
}: {
  readonly controllerId: string
  readonly subject: FoundSubject
}) {
  const [shown, setShown] = useState(false)
  return (
    <div className="stack">
      <div className="row">
        <Button tone="quiet" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide who touched this' : 'Who touched this?'}
        </Button>
        <May ask="trail.entry.list">
          <Link to="/trail" search={{ who: 'all', log: controllerId, subject: subject.ordinal }}>
            Search the trail for it
          </Link>
        </May>
      </div>
      {shown && <List controllerId={controllerId} subject={subject} />}
    </div>
  )
}

function List({
  controllerId,
  subject: { subjectId, ordinal },
}: {
  readonly controllerId: string
  readonly subject: FoundSubject
}) {
  const path = `${pathOf(controllerId)}/subjects/${part(subjectId)}/entries`
  const entries = useInfiniteQuery({ ...askPages<Entry>(path, { limit: 20 }), staleTime: 0 })
  return (
    <Pages query={entries} what="Reading the trail">
      {(items) => (
        <DataTable
          caption={`Who touched subject ${ordinal}`}
          heads={['When', 'Who', 'Did', 'For', 'Outcome']}
          rows={items}
          keyOf={({ entryId }) => entryId}
          empty={<p className="soft">Nobody has touched it yet.</p>}
        >
          {(entry) => (
            <>
              <td>
                <Time at={entry.at} />
              </td>
              <td>
                <ActorName id={entry.actorId} />
              </td>
              <td>
                <Link className="mono" to="/trail/$entryId" params={{ entryId: entry.entryId }}>
                  {entry.action}
                </Link>
              </td>
              <td className="why-cell">
                {entry.purpose}
                <span className="soft reason">{eventOf(entry).unmapped?.reason}</span>
              </td>
              <td>
                <Outcome entry={entry} />
              </td>
            </>
          )}
        </DataTable>
      )}
    </Pages>
  )
}
