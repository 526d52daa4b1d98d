import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ActorName } from '../../actors.tsx'
import { askPages } from '../../ask.ts'
import { Choice } from '../../ui/choice.tsx'
import { Empty } from '../../ui/empty.tsx'
import { May } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable, type Head } from '../../ui/table.tsx'
import { DeclareNone, NoneDeclared } from './none.tsx'
import { Due } from './due.tsx'
import { EndItem } from './end-item.tsx'
import { Reassign } from './reassign.tsx'
import type { Item, RegisterBounds, RegisterState } from './shapes.ts'

/**
 * A register: its entries with owner and due day, what makes a new one, and what moves each on.
 * `renderCells` gives the cells of an entry that only this register has; `renderActs` the steps of its life.
 */
export function Register<T extends Item>({
  bounds,
  state,
  title,
  lead,
  heads,
  renderCells,
  renderActs,
  enter,
  first,
}: {
  readonly bounds: RegisterBounds
  readonly state: RegisterState | undefined
  readonly title: string
  readonly lead: string
  readonly heads: readonly Head[]
  readonly renderCells: (item: T) => ReactNode
  readonly renderActs?: (item: T) => ReactNode
  readonly enter: ReactNode
  /** How the first entry is made. */
  readonly first: string
}) {
  const [which, setWhich] = useState<'open' | 'all'>('open')
  const items = useInfiniteQuery(
    askPages<T>(`/v1/${bounds.name}`, which === 'open' ? { open: true } : {}),
  )
  return (
    <Section
      title={title}
      lead={lead}
      does={
        <>
          <Choice
            label="Which entries"
            value={which}
            options={{ open: 'Open', all: 'All' }}
            onChange={setWhich}
          />
          {enter}
        </>
      }
    >
      {state?.none !== undefined && <NoneDeclared none={state.none} />}
      <div className="register">
        <Pages query={items} what="Reading the register">
          {(rows) => (
            <DataTable
              caption={title}
              heads={[...heads, 'Owner', 'Due', { unseen: 'What can be done' }]}
              rows={rows}
              keyOf={({ id }) => id}
              empty={
                <Empty title={which === 'open' ? 'No open entry' : 'No entry'}>
                  <p>{first}</p>
                  {bounds.canBeEmpty === true && state !== undefined && state.open === 0 && (
                    <May ask="governance.register.declare-none">
                      <DeclareNone register={bounds.name} title={title} />
                    </May>
                  )}
                </Empty>
              }
            >
              {(item) => (
                <>
                  {renderCells(item)}
                  <td>
                    <ActorName id={item.owner} />
                  </td>
                  <td>
                    <Due due={item.due} overdue={item.overdue} endedAt={item.endedAt} />
                  </td>
                  <td>
                    {item.endedAt === undefined && (
                      <div className="acts">
                        {renderActs?.(item)}
                        <Reassign bounds={bounds} item={item} />
                        {bounds.endsBySelf !== true && (
                          <EndItem register={bounds.name} item={item} />
                        )}
                      </div>
                    )}
                  </td>
                </>
              )}
            </DataTable>
          )}
        </Pages>
      </div>
    </Section>
  )
}
