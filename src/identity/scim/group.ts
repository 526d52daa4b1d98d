import { scimRefused } from '../refusals.ts'
import type { Resource } from './resource.ts'
import { groupSchema } from './schema.ts'

/** A group as a directory writes one. */
export interface WrittenGroup {
  readonly displayName: string
  readonly externalId: string | null
  /** Ids of users, each once. */
  readonly members: readonly string[]
}

/** @throws {Refusal} `identity.scim-value` for a member without an id. */
export function writtenGroup(resource: Resource): WrittenGroup {
  const { displayName, externalId, members } = resource as {
    displayName: string
    externalId?: string
    members?: readonly { readonly value?: string }[]
  }
  const ids = (members ?? []).map(({ value }) => {
    if (value === undefined) throw scimRefused('invalidValue', 'A member has no "value".')
    return value
  })
  return { displayName, externalId: externalId ?? null, members: [...new Set(ids)] }
}

/** Everything an answer says of a group. */
export interface ShownGroup extends WrittenGroup {
  readonly id: string
  readonly createdAt: Date
  readonly changedAt: Date
  readonly version: string
}

/** What a directory may change of a group, as its resource. */
export const writableGroup = ({ displayName, externalId, members }: WrittenGroup): Resource => ({
  ...(externalId === null ? {} : { externalId }),
  displayName,
  ...(members.length === 0 ? {} : { members: members.map((value) => ({ value })) }),
})

/** A group as RFC 7643 §4.2 shows one. */
export function groupResource(base: string, group: ShownGroup): Resource {
  const { id, createdAt, changedAt, version, members, ...rest } = group
  return {
    schemas: [groupSchema],
    id,
    ...writableGroup({ ...rest, members: [] }),
    ...(members.length === 0
      ? {}
      : {
          members: members.map((value) => ({
            value,
            $ref: `${base}/Users/${value}`,
            type: 'User',
          })),
        }),
    meta: {
      resourceType: 'Group',
      created: createdAt.toISOString(),
      lastModified: changedAt.toISOString(),
      location: `${base}/Groups/${id}`,
      version,
    },
  }
}
