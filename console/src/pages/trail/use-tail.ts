import { useEffect, useRef, useState } from 'react'
import { useAttended } from '../../attended.ts'
import type { Entry } from './shapes.ts'

export interface Tail {
  readonly entries: readonly Entry[]
  readonly state: 'opening' | 'following' | 'paused' | 'over'
  /** Why it is over, in one sentence. */
  readonly because?: string
}

/** As many of the newest as a page can hold without becoming slow. */
const mostKept = 500

/**
 * New entries as they come, newest first. It pauses while nobody is at the screen, since a page that
 * followed for ever would keep the session of an empty chair alive; then it goes on where it was.
 */
export function useTail(query: string): Tail {
  const isAttended = useAttended()
  const last = useRef<string>(undefined)
  const [tail, setTail] = useState<Tail>({ entries: [], state: 'opening' })
  useEffect(() => {
    if (!isAttended) return undefined
    const after = last.current === undefined ? '' : `&after=${last.current}`
    const source = new EventSource(`/v1/trail/tail?${query}${after}`)
    const stand = (state: Tail['state'], because?: string) =>
      setTail(({ entries }) => ({ entries, state, ...(because === undefined ? {} : { because }) }))
    source.addEventListener('began', ({ lastEventId }: MessageEvent<string>) => {
      last.current = lastEventId
      stand('following')
    })
    source.addEventListener('entry', ({ data, lastEventId }: MessageEvent<string>) => {
      last.current = lastEventId
      const entry = JSON.parse(data) as Entry
      setTail((old) => ({ ...old, entries: [entry, ...old.entries].slice(0, mostKept) }))
    })
    source.addEventListener('end', ({ data }: MessageEvent<string>) => {
      const { message, code } = JSON.parse(data) as { message: string; code: string }
      // A house that closes comes back; the browser calls again by itself.
      if (code === 'closing') return
      source.close()
      stand('over', message)
    })
    source.addEventListener('error', () => {
      // Closed for good is a refusal; anything else the browser tries again.
      if (source.readyState === EventSource.CLOSED)
        stand('over', 'Holdfast does not let you follow now; perhaps you follow too often already.')
      else stand('opening')
    })
    return () => source.close()
  }, [query, isAttended])
  return isAttended || tail.state === 'over' ? tail : { ...tail, state: 'paused' }
}
