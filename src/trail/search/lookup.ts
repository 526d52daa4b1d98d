/**
 * What a search looks entries up by: words that many of them share, and the subjects they touched.
 *
 * Of each word one row says for {@link postingLength} positions which of them bear it: what is asked
 * together is a conjunction of bits.
 *
 * Subjects lie in blocks of 32: one row says for one entry which subjects of a block it touched, so
 * that a bulk read of neighbours costs few rows and the answer stays exact.
 *
 * @module
 */
import { unpackTouched } from '../entries/touched.ts'

export const fields = [
  'log',
  'actor',
  'kind',
  'action',
  'outcome',
  'purpose',
  'session',
  'credential',
  'source',
] as const
export type TermField = (typeof fields)[number]

/** Positions that one row of `trail.posting` covers, one bit each. */
export const postingLength = 256

/** Positions that one row of `trail.lookup_span` covers. */
export const spanLength = 1024

const blockLength = 32

export interface SubjectBlock {
  readonly block: number
  /** Bit n, as a signed 32-bit number. */
  readonly mask: number
}

/** The blocks an entry's exact set falls into, ascending. */
export function blocksOf(touched: Buffer): SubjectBlock[] {
  const masks = new Map<number, number>()
  for (const { subject } of unpackTouched(touched)) {
    const { block, mask } = blockOf(subject)
    masks.set(block, (masks.get(block) ?? 0) | mask)
  }
  return [...masks].map(([block, mask]) => ({ block, mask }))
}

/** Where one subject stands. */
export const blockOf = (subject: number): SubjectBlock => ({
  block: Math.floor(subject / blockLength),
  mask: 1 << (subject % blockLength),
})
