import type { Gate } from '../gate.tsx'
import { countText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'

/** What the door turned away in the last day, by the code it said. */
export const RefusedLastDay = ({ refused }: { readonly refused: Gate['refusedLastDay'] }) => (
  <Section title="Refused in the last 24 hours">
    <DataTable
      caption="Refused in the last 24 hours"
      heads={['Code', { number: 'Requests' }]}
      rows={refused}
      keyOf={({ code }) => code}
      empty={
        <p className="sheet soft">
          Nothing was turned away at the door. Refusals by right or by contract stand in the trail.
        </p>
      }
    >
      {({ code, count }) => (
        <>
          <td className="mono">{code}</td>
          <td className="number">{countText(count)}</td>
        </>
      )}
    </DataTable>
  </Section>
)
