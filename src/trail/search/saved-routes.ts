import type { Static } from 'typebox'
import { type Route, route, Sealed } from '#kernel'
import { filterOf } from '../entries/wire.ts'
import {
  changeSearch,
  listSearches,
  type OpenSearch,
  removeSearch,
  saveSearch,
} from './saved-acts.ts'
import {
  NewSearch,
  Removed,
  SearchChange,
  SearchList,
  SearchParams,
  SearchShape,
} from './saved-wire.ts'

const url = '/v1/trail/searches'

/** Questions to the trail that people want to ask again. */
export const savedSearchRoutes: readonly Route[] = [
  route({
    method: 'GET',
    url,
    action: 'trail.search.list',
    summary: 'Your saved searches, and those that others share.',
    response: SearchList,
    effect: 'read',
    async handle(act) {
      const all = await listSearches(act)
      return new Sealed(async (receipt) => ({ items: (await all.open(receipt)).map(toSearch) }))
    },
  }),
  route({
    method: 'POST',
    url,
    action: 'trail.search.save',
    summary: 'Save a search under a name, for yourself or for everybody.',
    body: NewSearch,
    response: SearchShape,
    effect: 'write',
    async handle(act, { body: { shared = false, ...draft } }) {
      // What could not be asked is not kept.
      filterOf(draft.asked)
      return answer(await saveSearch(act, { ...draft, shared }))
    },
  }),
  route({
    method: 'PATCH',
    url: `${url}/:searchId`,
    action: 'trail.search.change',
    summary: 'Rename a saved search of yours, change what it asks, share it or no longer.',
    params: SearchParams,
    body: SearchChange,
    response: SearchShape,
    effect: 'write',
    async handle(act, { params, body }) {
      if (body.asked !== undefined) filterOf(body.asked)
      return answer(await changeSearch(act, params.searchId, body))
    },
  }),
  route({
    method: 'DELETE',
    url: `${url}/:searchId`,
    action: 'trail.search.remove',
    summary: 'Remove a saved search of yours.',
    params: SearchParams,
    response: Removed,
    effect: 'write',
    async handle(act, { params }) {
      await removeSearch(act, params.searchId)
      return { removed: true as const }
    },
  }),
]

const answer = (search: Sealed<OpenSearch>) =>
  new Sealed(async (receipt) => toSearch(await search.open(receipt)))

const toSearch = ({ savedAt, ...search }: OpenSearch): Static<typeof SearchShape> => ({
  ...search,
  savedAt: savedAt.toISOString(),
})
