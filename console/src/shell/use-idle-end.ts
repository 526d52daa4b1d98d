import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useAttended } from '../attended.ts'
import { type Self, selfQuery } from '../self.ts'

/** A little past the house's own idle limit, so that asking finds the session ended. */
const slackMs = 30_000

/** Once nobody has been here for as long as a session may idle, asks whether it still stands. */
export function useIdleEnd(self: Self | null | undefined): void {
  const client = useQueryClient()
  const attended = useAttended()
  const idleMinutes = self?.session?.idleMinutes
  useEffect(() => {
    if (attended || idleMinutes === undefined) return undefined
    const timer = setTimeout(
      () => void client.invalidateQueries(selfQuery),
      idleMinutes * 60_000 + slackMs,
    )
    return () => clearTimeout(timer)
  }, [attended, idleMinutes, client])
}
