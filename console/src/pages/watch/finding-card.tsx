import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api.ts'
import { part } from '../../ask.ts'
import { long } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May } from '../../ui/may.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { FindingEvidence } from './finding-evidence.tsx'
import { type Finding, severityTones, stateTones } from './findings-query.ts'

/** One finding: what it says, and what can be done about it. */
export function FindingCard({ finding }: { readonly finding: Finding }) {
  const { findingId, sentence, severity, state, at, rule } = finding
  const [shown, setShown] = useState(false)
  return (
    <li className="finding-card" data-state={state}>
      <div className="row">
        <State word={severity} tone={severityTones[severity]} />
        <State word={state} tone={stateTones[state]} />
        <span className="soft">
          by the rule {rule}, <Time at={at} />
        </span>
      </div>
      <p className="finding-sentence">
        <Sentence>{sentence}</Sentence>
      </p>
      <div className="row">
        <button
          type="button"
          className="as-link"
          aria-expanded={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? 'Hide the evidence' : 'Show the evidence'}
        </button>
        {state === 'incident' && <Link to="/incidents">An incident took it up</Link>}
        {state === 'open' && (
          <May ask="watch.finding.dismiss">
            <Dismiss findingId={findingId} />
          </May>
        )}
      </div>
      {shown && <FindingEvidence findingId={findingId} />}
    </li>
  )
}

interface Dismissal {
  reason: string
}

function Dismiss({ findingId }: { readonly findingId: string }) {
  const dismiss = useCall<Dismissal>({
    deed: (body) => call('POST', `/v1/findings/${part(findingId)}/dismiss`, { body }),
    said: 'Finding dismissed',
    renews: [['v1', 'findings']],
  })
  return (
    <FormDialog
      verb="Dismiss"
      title="Dismiss this finding"
      lead="You judge it to be nothing. What it counted becomes part of the actor's habit, and your reason stands in the trail."
      form={{
        reason: long('Why it is nothing', { hint: 'No names of data subjects.', most: 500 }),
      }}
      call={dismiss}
    />
  )
}
