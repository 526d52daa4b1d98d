import type { Static } from 'typebox'
import type {
  DirectoryGroups as GroupsShape,
  Providers as ProvidersShape,
} from '../../../../src/identity/providers/wire.ts'
import { keyOf } from '../../ask.ts'

export type Providers = Static<typeof ProvidersShape>
export type Provider = Providers['items'][number]
export type DirectoryGroups = Static<typeof GroupsShape>

export const providersPath = '/v1/providers'

/** What a change of the trusted providers makes old. */
export const providersRenew = [keyOf(providersPath), keyOf('/v1/sessions/providers')]

/** `group = role, role`, a line each. @throws {RangeError} for a line that says neither. */
export function rolesIn(lines: string): Record<string, string[]> {
  const all = lines.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(all.map(mappingIn))
}

function mappingIn(line: string): [group: string, roles: string[]] {
  // A group's name may hold the sign itself; roles never do.
  const at = line.lastIndexOf('=')
  const group = line.slice(0, Math.max(0, at)).trim()
  const roles = line
    .slice(at + 1)
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '')
  if (group === '' || roles.length === 0)
    throw new RangeError(`"${line.trim()}" is no mapping. Write: group = role, role`)
  return [group, roles]
}

/** As {@link rolesIn} reads it. */
export const linesOf = (groupRoles: Provider['groupRoles']): string =>
  Object.entries(groupRoles)
    .map(([group, roles]) => `${group} = ${roles.join(', ')}`)
    .join('\n')
