import { Type } from 'typebox'
import { FilterShape } from './wire.ts'
import { Instant, Uuid } from '../wire.ts'

const name = Type.String({ minLength: 1, maxLength: 120, description: 'in your own words' })
const shared = Type.Boolean({ description: 'everybody who may search sees it' })

export const SearchParams = Type.Object({ searchId: Uuid })

export const NewSearch = Type.Object({
  name,
  asked: FilterShape,
  shared: Type.Optional(shared),
})

export const SearchChange = Type.Object({
  name: Type.Optional(name),
  asked: Type.Optional(FilterShape),
  shared: Type.Optional(shared),
})

export const SearchShape = Type.Object({
  searchId: Uuid,
  name: Type.String(),
  asked: FilterShape,
  shared: Type.Boolean(),
  /** Whether it is yours, to change and remove. */
  own: Type.Boolean(),
  ownerId: Type.String(),
  savedAt: Instant,
})

export const SearchList = Type.Object({ items: Type.Array(SearchShape) })
export const Removed = Type.Object({ removed: Type.Literal(true) })
