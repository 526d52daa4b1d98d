import { createHash } from 'node:crypto'
import { normalEmail } from '../accounts/email.ts'
import { scimRefused } from '../refusals.ts'
import type { Resource } from './resource.ts'
import { userSchema } from './schema.ts'

/** A user as a directory writes one, in our terms. */
export interface WrittenUser {
  readonly userName: string
  readonly externalId: string | undefined
  readonly name: Readonly<Record<string, unknown>> | undefined
  readonly displayName: string | undefined
  /** Undefined: as before; somebody new is active. */
  readonly active: boolean | undefined
  /** In its one spelling. */
  readonly email: string
  readonly emailType: string | undefined
}

interface Email {
  readonly value?: string
  readonly type?: string
  readonly primary?: boolean
}

/**
 * A user out of the resource that was sent.
 *
 * @throws {Refusal} `identity.scim-value` where no address is to be had, `identity.email-not-valid`.
 */
export function writtenUser(resource: Resource): WrittenUser {
  const { userName, externalId, name, displayName, active, emails } = resource as {
    userName: string
    externalId?: string
    name?: Readonly<Record<string, unknown>>
    displayName?: string
    active?: boolean
    emails?: readonly Email[]
  }
  const one =
    emails?.find(({ primary }) => primary === true) ??
    emails?.find(({ type }) => type === 'work') ??
    emails?.[0]
  const address = one?.value ?? (userName.includes('@') ? userName : undefined)
  if (address === undefined)
    throw scimRefused('invalidValue', 'People are known by an address: "emails", or userName.')
  return {
    userName: userName.trim(),
    externalId,
    name,
    displayName,
    active,
    email: normalEmail(address),
    emailType: one?.type,
  }
}

/** What somebody is called: the first of what the directory says that is not empty. */
export function calledName({ displayName, name, userName }: Omit<WrittenUser, 'email'>): string {
  const parts = [name?.['givenName'], name?.['familyName']].filter(
    (part) => typeof part === 'string',
  )
  const said = [displayName, name?.['formatted'], parts.join(' '), userName]
  const found = said.find((text): text is string => typeof text === 'string' && text.trim() !== '')
  return (found ?? userName).normalize('NFC').trim().slice(0, 200)
}

/** What a directory wrote of a person, beside the address; empty for whom none has written. */
export interface UserDocument {
  readonly userName?: string
  readonly externalId?: string
  readonly name?: Readonly<Record<string, unknown>>
  readonly displayName?: string
  readonly emailType?: string
}

/** A group among those of a user. */
export interface UserGroup {
  readonly groupId: string
  readonly displayName: string
}

/** Everything an answer says of a user. */
export interface ShownUser {
  readonly id: string
  readonly email: string
  readonly calledName: string
  readonly document: UserDocument
  readonly active: boolean
  readonly groups: readonly UserGroup[]
  readonly createdAt: Date
  readonly modifiedAt: Date
  readonly version: string
}

/** What a directory may change of a user, as its resource. Whom none has written is called as the house does. */
export function writableUser(
  user: Pick<ShownUser, 'email' | 'calledName' | 'document' | 'active'>,
): Resource {
  const { userName, externalId, name, emailType = 'work' } = user.document
  const displayName = userName === undefined ? user.calledName : user.document.displayName
  return {
    ...(externalId === undefined ? {} : { externalId }),
    userName: userName ?? user.email,
    ...(name === undefined ? {} : { name }),
    ...(displayName === undefined ? {} : { displayName }),
    active: user.active,
    emails: [{ value: user.email, type: emailType, primary: true }],
  }
}

/** A user as RFC 7643 §4.1 shows one. */
export function userResource(base: string, user: ShownUser): Resource {
  return {
    schemas: [userSchema],
    id: user.id,
    ...writableUser(user),
    ...(user.groups.length === 0
      ? {}
      : {
          groups: user.groups.map(({ groupId, displayName }) => ({
            value: groupId,
            $ref: `${base}/Groups/${groupId}`,
            display: displayName,
            type: 'direct',
          })),
        }),
    meta: {
      resourceType: 'User',
      created: user.createdAt.toISOString(),
      lastModified: user.modifiedAt.toISOString(),
      location: `${base}/Users/${user.id}`,
      version: user.version,
    },
  }
}

/** A weak entity tag of everything that makes a representation (RFC 7644 §3.14, RFC 9110 §8.8.3). */
export function versionOf(parts: readonly (string | Uint8Array | null)[]): string {
  const digest = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part ?? '')
    digest.update(`${part === null ? '-' : bytes.length}:`).update(bytes)
  }
  return `W/"${digest.digest('base64url').slice(0, 22)}"`
}

/** Whether a header names this version; `*` names any (RFC 9110 §13.1.1). */
export function namesVersion(header: string, version: string): boolean {
  if (header.trim() === '*') return true
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.split(',').some((tag) => bare(tag) === bare(version))
}
