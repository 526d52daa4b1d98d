import type { Act } from '#kernel'
import {
  eraseAgain,
  forgetUnexported,
  unexportedErasures,
  unknownErasures,
} from './erasure-store.ts'
import type { Erasure } from './erasure.ts'
import { keyringOf } from './keyring.ts'

const batch = 1_000

/** Erasures that are not in the ledger's file yet, oldest first. */
export function toExport(act: Act): Promise<Erasure[]> {
  return unexportedErasures(act.sql, batch)
}

/** Of the ledger's erasures those that the database does not know, because it is older. */
export async function unknownOf(act: Act, erasures: readonly Erasure[]): Promise<Erasure[]> {
  const unknown = await unknownErasures(
    act.sql,
    erasures.map(({ keyId }) => keyId),
  )
  return erasures.filter(({ keyId }) => unknown.has(keyId))
}

/** Notes that these are in the file. */
export async function exported(act: Act, erasures: readonly Erasure[]): Promise<void> {
  await forgetUnexported(
    act.sql,
    erasures.map(({ keyId }) => keyId),
  )
  act.tell({ erasuresExported: erasures.length })
}

/**
 * Destroys the keys that a restore brought back. To be called with the whole ledger before a
 * restored database opens; calling it again changes nothing.
 *
 * @returns how many keys were back, and are gone again.
 */
export async function replayErasures(act: Act, erasures: readonly Erasure[]): Promise<number> {
  let back = 0
  for (let at = 0; at < erasures.length; at += batch) {
    back += await eraseAgain(act.sql, erasures.slice(at, at + batch))
  }
  keyringOf(act.secrets).warm.clear()
  act.tell({ erasuresReplayed: erasures.length, keysErasedAgain: back })
  return back
}
