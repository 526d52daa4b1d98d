import { Link } from '@tanstack/react-router'
import { ActorName, ControllerLink } from '../../actors.tsx'
import { Empty } from '../../ui/empty.tsx'
import { counted } from '../../ui/figures.ts'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type Entry, eventOf, purposeOf } from './shapes.ts'

/** Entries as rows; the action leads to the entry with its proof. */
export const Entries = ({ items }: { readonly items: readonly Entry[] }) => (
  <DataTable
    caption="Entries of the trail"
    heads={['When', 'Who', 'Did', 'Outcome', 'For', 'Touched', 'Log']}
    rows={items}
    keyOf={({ entryId }) => entryId}
    empty={
      <Empty title="No entry matches">
        <p>Take a filter away, or widen the window of time.</p>
      </Empty>
    }
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
        <td>
          <Outcome entry={entry} />
        </td>
        <td className="why-cell">
          {purposeOf(entry)}
          <span className="soft reason">{eventOf(entry).unmapped?.reason}</span>
        </td>
        <td>{touchedText(entry)}</td>
        <td>
          <LogName log={entry.log} />
        </td>
      </>
    )}
  </DataTable>
)

export function Outcome({ entry: { outcome, code } }: { readonly entry: Entry }) {
  if (outcome === 'done') return <span>done</span>
  return (
    <>
      <State word={outcome} tone={outcome === 'failed' ? 'bad' : 'warn'} />
      {code !== undefined && <div className="mono soft">{code}</div>}
    </>
  )
}

export function LogName({ log }: { readonly log: string }) {
  if (log === 'house') return <>house</>
  if (log === 'root') return <>root of all logs</>
  return <ControllerLink id={log} />
}

export const touchedText = ({ subjects, records }: Entry): string =>
  subjects === 0 && records === 0
    ? ''
    : `${counted(records, 'record')} of ${counted(subjects, 'subject')}`
