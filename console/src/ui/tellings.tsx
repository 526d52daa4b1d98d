import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'

interface Telling {
  readonly id: number
  readonly sentence: string
  readonly entryId: string | undefined
}

let tellings: readonly Telling[] = []
let count = 0
const listeners = new Set<() => void>()

function set(next: readonly Telling[]): void {
  tellings = next
  for (const listener of listeners) listener()
}

/** Says what was written, with the trail entry that tells of it. */
export function tell(sentence: string, entryId: string | undefined): void {
  set([...tellings.slice(-2), { id: ++count, sentence, entryId }])
}

const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const shownMs = 12_000

/** The strip at the foot of the page: the last writes, each with its trail entry. */
export function Tellings() {
  const shown = useSyncExternalStore(listen, () => tellings)
  return (
    <section className="tellings" aria-live="polite" aria-label="What was written">
      {shown.map((telling) => (
        <TellingLine key={telling.id} telling={telling} />
      ))}
    </section>
  )
}

function TellingLine({ telling: { id, sentence, entryId } }: { readonly telling: Telling }) {
  useEffect(() => {
    const timer = setTimeout(() => set(tellings.filter((each) => each.id !== id)), shownMs)
    return () => clearTimeout(timer)
  }, [id])
  return (
    <div className="telling">
      <p>
        {sentence}
        {entryId !== undefined && (
          <>
            {' · '}
            <EntryLink entryId={entryId} />
          </>
        )}
      </p>
      <button
        type="button"
        className="icon-button"
        aria-label="Hide this"
        onClick={() => set(tellings.filter((each) => each.id !== id))}
      >
        <X aria-hidden />
      </button>
    </div>
  )
}

/** A trail entry, to be opened in the trail. */
export const EntryLink = ({ entryId }: { readonly entryId: string }) => (
  <Link className="mono entry-link" to={entryPath(entryId)}>
    trail entry {shortId(entryId)}
  </Link>
)

/** Where the trail shows one entry. */
const entryPath = (entryId: string): string => `/trail/${entryId}`

/** The end of an id: ids made close together differ there, not at the start. */
export const shortId = (id: string): string => `…${id.slice(-8)}`
