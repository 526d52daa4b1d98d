import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { WholeIncident } from './wire.ts'

/** What was secured before the cut, hashed again with every look. */
export function EvidenceList({ evidence }: { readonly evidence: WholeIncident['evidence'] }) {
  if (evidence.length === 0) return null
  return (
    <Section title="Evidence">
      <DataTable
        caption="Evidence"
        heads={['What', 'Secured', 'Intact', 'SHA-256', 'Content']}
        rows={evidence}
        keyOf={({ evidenceId }) => evidenceId}
        empty={null}
      >
        {({ kind, at, intact, sha256, body }) => (
          <>
            <td>{kind}</td>
            <td>
              <Time at={at} absolute />
            </td>
            <td>
              <State word={intact ? 'intact' : 'changed'} tone={intact ? 'good' : 'bad'} />
            </td>
            <td className="mono" title={sha256}>
              {sha256.slice(0, 16)}…
            </td>
            <td>
              <details>
                <summary>Look at it</summary>
                <Facts facts={body} />
              </details>
            </td>
          </>
        )}
      </DataTable>
    </Section>
  )
}
