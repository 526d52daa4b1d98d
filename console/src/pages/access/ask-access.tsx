import { useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { among } from '../../ui/form/among.tsx'
import { long, whole } from '../../ui/form/entries.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { useOwnRole } from './roles.ts'
import type { NewRequest } from './shapes.ts'

/** Asks for a role for a time. Who may not list the roles names the one they were told. */
export function AskAccess() {
  const { controllers } = useControllers()
  const role = useOwnRole()
  const send = useCall<NewRequest>({
    deed: (body) => call('POST', '/v1/self/access-requests', { body }),
    said: (_, { role }) => `You asked for ${role}; somebody else answers`,
    renews: [keyOf('/v1/access-requests'), keyOf('/v1/self')],
  })
  const live = controllers.filter(({ state }) => state === 'active')
  const names = (named: readonly { readonly name: string }[]) =>
    [...new Set(named.map(({ name }) => name))].sort().map((name) => [name, name] as const)
  const form: Form<NewRequest> = {
    role,
    minutes: whole('For how many minutes', { least: 5, most: 10_080, first: 60 }),
    reason: long('Why', { most: 500, hint: 'A ticket, a task. Kept sealed.' }),
    controllers: among(
      'Controllers',
      'all, and the house',
      live.map(({ controllerId, name }) => [controllerId, name]),
    ),
    categories: among(
      'Categories of data',
      'all',
      names(live.flatMap(({ categories }) => categories)),
    ),
    purposes: among('Purposes', 'all', names(live.flatMap(({ purposes }) => purposes))),
  }
  return (
    <FormDialog
      verb="Ask for access"
      title="Ask for access in time"
      tone="plain"
      form={form}
      call={send}
    />
  )
}
