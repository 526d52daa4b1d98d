import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import type { Form } from '../../ui/form/entry.ts'
import { choice, text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { useCall } from '../../ui/use-call.ts'
import { askedOf, searchOf, type TrailSearch } from './search.ts'
import type { SavedSearch } from './shapes.ts'

const path = '/v1/trail/searches'

interface Naming {
  readonly name: string
  readonly for: 'me' | 'all'
}

const form: Form<Naming> = {
  name: text('Name', { most: 120, placeholder: 'Exports of last night' }),
  for: choice<Naming['for']>(
    'For',
    { me: 'myself', all: 'everybody who may search' },
    { first: 'me' },
  ),
}

/** Searches kept under a name, one's own and those that others share. */
export function SavedSearches({ search }: { readonly search: TrailSearch }) {
  const isAllowed = useMay('trail.search.list')
  const items =
    useQuery({ ...ask<{ items: SavedSearch[] }>(path), enabled: isAllowed }).data?.items ?? []
  if (!isAllowed) return null
  return (
    <div className="row spread">
      <ul className="saved" aria-label="Saved searches">
        {items.length === 0 && (
          <li className="soft">A search you will want again can be saved under a name.</li>
        )}
        {items.map((saved) => (
          <li key={saved.searchId}>
            <Link
              to="/trail"
              search={searchOf(saved.asked)}
              activeOptions={{ exact: true, includeSearch: true }}
            >
              {saved.name}
            </Link>
            {saved.own ? (
              <RemoveSaved saved={saved} />
            ) : (
              <span className="soft" title="Somebody else shares it">
                (shared)
              </span>
            )}
          </li>
        ))}
      </ul>
      <May ask="trail.search.save">
        <SaveSearch search={search} />
      </May>
    </div>
  )
}

function SaveSearch({ search }: { readonly search: TrailSearch }) {
  const save = useCall<Naming, SavedSearch>({
    deed: ({ name, for: whom }) =>
      call('POST', path, { body: { name, asked: askedOf(search), shared: whom === 'all' } }),
    said: ({ name }) => `Search “${name}” saved`,
    renews: [keyOf(path)],
  })
  return (
    <FormDialog
      verb="Save this search"
      title="Save this search"
      lead="What is asked is kept, not what was found."
      form={form}
      call={save}
    />
  )
}

function RemoveSaved({ saved: { searchId, name } }: { readonly saved: SavedSearch }) {
  const remove = useCall({
    deed: () => call('DELETE', `${path}/${part(searchId)}`),
    said: `Search “${name}” removed`,
    renews: [keyOf(path)],
  })
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Remove the saved search ${name}`}
      disabled={remove.isPending}
      onClick={() => remove.mutate()}
    >
      <X aria-hidden />
    </button>
  )
}
