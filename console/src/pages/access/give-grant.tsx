import { useQuery } from '@tanstack/react-query'
import { useActors, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { ask, keyOf, type Page } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { among, type Options, untilDay } from '../../ui/form/among.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { choice } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { RightsPreview } from './preview.tsx'
import type { NewGrant, Role } from './shapes.ts'

/** Puts a role into somebody's hands, confined to controllers, categories, purposes and a time. */
export function GiveGrant() {
  const self = useSelf()
  const { people, programs } = useActors()
  const { controllers } = useControllers()
  const roles = useQuery(ask<Page<Role>>('/v1/roles')).data?.items ?? []
  const give = useCall<NewGrant>({
    deed: (body) => call('POST', '/v1/grants', { body }),
    said: (_, { role }) => `${role} was granted`,
    renews: [keyOf('/v1/grants'), keyOf('/v1/access'), keyOf('/v1/actors')],
  })
  const live = controllers.filter(({ state }) => state === 'active')
  const actors = Object.fromEntries([
    ...people
      .filter(({ personId, disabledAt }) => personId !== self?.id && disabledAt === null)
      .map(({ personId, name }) => [personId, name] as const),
    ...programs.map(({ workloadId, name }) => [workloadId, `${name} (workload)`] as const),
  ])
  const form: Form<NewGrant> = {
    actorId: choice('To whom', actors),
    role: choice('Role', Object.fromEntries(roles.map(named))),
    controllers: among(
      'Controllers',
      'all, and the house',
      live.map(({ controllerId, name }) => [controllerId, name]),
    ),
    categories: among(
      'Categories of data',
      'all',
      namesOf(live.flatMap(({ categories }) => categories)),
    ),
    purposes: among('Purposes', 'all', namesOf(live.flatMap(({ purposes }) => purposes))),
    expiresAt: untilDay('Until', 'Left empty, it ends only when somebody takes it back'),
  }
  return (
    <FormDialog
      verb="Give a grant"
      title="Give a grant"
      lead="It counts from the next request on."
      tone="plain"
      form={form}
      call={give}
      preview={previewOf}
    />
  )
}

const named = ({ name, forWorkloads }: Role) =>
  [name, forWorkloads ? `${name} (for workloads)` : name] as const

const namesOf = (named: readonly { readonly name: string }[]): Options =>
  [...new Set(named.map(({ name }) => name))].sort().map((name) => [name, name])

const unconfined = { controllers: null, categories: null, purposes: null, expiresAt: null }

/** Asked only once it is said who gets what, and none of its lists is still empty. */
const previewOf = ({ actorId, role, ...rest }: Partial<NewGrant>) =>
  actorId === undefined ||
  role === undefined ||
  [rest.controllers, rest.categories, rest.purposes].some((list) => list?.length === 0) ? null : (
    <RightsPreview path="/v1/grants/preview" body={{ ...unconfined, ...rest, actorId, role }} />
  )
