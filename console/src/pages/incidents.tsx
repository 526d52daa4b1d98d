import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useLive } from '../attended.ts'
import type { IncidentState } from '../filters.ts'
import { Choice } from '../ui/choice.tsx'
import { Empty } from '../ui/empty.tsx'
import { May } from '../ui/may.tsx'
import { Pages } from '../ui/more.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Sentence } from '../ui/sentence.tsx'
import { State } from '../ui/state.tsx'
import { DataTable } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { type Incident, severityTones, stateTones } from './incident/wire.ts'
import { incidentsQuery } from './incidents/incidents-query.ts'
import { OpenIncident } from './incidents/open-incident.tsx'
import { Policies } from './incidents/policies.tsx'

const here = getRouteApi('/house/incidents')

const states: Readonly<Record<IncidentState | 'all', string>> = {
  all: 'All',
  reported: 'Reported',
  assessing: 'Assessing',
  contained: 'Contained',
  notified: 'Notified',
  closed: 'Closed',
}

/** What went wrong, and how far each of it is. */
export default function Incidents() {
  const { state } = here.useSearch()
  const navigate = here.useNavigate()
  const incidents = useInfiniteQuery({ ...incidentsQuery(state), refetchInterval: useLive(5000) })
  return (
    <div className="stack">
      <PageHead
        title="Incidents"
        lead="Opened by findings, people, other tools and the public. Each counts whom it reached, and holds the notices to the controllers."
      >
        <May ask="incidents.incident.open">
          <OpenIncident />
        </May>
      </PageHead>
      <div>
        <Choice
          label="Which incidents"
          value={state ?? 'all'}
          options={states}
          onChange={(next) =>
            void navigate({ search: next === 'all' ? {} : { state: next }, replace: true })
          }
        />
      </div>
      <Pages query={incidents} what="Reading the incidents">
        {(items) => <IncidentTable items={items} state={state} />}
      </Pages>
      <May ask="incidents.policy.read">
        <Policies />
      </May>
    </div>
  )
}

const IncidentTable = ({
  items,
  state,
}: {
  readonly items: readonly Incident[]
  readonly state: IncidentState | undefined
}) => (
  <DataTable
    caption="Incidents, newest first"
    heads={['Incident', 'What', 'State', 'Severity', 'Opened', 'Contained']}
    rows={items}
    keyOf={({ incidentId }) => incidentId}
    empty={<NoIncidents state={state} />}
  >
    {(incident) => (
      <>
        <td>
          <Link to="/incidents/$incidentId" params={{ incidentId: incident.incidentId }}>
            {incident.name}
          </Link>
        </td>
        <td>
          <Sentence>{incident.title}</Sentence>
          {incident.synthetic && <div className="soft">exercise on made-up people</div>}
        </td>
        <td>
          <State word={incident.state} tone={stateTones[incident.state]} />
        </td>
        <td>
          <State word={incident.severity} tone={severityTones[incident.severity]} />
        </td>
        <td>
          <Time at={incident.openedAt} />
        </td>
        <td>
          {incident.containedAt === null ? (
            <span className="soft">not yet</span>
          ) : (
            <Time at={incident.containedAt} />
          )}
        </td>
      </>
    )}
  </DataTable>
)

const NoIncidents = ({ state }: { readonly state: IncidentState | undefined }) =>
  state === undefined ? (
    <Empty title="No incident has been opened">
      <p>
        To see one from start to finish, run <code>holdfast drill breach</code>: it steals a
        credential from made-up people and counts what it read.
      </p>
    </Empty>
  ) : (
    <Empty title={`No incident is ${state}`} />
  )
