import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Policies as Shape } from '../../../../src/incidents/wire.ts'
import { call } from '../../api.ts'
import { ask } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'

type Policy = Static<typeof Shape>['items'][number]
const path = '/v1/containment-policies'

/** For which findings the house cuts the suspect off by itself, before anybody has looked. */
export function Policies() {
  const policies = useQuery(ask<Static<typeof Shape>>(path))
  const isMine = useMay('incidents.policy.choose')
  return (
    <Section
      title="Who cuts first"
      lead="A cut ends the suspect's sessions, revokes its credentials and blocks it, then tries whether that holds."
    >
      <Loaded query={policies}>
        {({ items }) => (
          <DataTable
            caption="Containment policies"
            heads={['Findings that are', 'The house', { unseen: 'Change' }]}
            rows={items}
            keyOf={({ severity }) => severity}
            empty={null}
          >
            {(policy) => (
              <>
                <td>{policy.severity}</td>
                <td>{policy.autoContain ? 'cuts at once, by itself' : 'waits for a person'}</td>
                <td>{isMine && <Change policy={policy} />}</td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function Change({ policy: { severity, autoContain } }: { readonly policy: Policy }) {
  const choose = useCall({
    deed: () => call('PUT', `${path}/${severity}`, { body: { autoContain: !autoContain } }),
    said: `Findings that are ${severity}: the house ${autoContain ? 'waits' : 'cuts at once'}`,
    renews: [['v1', 'containment-policies']],
  })
  return (
    <ConfirmDialog
      verb={autoContain ? 'Wait for a person' : 'Cut at once'}
      title={autoContain ? 'Wait for a person instead' : 'Cut at once instead'}
      tone="quiet"
      pending={choose.isPending}
      error={choose.error}
      onOpen={choose.reset}
      onConfirm={() => choose.mutateAsync()}
    >
      <p>
        {autoContain
          ? `After a finding that is ${severity}, the suspect goes on until somebody presses "Cut off" in the incident.`
          : `After a finding that is ${severity}, the suspect is cut off within seconds, rightly or wrongly; a lock can be lifted under People & access.`}
      </p>
    </ConfirmDialog>
  )
}
