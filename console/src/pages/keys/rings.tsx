import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Page } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import { Pages } from '../../ui/more.tsx'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Keys, Ring } from '../keys.tsx'
import { ageText, newestOf, RingKeys } from './ring-keys.tsx'
import { RingName } from './ring-name.tsx'
import { Rotate } from './rotate.tsx'

/** Every ring: how old its working keys are, and when they turn next. */
export function Rings({
  query,
  policy,
}: {
  readonly query: UseInfiniteQueryResult<InfiniteData<Page<Ring>>>
  readonly policy: Keys['policy']
}) {
  const [shown, setShown] = useState<string>()
  return (
    <Section
      title="Rings"
      lead={`Wrapping keys turn every ${policy.wrapDays} days by themselves; what was erased is gone from every backup ${policy.wrapDays + policy.restoreDays + policy.bundleDays} days later at most.`}
    >
      <Pages query={query} what="Reading the rings">
        {(rings) => (
          <DataTable
            caption="Rings"
            heads={[
              'Ring',
              'Wrapping key',
              'Next rotation',
              { number: 'Subject keys' },
              'Waits for destruction',
              { unseen: 'What can be done' },
            ]}
            rows={rings}
            keyOf={({ ring }) => ring}
            empty={<p className="soft">There is no ring.</p>}
          >
            {(ring) => (
              <RingRow
                ring={ring}
                shown={shown === ring.ring}
                onShow={(isOpen) => setShown(isOpen ? ring.ring : undefined)}
              />
            )}
          </DataTable>
        )}
      </Pages>
      {query.data?.pages
        .flatMap(({ items }) => items)
        .filter(({ ring }) => ring === shown)
        .map((ring) => (
          <RingKeys key={ring.ring} ring={ring} />
        ))}
    </Section>
  )
}

function RingRow({
  ring: { ring, keys, destroyedAt },
  shown,
  onShow,
}: {
  readonly ring: Ring
  readonly shown: boolean
  readonly onShow: (isOpen: boolean) => void
}) {
  const wrap = newestOf(keys, 'wrap')
  const waiting = keys.filter(({ destroyBy }) => destroyBy !== undefined)
  const subjects = keys.reduce((sum, { references = 0 }) => sum + references, 0)
  return (
    <>
      <td>
        <RingName ring={ring} />
      </td>
      <td>
        {destroyedAt === undefined ? (
          wrap !== undefined && `version ${wrap.version}, ${ageText(wrap.ageDays)}`
        ) : (
          <State word="destroyed" tone="plain" />
        )}
      </td>
      <td>{wrap?.rotateBy !== undefined && <Time at={wrap.rotateBy} />}</td>
      <td className="number">{countText(subjects)}</td>
      <td>
        {waiting.length === 0
          ? 'none'
          : waiting.map(({ family, version, destroyBy }) => (
              <div key={`${family} ${version}`}>
                {family} {version}, <Time at={destroyBy!} />
              </div>
            ))}
      </td>
      <td>
        <div className="row one-line">
          <Button tone="quiet" aria-expanded={shown} onClick={() => onShow(!shown)}>
            {shown ? 'Hide keys' : 'Show keys'}
          </Button>
          {destroyedAt === undefined && (
            <May ask="keys.ring.rotate">
              <Rotate ring={ring} />
            </May>
          )}
        </div>
      </td>
    </>
  )
}
