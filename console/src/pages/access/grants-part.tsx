import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { askPages } from '../../ask.ts'
import { Choice } from '../../ui/choice.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { GiveGrant } from './give-grant.tsx'
import { GrantTable } from './grant-table.tsx'
import type { Grant } from './shapes.ts'

const spans = { all: 'All', month: 'Unused for 30 days', quarter: 'For 90 days' }
const days = { all: undefined, month: 30, quarter: 90 }

/** Every grant in force; those nobody uses are the first to go. */
export const GrantsPart = () => (
  <May
    ask="identity.grant.list"
    otherwise={<NotGranted what="grants" action="identity.grant.list" />}
  >
    <Grants />
  </May>
)

function Grants() {
  const [span, setSpan] = useState<keyof typeof spans>('all')
  const grants = useInfiniteQuery(askPages<Grant>('/v1/grants', { unusedDays: days[span] }))
  return (
    <Section
      title="Grants"
      lead="A role in somebody’s hands, confined as far as it can be. Nobody grants to themselves. When each was last used is read from the trail every hour."
      does={
        <>
          <Choice label="Which grants" value={span} options={spans} onChange={setSpan} />
          <May ask="identity.grant.create">
            <GiveGrant />
          </May>
        </>
      }
    >
      <Pages query={grants} what="Reading the grants">
        {(items) => (
          <GrantTable
            grants={items}
            caption="Grants"
            empty={
              <section className="sheet">
                <p className="soft">
                  {span === 'all' ? 'There is no grant.' : 'Every grant was used in this time.'}
                </p>
              </section>
            }
          />
        )}
      </Pages>
    </Section>
  )
}
