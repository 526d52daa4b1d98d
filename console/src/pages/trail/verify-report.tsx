import { counted, countText } from '../../ui/figures.ts'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { utcText } from '../../ui/time.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { LogName } from './entries.tsx'
import type { Report } from './shapes.ts'

/** What a recomputation found: all of it sound, or the first fault of each tree. */
export const VerifyReport = ({
  report: { sound, entries, trees, faults, pending, destroyed, erased },
  at,
}: {
  readonly report: Report
  readonly at: string
}) => (
  <div className="stack" aria-live="polite">
    <p>
      {sound ? (
        <State word="sound" tone="good" />
      ) : (
        <State word={counted(faults.length, 'fault')} tone="bad" />
      )}{' '}
      {countText(entries)} entries in {counted(trees.length, 'tree')} recomputed, {utcText(at)}
      {pending > 0 && `; ${countText(pending)} wait for their place`}
      {erased > 0 && `; ${countText(erased)} payloads erased, each by an entry that says so`}
      {destroyed > 0 && `; ${countText(destroyed)} with destroyed keys, provable still`}.
    </p>
    <DataTable
      caption="Faults"
      heads={['Log', { number: 'Place' }, 'Entry', 'Fault']}
      rows={faults}
      keyOf={({ log, index, fault }) => `${log} ${index} ${fault}`}
      empty={null}
    >
      {({ log, index, entryId, fault }) => (
        <>
          <td>
            <LogName log={log} />
          </td>
          <td className="number">{index}</td>
          <td>{entryId !== null && <EntryLink entryId={entryId} />}</td>
          <td>{fault}</td>
        </>
      )}
    </DataTable>
  </div>
)
