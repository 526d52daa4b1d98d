import { useQuery } from '@tanstack/react-query'
import { ask, type Page } from '../../ask.ts'
import type { Entry } from '../../ui/form/entry.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import { useMay } from '../../ui/may.tsx'
import type { Role } from './shapes.ts'

/** Names of the roles a person can hold; undefined to whoever may not list them. */
export function usePersonalRoles(): string[] | undefined {
  const enabled = useMay('identity.role.list')
  const roles = useQuery({ ...ask<Page<Role>>('/v1/roles'), enabled }).data?.items ?? []
  const personal = roles.filter(({ forWorkloads }) => !forWorkloads).map(({ name }) => name)
  return enabled ? personal : undefined
}

/** Chooses a role for oneself. Who may not list the roles names the one they were told. */
export function useOwnRole(): Entry<string> {
  const roles = usePersonalRoles()
  return roles === undefined
    ? text('Role', { most: 50, hint: 'Its name, as somebody told you: support, auditor' })
    : choice('Role', Object.fromEntries(roles.map((name) => [name, name])))
}
