import type { Gate } from '../gate.tsx'
import { countText, sizeText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'

/** How often a client may come, and what the door does when the house is short of breath. */
export const Limits = ({ gate: { limits, shedding, slowBody } }: { readonly gate: Gate }) => (
  <Section title="Limits">
    <DataTable
      caption="Limits"
      heads={['Of', 'Counted by', { number: 'A second' }, { number: 'At once' }]}
      rows={limits}
      keyOf={({ name }) => name}
      empty={null}
    >
      {({ of, by, perSecond, burst }) => (
        <>
          <td>{of}</td>
          <td>{by}</td>
          <td className="number">{countText(perSecond)}</td>
          <td className="number">{countText(burst)}</td>
        </>
      )}
    </DataTable>
    <section className="sheet">
      <dl className="kv">
        <dt>Slow bodies</dt>
        <dd>
          A body must bring {sizeText(slowBody.bytes)} in any {slowBody.seconds} seconds, or it is
          cut.
        </dd>
        <dt>Under load</dt>
        <dd>
          When the house is behind by {shedding.anonymousFromMs} ms, strangers are turned away; from{' '}
          {shedding.workloadFromMs} ms on, workloads too. People who are signed in never are.
        </dd>
      </dl>
    </section>
  </Section>
)
