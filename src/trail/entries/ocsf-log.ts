import type { OpenedEntry } from './details.ts'
import type { OcsfEvent } from './ocsf.ts'
import { bareEvent } from './ocsf.ts'

/** Where an entry stands, so that whoever receives it can see whether one before it is missing. */
export interface LogPlace {
  /** The log's origin (C2SP checkpoint); undefined before the first signature of all. */
  readonly origin: string | undefined
}

/** An OCSF event that names its place in its log. */
export type PlacedEvent = Omit<OcsfEvent, 'unmapped'> & {
  readonly unmapped: Readonly<Record<string, unknown>>
}

/**
 * An entry as an OCSF 1.8.0 event with its place under `unmapped.trail`: log, index, leaf hash. One
 * whose payload is gone says so, and tells what its leaf still tells.
 */
export function asOcsf({ entry, event }: OpenedEntry, { origin }: LogPlace): PlacedEvent {
  const told = event ?? bareEvent(entry)
  return {
    ...told,
    unmapped: {
      ...told.unmapped,
      trail: {
        origin,
        log: entry.log,
        index: entry.index,
        leaf: entry.leaf.toString('base64'),
        ...(event === undefined ? { erased: true } : {}),
      },
    },
  }
}
