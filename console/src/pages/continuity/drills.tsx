import { useQuery } from '@tanstack/react-query'
import { Command, Empty } from '../../ui/empty.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { spanText, Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { drills } from './shapes.ts'

/** Exercises: a backup restored beside the house, compared, and thrown away. */
export function Drills() {
  const list = useQuery(drills)
  return (
    <Section
      title="Restore drills"
      lead="A drill makes a backup, restores it beside the house, recomputes every tree of the trail, and keeps the figures. It runs on the host, where the keys are."
    >
      <Loaded query={list} what="Reading the drills">
        {({ items }) => (
          <>
            {items.length > 0 && (
              <section className="sheet stack">
                <p>To run another one, on the host:</p>
                <Command>holdfast drill restore</Command>
              </section>
            )}
            <DataTable
              caption="Restore drills"
              heads={['When', 'Result', { number: 'Lost' }, { number: 'Back after' }, 'Compared']}
              rows={items}
              keyOf={({ id }) => id}
              empty={
                <Empty title="No restore was ever exercised">
                  <p>
                    A backup that nobody has restored is a hope. Run the first drill on the host:
                  </p>
                  <Command>holdfast drill restore</Command>
                </Empty>
              }
            >
              {(drill) => (
                <>
                  <td>
                    <Time at={drill.at} />
                  </td>
                  <td>
                    {drill.passed ? (
                      <State word="passed" tone="good" />
                    ) : (
                      <State word="failed" tone="bad" />
                    )}
                  </td>
                  <td className="number">{spanText(drill.recoveryPointSeconds)}</td>
                  <td className="number">{spanText(drill.recoveryTimeSeconds)}</td>
                  <td>
                    <Facts facts={drill.facts} />
                  </td>
                </>
              )}
            </DataTable>
          </>
        )}
      </Loaded>
    </Section>
  )
}
