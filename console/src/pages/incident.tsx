import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLive } from '../attended.ts'
import { PageHead } from '../ui/page-head.tsx'
import { Sentence } from '../ui/sentence.tsx'
import { State } from '../ui/state.tsx'
import { Time } from '../ui/time.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { AllClears } from './incident/all-clear.tsx'
import { Clocks } from './incident/clocks.tsx'
import { CloseIncident } from './incident/close.tsx'
import { Containment } from './incident/containment.tsx'
import { EvidenceList } from './incident/evidence.tsx'
import { NextStep } from './incident/next-step.tsx'
import { Notices } from './incident/notices.tsx'
import { ScopeSection } from './incident/scope.tsx'
import { Suspects } from './incident/suspects.tsx'
import { Timeline } from './incident/timeline.tsx'
import { incidentQuery, severityTones, stateTones, type WholeIncident } from './incident/wire.ts'
import './incident/incident.css'

const here = getRouteApi('/house/incidents/$incidentId')

const origins: Readonly<Record<WholeIncident['origin'], string>> = {
  finding: 'a finding of the watch',
  person: 'a person with an account',
  public: 'a report by anybody',
  alert: 'another tool',
}

/** One incident, from the first access to the last notice. */
export default function IncidentPage() {
  const { incidentId } = here.useParams()
  const incident = useQuery({ ...incidentQuery(incidentId), refetchInterval: useLive(5000) })
  return (
    <>
      <p className="crumb">
        <Link to="/incidents">Incidents</Link>
      </p>
      <Loaded query={incident} what="Reading the incident">
        {(found) => <Whole incident={found} />}
      </Loaded>
    </>
  )
}

const Whole = ({ incident }: { readonly incident: WholeIncident }) => (
  <div className="stack incident">
    <PageHead
      title={
        <>
          {incident.name}: <Sentence>{incident.title}</Sentence>
        </>
      }
      tab={incident.name}
      lead={
        <>
          Opened by {origins[incident.origin]} <Time at={incident.openedAt} />,{' '}
          <Time at={incident.openedAt} absolute />.
        </>
      }
    />
    <div className="row">
      <State word={incident.state} tone={stateTones[incident.state]} />
      <State word={`severity ${incident.severity}`} tone={severityTones[incident.severity]} />
      {incident.synthetic && <State word="exercise on made-up people" tone="plain" />}
    </div>
    <NextStep incident={incident} />
    <Clocks incident={incident} />
    <Containment incident={incident} />
    <ScopeSection incident={incident} />
    <Notices incident={incident} />
    <AllClears incident={incident} />
    <Suspects incident={incident} />
    <EvidenceList evidence={incident.evidence} />
    <Timeline incident={incident} />
    <CloseIncident incident={incident} />
  </div>
)
