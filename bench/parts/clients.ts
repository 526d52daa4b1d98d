import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What a process of clients is to do: so many of them, each asking again as soon as it is answered. */
export interface Order {
  readonly kind: 'https' | 'pg'
  readonly clients: number
  readonly seconds: number
  /** Before anything is counted. */
  readonly warmUpSeconds: number
  readonly subjectIds: readonly string[]
  readonly controllerId: string
  /** For `https`: where, and with what. */
  readonly port?: number
  readonly ca?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whether each answer must name its entry, as the house's do. */
  readonly audited?: boolean
  /** For `pg`. */
  readonly url?: string
}

export interface Result {
  readonly perSecond: number
  /** Milliseconds from asking to having the whole answer. */
  readonly p50: number
  readonly p99: number
}

/** What a {@link openPlainDoor plain door} is opened with. */
export interface PlainOrder {
  readonly url: string
  /** PEM. */
  readonly cert: string
  readonly key: string
  readonly controllerId: string
}

/** What a {@link openSameDoor same door} is opened with. */
export interface SameOrder extends PlainOrder {
  readonly publicUrl: string
  /** What each subject's record would open to, JSON. */
  readonly opened: readonly (readonly [subjectId: string, text: string])[]
}

/** A server beside the house, on its database, that reads the same and neither tells nor opens. */
export const openPlainDoor = (order: PlainOrder) => openDoor('plain-door.ts', order)

/** The house's own server beside the house, on its database, without trail and crypto. */
export const openSameDoor = (order: SameOrder) => openDoor('same-door.ts', order)

async function openDoor(file: string, order: PlainOrder): Promise<{ port: number; close(): void }> {
  const child = fork(join(import.meta.dirname, file))
  child.send(order)
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { port, close: () => child.disconnect() }
}

/** Runs clients in a process of their own, as they would be: what they cost is not the server's. */
export async function runClients(order: Order): Promise<Result> {
  const child = fork(join(import.meta.dirname, 'client-process.ts'))
  child.send(order)
  const [told] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the clients ended with exit code ${code}`)
    }),
  ])) as [Result]
  child.disconnect()
  return told
}
