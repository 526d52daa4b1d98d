import { setImmediate as turn } from 'node:timers/promises'

/**
 * About half a millisecond of sealing. Whatever answer of PostgreSQL comes meanwhile is heard after it, and
 * PostgreSQL has nothing to do until then.
 */
const slice = 8

/** Does something with each of many items, and lets others have their turn in between. */
export async function inSlices<T>(items: readonly T[], deed: (item: T) => void): Promise<void> {
  for (let i = 0; i < items.length; i += 1) {
    if (i > 0 && i % slice === 0) await turn()
    deed(items[i]!)
  }
}
