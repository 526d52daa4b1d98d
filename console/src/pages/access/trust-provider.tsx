import { call } from '../../api.ts'
import type { Entry, Form } from '../../ui/form/entry.ts'
import { optional } from '../../ui/form/entry.ts'
import { yes } from '../../ui/form/choices.tsx'
import { long, names, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { providersPath, providersRenew, rolesIn } from './providers.ts'

interface Terms {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly strongAmr?: string[]
  readonly strongAcr?: string[]
  readonly groupLines?: string
  readonly linksByEmail?: boolean
  readonly makesAccounts?: boolean
}

const secret: Entry<string> = {
  label: 'Client secret',
  hint: 'Sealed, and never shown again. Leave it empty for a public client.',
  needed: false,
  draw: ({ control, value, onChange }) => (
    <input
      {...control}
      type="password"
      autoComplete="off"
      maxLength={1000}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value)}
    />
  ),
}

const name = text('What people call it', { most: 100, placeholder: 'Company account' })
const groupLines = optional(
  long('Roles by group', { hint: 'One group a line: group = role, role', most: 5000 }),
)
const linksByEmail = yes(
  'Opens accounts with the same address',
  'Whoever runs the provider can then open these accounts. Of OpenID Connect it must have verified the address.',
)
const makesAccounts = yes(
  'Brings new people',
  'They hold the roles of their groups, and no others.',
)

const form: Form<Terms> = {
  name,
  issuer: text('Issuer', { most: 500, placeholder: 'https://login.example.com/tenant' }),
  clientId: text('Client id', { most: 500 }),
  clientSecret: secret,
  strongAmr: {
    ...optional(names('Words of amr that mean a second factor')),
    first: ['mfa', 'hwk'],
    hint: 'Separated by commas (RFC 8176)',
  },
  strongAcr: optional(names('Words of acr that mean a second factor')),
  groupLines,
  linksByEmail,
  makesAccounts,
}

/** Trusts an identity provider. */
export function TrustProvider({ back }: { readonly back: string }) {
  const trust = useCall<Terms>({
    deed: async ({ groupLines = '', ...terms }) =>
      call('POST', providersPath, { body: { ...terms, groupRoles: rolesIn(groupLines) } }),
    said: 'Identity provider trusted',
    renews: providersRenew,
  })
  return (
    <FormDialog
      verb="Trust a provider"
      title="Trust an identity provider"
      lead={
        <>
          Register Holdfast there first, as a web application with the redirect address{' '}
          <code>{back}</code>.
        </>
      }
      form={form}
      call={trust}
    />
  )
}

interface SamlTerms {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly entryPoint: string
  readonly certificates: string
  readonly emailAttribute?: string
  readonly groupClaim?: string
  readonly strongAcr?: string[]
  readonly groupLines?: string
  readonly linksByEmail?: boolean
  readonly makesAccounts?: boolean
}

/** Trusts a provider that speaks SAML 2.0. */
export function TrustSamlProvider({ origin }: { readonly origin: string }) {
  const trust = useCall<SamlTerms>({
    deed: async ({ groupLines: lines = '', ...terms }) =>
      call('POST', providersPath, {
        body: { kind: 'saml', ...terms, groupRoles: rolesIn(lines) },
      }),
    said: 'Identity provider trusted',
    renews: providersRenew,
  })
  const terms: Form<SamlTerms> = {
    name,
    issuer: text('Entity id of the provider', { most: 500, placeholder: 'urn:example:idp' }),
    clientId: {
      ...text('Entity id of this house', { most: 500, hint: 'The audience of its assertions' }),
      first: origin,
    },
    entryPoint: text('Where sign-in begins', {
      most: 1000,
      hint: 'Its address for the HTTP-Redirect binding',
    }),
    certificates: long('Certificates', {
      hint: 'What signs its assertions, as PEM; two while it turns its key',
      placeholder: '-----BEGIN CERTIFICATE-----',
      most: 20_000,
    }),
    emailAttribute: optional(text('Attribute with the address', { placeholder: 'email' })),
    groupClaim: optional(text('Attribute with the groups', { placeholder: 'groups' })),
    strongAcr: optional(names('Contexts that mean a second factor')),
    groupLines,
    linksByEmail,
    makesAccounts,
  }
  return (
    <FormDialog
      verb="Trust by SAML"
      title="Trust a provider by SAML"
      lead={
        <>
          Register Holdfast there first: it posts its answers to{' '}
          <code>{`${origin}/v1/sessions/saml`}</code>, and signs its assertions.
        </>
      }
      form={terms}
      call={trust}
    />
  )
}
