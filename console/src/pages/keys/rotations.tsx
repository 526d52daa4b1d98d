import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Rotations as RotationsShape } from '../../../../src/keys/wire.ts'
import { ask } from '../../ask.ts'
import { countText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { Loaded } from '../../ui/waiting.tsx'
import { RingName } from './ring-name.tsx'

type Seen = Static<typeof RotationsShape>
type Rotation = Seen['items'][number]

export const turnedWords: Readonly<Record<Rotation['family'], string>> = {
  root: 'root key',
  wrap: 'wrapping key',
  seal: 'sealing key',
  index: 'index key',
  data: 'subject keys',
}

/** Rotations under way and done: how far each has come, and the proof at its end. */
export function Rotations() {
  const rotations = useQuery({
    ...ask<Seen>('/v1/keys/rotations'),
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) === true ? 1_500 : 30_000),
  })
  return (
    <Section
      title="Rotations"
      lead="A key is destroyed only when nothing is left under it: that is counted, and the count stands here."
    >
      <Loaded query={rotations} what="Reading the rotations">
        {({ items }) => (
          <DataTable
            caption="Rotations"
            heads={['What turns', 'Of', 'Begun', 'How far', { number: 'Left under the old key' }]}
            rows={items}
            keyOf={({ rotationId }) => rotationId}
            empty={<p className="soft">Nothing has been rotated yet.</p>}
          >
            {(rotation) => <RotationRow rotation={rotation} />}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

function RotationRow({ rotation }: { readonly rotation: Rotation }) {
  const { family, toVersion, ring, startedAt, leftOver } = rotation
  return (
    <>
      <td>
        {turnedWords[family]}
        {toVersion !== undefined && ` to version ${toVersion}`}
      </td>
      <td>
        <RingName ring={ring} />
      </td>
      <td>
        <Time at={startedAt} />
      </td>
      <td>
        <HowFar rotation={rotation} />
      </td>
      <td className="number">{leftOver === undefined ? 'not counted yet' : countText(leftOver)}</td>
    </>
  )
}

function HowFar({ rotation }: { readonly rotation: Rotation }) {
  const { state, finalise, moved, total, family } = rotation
  if (state === 'done') return <State word={finalise ? 'done, and final' : 'done'} tone="good" />
  if (state === 'proven') return <State word="proven; the old key goes in minutes" tone="plain" />
  return (
    <div className="how-far">
      <progress
        aria-label={`How far the ${turnedWords[family]} have turned`}
        max={Math.max(1, total)}
        value={moved}
      />
      <span className="soft">
        {countText(moved)} of {countText(total)}
      </span>
    </div>
  )
}

const isUnderWay = ({ state }: Rotation): boolean => state !== 'done'
