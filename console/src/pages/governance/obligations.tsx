import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ActorName } from '../../actors.tsx'
import { askPages } from '../../ask.ts'
import { Empty } from '../../ui/empty.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Due } from './due.tsx'
import type { Obligation } from './shapes.ts'

/** Everything that waits for somebody, soonest first, over all registers. */
export const Obligations = () => (
  <May
    ask="governance.obligation.list"
    otherwise={<NotGranted what="obligations" action="governance.obligation.list" />}
  >
    <List />
  </May>
)

function List() {
  const obligations = useInfiniteQuery(askPages<Obligation>('/v1/obligations'))
  return (
    <Section title="What waits for somebody">
      <Pages query={obligations} what="Reading the obligations">
        {(items) => (
          <DataTable
            caption="Obligations"
            heads={['Due', 'What', 'Register', 'Owner']}
            rows={items}
            keyOf={({ id }) => id}
            empty={
              <Empty title="Nothing waits">
                <p>
                  No register has an open entry. Begin with{' '}
                  <Link to="/governance/{-$register}" params={{ register: 'vendors' }}>
                    the vendors
                  </Link>{' '}
                  that touch your data, or state there that you have none.
                </p>
              </Empty>
            }
          >
            {({ register, title, owner, due, overdue }) => (
              <>
                <td>
                  <Due due={due} overdue={overdue} />
                </td>
                <td>
                  <Link to="/governance/{-$register}" params={{ register }}>
                    {title}
                  </Link>
                </td>
                <td>{register.replaceAll('-', ' ')}</td>
                <td>
                  <ActorName id={owner} />
                </td>
              </>
            )}
          </DataTable>
        )}
      </Pages>
    </Section>
  )
}
