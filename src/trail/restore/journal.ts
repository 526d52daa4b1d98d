/**
 * Copies of entries and checkpoints outside of the database, from which a restored one is filled up
 * again. A segment is an object that is written once:
 *
 * ```
 * trail/journal/<generation>/<day>/<kind>-<first>-<last>
 *
 * generation   of the log's name, from 1
 * day          UTC, as 20260301: the day it was written
 * kind         entries, or checkpoints
 * first, last  16 digits: positions over all logs, or leaves of the root tree
 * ```
 *
 * Its bytes are sealed under the house's ring, bound to its kind and numbers. Inside is NDJSON,
 * deflated (RFC 1950): one row a line, bytes as base64. Payloads stay sealed under their own rings.
 * A segment lives as long as a backup that it could complete.
 *
 * @module
 */
import { deflateSync, inflateSync } from 'node:zlib'
import { dayMs } from '#ground'
import type { Secrets } from '#kernel'
import { houseLog } from '../entries/entry.ts'

/** Longer than any backup is kept that a journal could complete. */
export const journalDays = 35

export type SegmentKind = 'entries' | 'checkpoints'

/** What a segment holds, by its name. */
export interface SegmentName {
  readonly generation: number
  /** The day it was written, `20260301`. */
  readonly day: string
  readonly kind: SegmentKind
  readonly first: number
  readonly last: number
}

export const journalPrefix = 'trail/journal/'

const pattern = /^trail\/journal\/([1-9]\d{0,5})\/(\d{8})\/(entries|checkpoints)-(\d{16})-(\d{16})$/

export function segmentKey({ generation, day, kind, first, last }: SegmentName): string {
  const digits = (n: number) => String(n).padStart(16, '0')
  return `${journalPrefix}${generation}/${day}/${kind}-${digits(first)}-${digits(last)}`
}

/** @returns undefined for what is no segment's key. */
export function parseSegmentKey(key: string): SegmentName | undefined {
  const [, generation, day, kind, first, last] = pattern.exec(key) ?? []
  if (day === undefined) return undefined
  return {
    generation: Number(generation),
    day,
    kind: kind as SegmentKind,
    first: Number(first),
    last: Number(last),
  }
}

export const dayName = (at: Date): string => at.toISOString().slice(0, 10).replaceAll('-', '')

/** The first day whose segments are kept at an instant. */
export const keptSince = (now: Date): string =>
  dayName(new Date(now.getTime() - journalDays * dayMs))

const contextOf = ({ generation, kind, first, last }: SegmentName) => [
  'trail.journal',
  String(generation),
  kind,
  String(first),
  String(last),
]

export function sealSegment(secrets: Secrets, name: SegmentName, rows: readonly object[]): Buffer {
  const text = rows.map((row) => `${JSON.stringify(packed(row))}\n`).join('')
  // Most of it is ciphertext: to try harder costs time and saves nothing.
  return secrets.seal(houseLog, contextOf(name), deflateSync(text, { level: 1 }))
}

/** @throws {Refusal} when another keyring sealed it, or it was altered. */
export function openSegment<T>(secrets: Secrets, name: SegmentName, bytes: Buffer): T[] {
  const text = inflateSync(secrets.unseal(houseLog, contextOf(name), bytes)).toString('utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line, unpacked) as T)
}

const packed = (row: object) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      Buffer.isBuffer(value) ? { b: value.toString('base64') } : (value as unknown),
    ]),
  )

const instants: ReadonlySet<string> = new Set(['at'])

function unpacked(key: string, value: unknown): unknown {
  if (instants.has(key) && typeof value === 'string') return new Date(value)
  const { b } = (value ?? {}) as { b?: unknown }
  return typeof b === 'string' ? Buffer.from(b, 'base64') : value
}
