/** Attributes of SCIM's resources as RFC 7643 §7 describes attributes; only those kept here. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'dateTime'
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly caseExact?: boolean
  readonly mutability: 'readOnly' | 'readWrite'
  readonly returned: 'always' | 'default'
  readonly uniqueness?: 'none' | 'server'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const message = (name: string) => `urn:ietf:params:scim:api:messages:2.0:${name}`
export const listMessage = message('ListResponse')
export const searchMessage = message('SearchRequest')
export const patchMessage = message('PatchOp')
export const errorMessage = message('Error')

const base = {
  multiValued: false,
  required: false,
  mutability: 'readWrite',
  returned: 'default',
} as const

const text = (name: string, description: string, more: Partial<Attribute> = {}): Attribute => ({
  ...base,
  name,
  type: 'string',
  description,
  caseExact: false,
  uniqueness: 'none',
  ...more,
})

const yes = (name: string, description: string): Attribute => ({
  ...base,
  name,
  type: 'boolean',
  description,
})

const complex = (
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  more: Partial<Attribute> = {},
): Attribute => ({ ...base, name, type: 'complex', description, subAttributes, ...more })

const reference = (
  name: string,
  referenceTypes: readonly string[],
  description: string,
): Attribute => ({
  ...base,
  name,
  type: 'reference',
  description,
  caseExact: true,
  uniqueness: 'none',
  mutability: 'readOnly',
  referenceTypes,
})

/** Attributes every resource has; they are in no schema (RFC 7643 §3.1). */
const commonAttributes: readonly Attribute[] = [
  text('id', 'Given here.', { mutability: 'readOnly', returned: 'always', caseExact: true }),
  text('externalId', 'What the directory calls it.', { caseExact: true }),
  complex('meta', 'Kept here.', [], { mutability: 'readOnly' }),
]

const userAttributes: readonly Attribute[] = [
  text('userName', 'What the directory knows the person by. Unique, whatever the case.', {
    required: true,
    uniqueness: 'server',
  }),
  complex('name', 'The parts of the person’s name.', [
    text('formatted', 'The whole name.'),
    text('familyName', 'Family name.'),
    text('givenName', 'Given name.'),
    text('middleName', 'Middle name.'),
    text('honorificPrefix', 'What stands before the name.'),
    text('honorificSuffix', 'What stands after it.'),
  ]),
  text('displayName', 'How the person is called here.'),
  yes('active', 'Whether the person may sign in. No ends every session at once.'),
  complex(
    'emails',
    'The one address the person is known by here: the primary one, else that for work, else the first. Others are not kept. Without any, userName must be an address.',
    [
      text('value', 'The address.', { uniqueness: 'server' }),
      text('type', 'What it is for.', { canonicalValues: ['work', 'home', 'other'] }),
      yes('primary', 'Always true of the one that is kept.'),
    ],
    { multiValued: true },
  ),
  complex(
    'groups',
    'The groups the person is a member of; changed at the group.',
    [
      text('value', 'Id of the group.', { mutability: 'readOnly', caseExact: true }),
      reference('$ref', ['Group'], 'Address of the group.'),
      text('display', 'Name of the group.', { mutability: 'readOnly' }),
      text('type', 'Always direct: groups hold no groups.', {
        mutability: 'readOnly',
        canonicalValues: ['direct'],
      }),
    ],
    { multiValued: true, mutability: 'readOnly' },
  ),
]

const groupAttributes: readonly Attribute[] = [
  text('displayName', 'Name of the group; roles are mapped to it, or to its externalId. Unique.', {
    required: true,
    uniqueness: 'server',
  }),
  complex(
    'members',
    'Members: users, no groups.',
    [
      text('value', 'Id of the user.', { caseExact: true }),
      reference('$ref', ['User'], 'Address of the user.'),
      text('type', 'Always User.', { mutability: 'readOnly', canonicalValues: ['User'] }),
    ],
    { multiValued: true },
  ),
]

/** Attributes of RFC 7643 §4.1 that are not kept here: whoever sends them is not refused for it. */
export const notKept: ReadonlySet<string> = new Set(
  `nickName profileUrl title userType preferredLanguage locale timezone password phoneNumbers ims
   photos addresses entitlements roles x509Certificates`
    .toLowerCase()
    .split(/\s+/),
)

/** One kind of resource. */
export interface ResourceKind {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly schema: string
  readonly description: string
  /** Common ones among them. */
  readonly attributes: readonly Attribute[]
}

export const userKind: ResourceKind = {
  name: 'User',
  endpoint: '/Users',
  schema: userSchema,
  description: 'A person who works here.',
  attributes: [...commonAttributes, ...userAttributes],
}

export const groupKind: ResourceKind = {
  name: 'Group',
  endpoint: '/Groups',
  schema: groupSchema,
  description: 'Persons of a directory; roles are mapped to it by people.',
  attributes: [...commonAttributes, ...groupAttributes],
}

/** Most resources in one answer. */
export const mostResults = 200

/** What this service can do (RFC 7643 §5). */
export const serviceProviderConfig = (base: string) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: mostResults },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Credential of a workload',
      description: 'Bearer token of the workload that an identity provider has as its directory.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: {
    resourceType: 'ServiceProviderConfig',
    location: `${base}/ServiceProviderConfig`,
  },
})

/** Kinds of resources (RFC 7643 §6). */
export const resourceTypes = (base: string) =>
  [userKind, groupKind].map(({ name, endpoint, schema, description }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    description,
    schema,
    schemaExtensions: [],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  }))

/** What is kept of a resource, attribute by attribute (RFC 7643 §7). */
export const schemas = (base: string) =>
  [
    { ...userKind, attributes: userAttributes },
    { ...groupKind, attributes: groupAttributes },
  ].map(({ name, schema, description, attributes }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: schema,
    name,
    description,
    attributes,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema}` },
  }))
