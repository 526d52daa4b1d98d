import { State } from '../../ui/state.tsx'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { countText } from '../../ui/figures.ts'
import type { Ring } from '../keys.tsx'

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

/** Every key of one ring, by what it is for. */
export const RingKeys = ({ ring: { keys } }: { readonly ring: Ring }) => (
  <DataTable
    caption="Keys of the ring"
    heads={['Key', 'For', 'Born', 'State', 'Next', { number: 'Subject keys under it' }]}
    rows={keys}
    keyOf={({ family, version }) => `${family} ${version}`}
    empty={<p className="soft">The keys of this ring are destroyed.</p>}
  >
    {(key) => (
      <>
        <td className="mono">
          {key.family} {key.version}
        </td>
        <td>{families[key.family]}</td>
        <td>
          <Time at={key.createdAt} />
        </td>
        <td>
          {key.retiredAt === undefined ? (
            <State word="works" tone="good" />
          ) : (
            <State word="only opens" tone="plain" />
          )}
        </td>
        <td>
          {key.rotateBy !== undefined && (
            <>
              turns <Time at={key.rotateBy} />
            </>
          )}
          {key.destroyBy !== undefined && (
            <>
              destroyed <Time at={key.destroyBy} />
            </>
          )}
        </td>
        <td className="number">{key.references !== undefined && countText(key.references)}</td>
      </>
    )}
  </DataTable>
)
