import { Empty } from '../../ui/empty.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import type { Observation } from './wire.ts'

const outcomes: Readonly<Record<Observation['outcome'], [word: string, tone: Tone]>> = {
  pass: ['holds', 'good'],
  fail: ['does not hold', 'bad'],
  error: ['could not look', 'warn'],
}

/** The last observations, newest first. Nobody can change one. */
export const Observations = ({ items }: { readonly items: readonly Observation[] }) => (
  <section className="stack" aria-labelledby="observations-head">
    <h2 id="observations-head">Observations</h2>
    <DataTable
      caption="Observations, newest first"
      heads={['Looked at', 'Outcome', { number: 'Counted' }, 'Finding', 'Entry']}
      rows={items}
      keyOf={({ id }) => id}
      empty={<Empty title="No check has looked yet" />}
    >
      {({ collected, outcome, n, of, finding, entryId }) => (
        <>
          <td>
            <Time at={collected} absolute />
          </td>
          <td>
            <State word={outcomes[outcome][0]} tone={outcomes[outcome][1]} />
          </td>
          <td className="number">
            {n} of {of}
          </td>
          <td>{finding}</td>
          <td>{entryId !== undefined && <EntryLink entryId={entryId} />}</td>
        </>
      )}
    </DataTable>
  </section>
)
