import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Static } from 'typebox'
import type { Stores as StoresShape } from '../../../../src/keys/wire.ts'
import { ask } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Loaded } from '../../ui/waiting.tsx'

type StoresSeen = Static<typeof StoresShape>
type Store = StoresSeen['items'][number]

/** Everything at rest, and how it lies there: read from the database itself, not from a list somebody keeps. */
export function Stores() {
  const [open, setOpen] = useState(false)
  const stores = useQuery({ ...ask<StoresSeen>('/v1/keys/stores'), enabled: open })
  const [which, setWhich] = useState<'sealed' | 'all'>('sealed')
  return (
    <Section
      title="Everything at rest"
      lead="Read from the database as it is. A column of bytes that nobody has declared makes the measure fail."
      does={
        !open ? (
          <Button tone="quiet" onClick={() => setOpen(true)}>
            Show it
          </Button>
        ) : (
          <Choice
            label="Which tables"
            value={which}
            options={{ sealed: 'With sealed columns', all: 'All tables' }}
            onChange={setWhich}
          />
        )
      }
    >
      {open && (
        <Loaded query={stores} what="Reading the stores">
          {({ items, files }) => (
            <>
              <DataTable
                caption="Files at rest"
                heads={['Files', 'Cipher']}
                rows={files}
                keyOf={({ place }) => place}
                empty={null}
              >
                {({ place, cipher }) => (
                  <>
                    <td>{place}</td>
                    <td>{cipher}</td>
                  </>
                )}
              </DataTable>
              <DataTable
                caption="Tables at rest"
                heads={['Table', 'Columns of bytes', { number: 'Plain columns' }, 'State']}
                rows={items.filter((store) => which === 'all' || isSealed(store))}
                keyOf={({ table }) => table}
                empty={null}
              >
                {(store) => (
                  <>
                    <td className="mono">{store.table}</td>
                    <td>
                      <ul className="columns">
                        {store.sealed.map(({ column, cipher }) => (
                          <li key={column}>
                            <code>{column}</code> <span className="soft">{cipher}</span>
                          </li>
                        ))}
                      </ul>
                    </td>
                    <td className="number" title={store.plain.join(', ')}>
                      {store.plain.length}
                    </td>
                    <td>
                      {store.undeclared.length === 0 ? (
                        <State word="declared" tone="good" />
                      ) : (
                        <State word={`undeclared: ${store.undeclared.join(', ')}`} tone="bad" />
                      )}
                    </td>
                  </>
                )}
              </DataTable>
            </>
          )}
        </Loaded>
      )}
    </Section>
  )
}

const isSealed = ({ sealed, undeclared }: Store) => sealed.length > 0 || undeclared.length > 0
