import { useQuery } from '@tanstack/react-query'
import { shortId } from '../../ui/tellings.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { findingQuery } from './findings-query.ts'

/** What a finding rests on: its figures, the span of the trail, the sessions it lies in. */
export function FindingEvidence({ findingId }: { readonly findingId: string }) {
  const finding = useQuery(findingQuery(findingId))
  return (
    <Loaded query={finding} what="Reading the evidence">
      {({ facts, firstAt, lastAt, firstPosition, lastPosition, reason, sessions }) => (
        <div className="stack evidence">
          {reason !== null && (
            <p>
              Dismissed, because: <q>{reason}</q>
            </p>
          )}
          <dl className="kv">
            <dt>From</dt>
            <dd>
              <Time at={firstAt} absolute />, entry {firstPosition} of the house
            </dd>
            <dt>To</dt>
            <dd>
              <Time at={lastAt} absolute />, entry {lastPosition} of the house
            </dd>
          </dl>
          <Facts facts={facts} />
          <DataTable
            caption="Sessions the evidence lies in"
            heads={['Credential', 'Session', 'Source', 'First', 'Last', { number: 'Entries' }]}
            rows={sessions}
            keyOf={({ credentialId, sessionId, source }) =>
              `${credentialId} ${sessionId} ${source}`
            }
            empty={null}
          >
            {(session) => (
              <>
                <td className="mono">{idOrNone(session.credentialId)}</td>
                <td className="mono">{idOrNone(session.sessionId)}</td>
                <td className="mono" title="Keyed hash of the address, shortened">
                  {session.source}
                </td>
                <td>
                  <Time at={session.firstAt} absolute />
                </td>
                <td>
                  <Time at={session.lastAt} absolute />
                </td>
                <td className="number">{session.entries}</td>
              </>
            )}
          </DataTable>
        </div>
      )}
    </Loaded>
  )
}

const idOrNone = (id: string | null) =>
  id === null ? <span className="soft">none</span> : <span title={id}>{shortId(id)}</span>
