import { Type } from 'typebox'

/** SCIM minds no case in names and knows attributes we do not keep, so bodies are read by its schema. */
export const ScimBody = Type.Object(
  {},
  { additionalProperties: true, description: 'a resource, or a message, of RFC 7643 and 7644' },
)
export const ScimParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) })

const names = (description: string) => Type.Optional(Type.String({ maxLength: 2000, description }))
const shown = {
  attributes: names('only these, by commas'),
  excludedAttributes: names('all but these, by commas'),
}
export const ScimShown = Type.Object(shown)
export const ScimQuery = Type.Object({
  ...shown,
  filter: Type.Optional(Type.String({ maxLength: 5000, description: 'RFC 7644 §3.4.2.2' })),
  startIndex: Type.Optional(Type.Integer({ description: 'from 1' })),
  count: Type.Optional(Type.Integer({ description: 'at most 200' })),
  sortBy: Type.Optional(Type.String({ maxLength: 200, description: 'is refused' })),
  sortOrder: Type.Optional(Type.String({ maxLength: 200, description: 'is refused' })),
})
const list = Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 200 }))
export const ScimSearch = Type.Object({
  schemas: Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 10 }),
  ...Type.Omit(ScimQuery, ['attributes', 'excludedAttributes']).properties,
  attributes: list,
  excludedAttributes: list,
})
