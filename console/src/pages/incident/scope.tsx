import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { countText } from '../../ui/figures.ts'
import { useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { ScopeTable } from './scope-table.tsx'
import { incidentPath, renewed, type Scope, type WholeIncident } from './wire.ts'

/** Whom it reached, counted from the trail: certainly, and possibly at most. */
export function ScopeSection({ incident }: { readonly incident: WholeIncident }) {
  const { scope, incidentId, suspects, state } = incident
  const mayCount = useMay('incidents.scope.count')
  const count = useCall<void, Scope>({
    deed: () => call('POST', `${incidentPath(incidentId)}/scope`),
    said: ({ version, seconds }) => `Counted in ${seconds.toFixed(2)} s: version ${version}`,
    renews: renewed,
  })
  const isOpen = state !== 'closed' && suspects.length > 0
  return (
    <Section
      title="Whom it reached"
      lead="Counted from the entries of the trail, by everything the suspect's sessions touched."
      does={
        isOpen &&
        mayCount && (
          <Button tone="quiet" pending={count.isPending} onClick={() => count.mutate()}>
            {scope === null ? 'Count' : 'Count again'}
          </Button>
        )
      }
    >
      <ErrorNotice error={count.error} />
      {scope === null ? (
        <Empty title="Not counted yet">
          <p>
            {suspects.length === 0
              ? 'Name a suspect below; then it can be counted.'
              : 'The house counts by itself after the cut, or press Count.'}
          </p>
        </Empty>
      ) : (
        <Counted scope={scope} />
      )}
    </Section>
  )
}

const Counted = ({ scope }: { readonly scope: Scope }) => (
  <>
    {scope.unknown && (
      <div className="notice" data-tone="bad">
        <p>
          The trail could not be verified, so these numbers are a floor: at least so many.{' '}
          {scope.gap}
        </p>
      </div>
    )}
    {scope.controllers.length === 0 ? (
      <Empty title="It reached no controller's data">
        <p>{countText(scope.entries)} entries were looked at.</p>
      </Empty>
    ) : (
      <ScopeTable scope={scope} />
    )}
    <p className="soft">
      Version {scope.version}, counted <Time at={scope.at} /> from {countText(scope.entries)}{' '}
      entries in {scope.seconds.toFixed(3)} s. Anybody with the trail can count again and must come
      to SHA-256 <code className="digest">{scope.digest}</code>.
    </p>
  </>
)
