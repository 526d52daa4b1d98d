import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { ListedController } from '../actors.tsx'
import { ask, type Page } from '../ask.ts'
import { Button } from '../ui/button.tsx'
import { Choice } from '../ui/choice.tsx'
import { countText, counted } from '../ui/figures.ts'
import { Empty } from '../ui/empty.tsx'
import { May, NotGranted } from '../ui/may.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { DataTable } from '../ui/table.tsx'
import { Loaded } from '../ui/waiting.tsx'
import { FirstController } from './controllers/first-controller.tsx'
import { ControllerState } from './controllers/state.tsx'

/** For whom data is held, and within what bounds. */
export default function Controllers() {
  return (
    <>
      <PageHead
        title="Controllers"
        lead="Whom we process for. Each has a contract, keys and a log of its own."
      >
        <May ask="vault.controller.create">
          <Link className="button" to="/controllers/new">
            <Plus aria-hidden />
            Take a controller in
          </Link>
        </May>
      </PageHead>
      <May
        ask="vault.controller.list"
        otherwise={<NotGranted what="the list of controllers" action="vault.controller.list" />}
      >
        <List />
      </May>
    </>
  )
}

function List() {
  const list = useQuery(ask<Page<ListedController>>('/v1/controllers'))
  const [which, setWhich] = useState<'here' | 'all'>('here')
  const showAll = () => setWhich('all')
  return (
    <Loaded query={list} what="Reading the controllers">
      {({ items }) => (
        <div className="stack">
          {items.some(({ state }) => state === 'left') && (
            <div>
              <Choice
                label="Which controllers"
                value={which}
                options={{ here: 'Here', all: 'With those that left' }}
                onChange={setWhich}
              />
            </div>
          )}
          <DataTable
            caption="Controllers"
            heads={[
              'Name',
              'Country',
              { number: 'Subjects' },
              { number: 'Records' },
              'Kept',
              { number: 'Notice within' },
              'State',
            ]}
            rows={items.filter(({ state }) => which === 'all' || state !== 'left')}
            keyOf={({ controllerId }) => controllerId}
            empty={items.length === 0 ? <FirstController /> : <AllLeft showAll={showAll} />}
          >
            {(controller) => (
              <>
                <td>
                  <Link
                    to="/controllers/$controllerId/{-$part}"
                    params={{ controllerId: controller.controllerId }}
                  >
                    {controller.name}
                  </Link>
                </td>
                <td>{controller.country}</td>
                <td className="number">{countText(controller.subjects)}</td>
                <td className="number">{countText(controller.records)}</td>
                <td>{keptText(controller)}</td>
                <td className="number">{controller.noticeHours} h</td>
                <td>
                  <ControllerState controller={controller} />
                </td>
              </>
            )}
          </DataTable>
        </div>
      )}
    </Loaded>
  )
}

/** There were some, and their certificates and logs are still to be looked at. */
const AllLeft = ({ showAll }: { readonly showAll: () => void }) => (
  <Empty title="Every controller has left">
    <p>What is kept of them, and for how long, stands on their pages.</p>
    <Button tone="quiet" onClick={showAll}>
      Show those that left
    </Button>
  </Empty>
)

/** "30 to 730 days": the shortest and the longest any category is kept. */
function keptText({ categories }: ListedController): string {
  const days = categories.map(({ retainDays }) => retainDays)
  const [least, most] = [Math.min(...days), Math.max(...days)]
  return least === most ? counted(most, 'day') : `${countText(least)} to ${countText(most)} days`
}
