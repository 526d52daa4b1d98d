import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { call } from '../../api.ts'
import { ask, part } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Empty } from '../../ui/empty.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { Directory } from './directory.tsx'
import {
  type Provider,
  type Providers,
  providersPath as path,
  providersRenew,
} from './providers.ts'
import type { AccessPartProps } from './shapes.ts'
import { TrustProvider, TrustSamlProvider } from './trust-provider.tsx'

/** Identity providers people sign in by. */
export const ProvidersPart = ({ id }: AccessPartProps) => (
  <May
    ask="identity.provider.list"
    otherwise={<NotGranted what="identity providers" action="identity.provider.list" />}
  >
    <Trusted open={id} />
  </May>
)

function Trusted({ open }: { readonly open: string | undefined }) {
  const providers = useQuery(ask<Providers>(path))
  const { origin } = globalThis.location
  const back = `${origin}/sign-in/back`
  const shown = providers.data?.items.find(({ providerId }) => providerId === open)
  return (
    <div className="stack">
      <Section
        title="Single sign-on"
        lead="People sign in at a provider you trust. It counts as two factors only where the provider says so, and roles follow its groups: at each sign-in, or by its directory at once."
        does={
          <May ask="identity.provider.add">
            <TrustProvider back={back} />
            <TrustSamlProvider origin={origin} />
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
                { unseen: 'What can be done' },
              ]}
              rows={items}
              keyOf={({ providerId }) => providerId}
              empty={
                <Empty title="Nobody signs in from outside">
                  <p>
                    Register Holdfast at your provider as a web application with the redirect
                    address <code>{back}</code>, then name its issuer and the client id here.
                  </p>
                </Empty>
              }
            >
              {(provider) => (
                <>
                  <td>
                    {provider.name}
                    <div className="soft">
                      {provider.kind === 'saml' ? 'SAML 2.0' : 'OpenID Connect'}
                      {provider.directoryId !== null && ', with a directory'}
                    </div>
                  </td>
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
                    <Does provider={provider} />
                  </td>
                </>
              )}
            </DataTable>
          )}
        </Loaded>
      </Section>
      {shown !== undefined && (
        <May ask="identity.provider-group.list">
          <Directory key={shown.providerId} provider={shown} />
        </May>
      )}
    </div>
  )
}

const Does = ({ provider }: { readonly provider: Provider }) => (
  <div className="row">
    <May ask="identity.provider-group.list">
      <Link
        className="button quiet"
        to="/access/{-$part}/{-$id}"
        params={{ part: 'providers', id: provider.providerId }}
        aria-label={`Groups of ${provider.name}`}
      >
        Groups
      </Link>
    </May>
    <May ask="identity.provider.remove">
      <Remove provider={provider} />
    </May>
  </div>
)

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
