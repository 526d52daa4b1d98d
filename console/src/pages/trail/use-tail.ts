import { useEffect, useState } from 'react'
import { useAttended } from '../../attended.ts'
import type { Entry } from './shapes.ts'

export interface Tail {
  readonly entries: readonly Entry[]
  readonly state: 'off' | 'opening' | 'following' | 'over'
  /** Why it is over, in one sentence. */
  readonly because?: string
}

const off: Tail = { entries: [], state: 'off' }

/** As many of the newest as a page can hold without becoming slow. */
const mostKept = 500

/**
 * New entries as they come, newest first. It ends when nobody is at the screen: a page that followed
 * for ever would keep the session of an empty chair alive.
 */
export function useTail(query: string, wanted: boolean): Tail {
  const isAttended = useAttended()
  const follows = wanted && isAttended
  const [tail, setTail] = useState<Tail>(off)
  useEffect(() => {
    if (!follows) return undefined
    setTail({ entries: [], state: 'opening' })
    const source = new EventSource(`/v1/trail/tail?${query}`)
    source.addEventListener('began', () => setTail((old) => ({ ...old, state: 'following' })))
    source.addEventListener('entry', ({ data }: MessageEvent<string>) => {
      const entry = JSON.parse(data) as Entry
      setTail((old) => ({ ...old, entries: [entry, ...old.entries].slice(0, mostKept) }))
    })
    source.addEventListener('end', ({ data }: MessageEvent<string>) => {
      const { message, code } = JSON.parse(data) as { message: string; code: string }
      // A house that closes comes back; the browser calls again by itself.
      if (code === 'closing') return
      source.close()
      setTail((old) => ({ ...old, state: 'over', because: message }))
    })
    source.addEventListener('error', () => {
      // Closed for good is a refusal; anything else the browser tries again.
      if (source.readyState === EventSource.CLOSED)
        setTail((old) => ({
          ...old,
          state: 'over',
          because: 'Holdfast does not let you follow now; you may follow too often already.',
        }))
      else setTail((old) => ({ ...old, state: 'opening' }))
    })
    return () => source.close()
  }, [query, follows])
  return wanted ? tail : off
}
