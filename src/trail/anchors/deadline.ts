/** What outside did not do in time, or what it was asked while it hung. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** Work that was given up and may hang still: each holds a thread, so there is one of a name. */
const hanging = new Set<string>()

/**
 * Waits for what another machine does, but not longer than `ms`: what hangs must hold up nobody.
 *
 * @param name - of the work; while one of that name hangs, the next is refused at once.
 * @throws {DeadlineError}
 */
export async function within<T>(name: string, ms: number, work: () => Promise<T>): Promise<T> {
  if (hanging.has(name)) throw new DeadlineError(`${name} hangs`)
  hanging.add(name)
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new DeadlineError(`not done within ${ms} ms`)), ms)
  const working = work().finally(() => hanging.delete(name))
  try {
    return await Promise.race([working, late.promise])
  } finally {
    clearTimeout(timer)
    working.catch(() => {})
  }
}
