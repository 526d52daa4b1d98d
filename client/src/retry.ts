import { Refused } from './refused.ts'

/** Pauses before another try, in milliseconds; after the last one the error is the caller's. */
export const defaultPauses: readonly number[] = [250, 1_000, 3_000]

/**
 * Tries again what may be tried again: what was turned away before it began (429, 503), and, where
 * doing it twice is the same as doing it once, what broke off unanswered.
 *
 * @param twiceIsOnce - a read, or a write that replaces its like.
 */
export async function retrying<T>(
  deed: () => Promise<T>,
  { twiceIsOnce, pauses }: { readonly twiceIsOnce: boolean; readonly pauses: readonly number[] },
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await deed()
    } catch (error) {
      const pause = pauses[tries]
      if (pause === undefined || !mayPass(error, twiceIsOnce)) throw error
      await after(pause)
    }
  }
}

/** Whether another try may help. */
export function mayPass(error: unknown, twiceIsOnce: boolean): boolean {
  if (error instanceof Refused)
    return error.status === 429 || error.status === 503 || (twiceIsOnce && error.status >= 500)
  if (!(error instanceof Error) || error.name === 'AbortError') return false
  return twiceIsOnce || neverSent(error)
}

/** Nobody listened: nothing can have been done. */
function neverSent(error: Error): boolean {
  const { code } = (error.cause ?? {}) as { code?: string }
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND'
}

export const after = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))
