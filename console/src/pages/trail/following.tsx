import { Empty } from '../../ui/empty.tsx'
import { State } from '../../ui/state.tsx'
import { Entries } from './entries.tsx'
import { useTail } from './use-tail.ts'

const words = {
  paused: ['paused while nobody is here', 'warn'],
  opening: ['connecting', 'plain'],
  following: ['following', 'good'],
  over: ['over', 'bad'],
} as const

/** Entries as they come. */
export function Following({ query }: { readonly query: string }) {
  const { entries, state, because } = useTail(query)
  const [word, tone] = words[state]
  return (
    <>
      <output className="row">
        <State word={word} tone={tone} />
        {because !== undefined && <span className="soft">{because}</span>}
      </output>
      {entries.length === 0 ? (
        <Empty title="Nothing new yet">
          <p>What happens from now on, and matches, appears here by itself.</p>
        </Empty>
      ) : (
        <Entries items={entries} />
      )}
    </>
  )
}
