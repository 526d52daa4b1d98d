import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Providers as Shape } from '../../../../src/identity/provider-wire.ts'
import { call } from '../../api.ts'
import { ask, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { providersPath as path, providersRenew } from './providers.ts'
import { TrustProvider } from './trust-provider.tsx'

type Providers = Static<typeof Shape>
type Provider = Providers['items'][number]

/** Identity providers people sign in by. */
export const ProvidersPart = () => (
  <May
    ask="identity.provider.list"
    otherwise={<NotGranted what="identity providers" action="identity.provider.list" />}
  >
    <Trusted />
  </May>
)

function Trusted() {
  const providers = useQuery(ask<Providers>(path))
  const back = `${globalThis.location.origin}/sign-in/back`
  return (
    <Section
      title="Single sign-on"
      lead="People sign in at a provider you trust (OpenID Connect). It counts as two factors only where the provider says so, and roles follow its groups at each sign-in."
      does={
        <May ask="identity.provider.add">
          <TrustProvider back={back} />
        </May>
      }
    >
      <Loaded query={providers} what="Reading the providers">
        {({ items }) => (
          <DataTable
            caption="Identity providers"
            heads={[
              'Name',
              'Issuer',
              'Counts as two factors',
              'Groups',
              'People',
              { unseen: 'Remove' },
            ]}
            rows={items}
            keyOf={({ providerId }) => providerId}
            empty={
              <Empty title="Nobody signs in from outside">
                <p>
                  Register Holdfast at your provider as a web application with the redirect address{' '}
                  <code>{back}</code>, then name its issuer and the client id here.
                </p>
              </Empty>
            }
          >
            {(provider) => (
              <>
                <td>{provider.name}</td>
                <td className="mono">{provider.issuer}</td>
                <td>
                  {[
                    ...provider.strongAmr.map((value) => `amr ${value}`),
                    ...provider.strongAcr.map((value) => `acr ${value}`),
                  ].join(', ') || 'never'}
                </td>
                <td>
                  {Object.entries(provider.groupRoles).map(([group, roles]) => (
                    <div key={group}>
                      {group}: {roles.join(', ')}
                    </div>
                  ))}
                  {Object.keys(provider.groupRoles).length === 0 && (
                    <span className="soft">bring no role</span>
                  )}
                </td>
                <td>{peopleOf(provider)}</td>
                <td>
                  <May ask="identity.provider.remove">
                    <Remove provider={provider} />
                  </May>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function peopleOf({ linksByEmail, makesAccounts }: Provider): string {
  if (linksByEmail && makesAccounts) return 'new ones, and those with the same address'
  if (linksByEmail) return 'those with the same address'
  return makesAccounts ? 'new ones' : 'those linked before'
}

function Remove({ provider: { providerId, name } }: { readonly provider: Provider }) {
  const remove = useCall({
    deed: () => call('DELETE', `${path}/${part(providerId)}`),
    said: 'Identity provider removed',
    renews: providersRenew,
  })
  return (
    <ConfirmDialog
      verb="Remove"
      title={`Trust ${name} no more?`}
      typed={name}
      tone="danger"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>
        Nobody signs in by it from now on; sessions that are open go on to their end. Trusting it
        again begins anew: whom it knows is forgotten.
      </p>
    </ConfirmDialog>
  )
}
