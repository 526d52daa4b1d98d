import { call } from '../../api.ts'
import type { Entry, Form } from '../../ui/form/entry.ts'
import { optional } from '../../ui/form/entry.ts'
import { yes } from '../../ui/form/choices.tsx'
import { long, names, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { providersPath, providersRenew } from './providers.ts'

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

const form: Form<Terms> = {
  name: text('What people call it', { most: 100, placeholder: 'Company account' }),
  issuer: text('Issuer', { most: 500, placeholder: 'https://login.example.com/tenant' }),
  clientId: text('Client id', { most: 500 }),
  clientSecret: secret,
  strongAmr: {
    ...optional(names('Words of amr that mean a second factor')),
    first: ['mfa', 'hwk'],
    hint: 'Separated by commas (RFC 8176)',
  },
  strongAcr: optional(names('Words of acr that mean a second factor')),
  groupLines: optional(
    long('Roles by group', { hint: 'One group a line: group = role, role', most: 5000 }),
  ),
  linksByEmail: yes(
    'Opens accounts with the same address',
    'The provider must have verified it. Whoever runs the provider can then open these accounts.',
  ),
  makesAccounts: yes('Brings new people', 'They hold the roles of their groups, and no others.'),
}

/** Trusts an identity provider. */
export function TrustProvider({ back }: { readonly back: string }) {
  const trust = useCall<Terms>({
    deed: ({ groupLines = '', ...terms }) =>
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

/** `group = role, role`, a line each. */
function rolesIn(lines: string): Record<string, string[]> {
  return Object.fromEntries(
    lines
      .split('\n')
      .map((line) => line.split('=').map((side) => side.trim()))
      .filter(([group = '', roles = '']) => group !== '' && roles !== '')
      .map(([group, roles]) => [
        group!,
        roles!
          .split(',')
          .map((role) => role.trim())
          .filter((role) => role !== ''),
      ]),
  )
}
