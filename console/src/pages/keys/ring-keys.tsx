import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { May } from '../../ui/may.tsx'
import type { Ring } from '../keys.tsx'
import { RingName } from './ring-name.tsx'
import { Finalise } from './rotate.tsx'

type Key = Ring['keys'][number]

const families: Readonly<Record<Key['family'], string>> = {
  wrap: 'wraps subject keys',
  seal: 'seals what is never rewritten',
  mac: 'makes pseudonyms',
  index: 'makes searchable values findable',
}

/** The working key of a family. */
export const newestOf = (keys: readonly Key[], family: Key['family']): Key | undefined =>
  keys.filter((key) => key.family === family).toSorted((a, b) => b.version - a.version)[0]

/** "made today", "12 days old". */
export const ageText = (days: number): string =>
  days === 0 ? 'made today' : `${counted(days, 'day')} old`

/** What becomes of a key by itself, where it is neither turned nor destroyed. */
const ends: Readonly<Record<Key['family'], string>> = {
  wrap: '',
  seal: 'stays: what it sealed is not rewritten',
  mac: 'never turns: pseudonyms stay',
  index: '',
}

/** Every key of one ring, by what it is for, and the end of its old ones. */
export const RingKeys = ({ ring: { ring, keys, destroyedAt } }: { readonly ring: Ring }) => (
  <div className="stack">
    <div className="row spread">
      <h3>Keys of {ring === 'house' ? 'the house' : <RingName ring={ring} />}</h3>
      {destroyedAt === undefined && (
        <May ask="keys.ring.finalise">
          <Finalise ring={ring} />
        </May>
      )}
    </div>
    <DataTable
      caption="Keys of the ring"
      heads={['Key', 'For', 'Age', 'State', 'Next', { number: 'Subject keys under it' }]}
      rows={keys}
      keyOf={({ family, version }) => `${family} ${version}`}
      empty={<p className="soft">The keys of this ring are destroyed.</p>}
    >
      {(key) => (
        <>
          <td className="mono one-line">
            {key.family} {key.version}
          </td>
          <td>{families[key.family]}</td>
          <td className="one-line" title={key.createdAt}>
            {ageText(key.ageDays)}
          </td>
          <td>
            {key.retiredAt === undefined ? (
              <State word="works" tone="good" />
            ) : (
              <State word={key.family === 'index' ? 'only finds' : 'only opens'} tone="plain" />
            )}
          </td>
          <td>
            <Next of={key} />
          </td>
          <td className="number">{key.references !== undefined && countText(key.references)}</td>
        </>
      )}
    </DataTable>
  </div>
)

const Next = ({ of: { family, rotateBy, destroyBy } }: { readonly of: Key }) => {
  if (rotateBy !== undefined)
    return (
      <>
        turns <Time at={rotateBy} />
      </>
    )
  if (destroyBy !== undefined)
    return (
      <>
        destroyed <Time at={destroyBy} />
      </>
    )
  return <span className="soft">{ends[family]}</span>
}
