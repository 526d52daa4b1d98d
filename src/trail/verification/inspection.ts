import { Refusal, type Secrets } from '#kernel'
import type { EntryFacts } from '../entries/entry.ts'
import type { ErasedBy, Erasures } from '../erasure/erasures.ts'
import {
  hasRing,
  isRingGone,
  isShredded,
  leafBody,
  payloadContext,
  type Pseudonym,
  pseudonymsOf,
  sha256,
} from '../entries/leaf.ts'
import { leafHash } from '../tree/merkle.ts'
import { nothingTouched, summarise, unpackTouched } from '../entries/touched.ts'

/** An entry as it is stored, everything of it. */
export interface StoredEntry extends EntryFacts {
  readonly body: Buffer
  readonly leaf: Buffer
  /** Null once it is erased. */
  readonly payload: Buffer | null
}

/** An entry that erased payloads, and how many. */
export interface ErasingEntry {
  readonly log: string
  /** Null while it waits for its place. */
  readonly index: number | null
  readonly entryId: string
  readonly payloads: number
}

/** Which key of a leaf holds which pseudonym. */
const pseudonymKeys = {
  actor: 'actor',
  session: 'sess',
  credential: 'cred',
  grant: 'grant',
  source: 'src',
} as const

/** Compares stored entries with what they must be, remembering pseudonyms: actors come again and again. */
export class Inspector {
  readonly #secrets: Secrets
  readonly #opens: boolean
  readonly #known = new Map<string, string>()
  readonly #erasedBy = new Map<string, ErasingEntry>()
  #destroyed = 0

  /** @param opens - whether payloads are opened and held against their leaves; else those are believed. */
  constructor(secrets: Secrets, opens = true) {
    this.#secrets = secrets
    this.#opens = opens
  }

  /** Entries whose keys are destroyed: their payload is gone, and their pseudonyms cannot be reckoned again. */
  get destroyed(): number {
    return this.#destroyed
  }

  /** Entries that took payloads away, each with how many of those that were looked at. */
  get erasedBy(): readonly ErasingEntry[] {
    return [...this.#erasedBy.values()]
  }

  /**
   * What is wrong with one entry by itself, in one sentence; undefined when nothing is.
   *
   * @param leaf - what its body comes to as a leaf.
   */
  faultOf(
    entry: StoredEntry,
    erasures: Erasures,
    leaf: Buffer = leafHash(entry.body),
  ): string | undefined {
    const by = erasures.of(entry.entryId)
    if (entry.payload === null && by === undefined && hasRing(this.#secrets, entry.log)) {
      return 'Its payload is gone, and no entry has erased it.'
    }
    if (entry.payload !== null && by?.byName === true) {
      return `Its payload was erased by ${nameOf(by)}, and is there.`
    }
    const opened = this.#openPayload(entry)
    if (opened === 'altered') return 'Its sealed payload does not open.'
    if (opened === 'erased' && by !== undefined) this.#count(entry.log, by)
    else if (opened === 'destroyed' || opened === 'erased') this.#destroyed += 1
    const digest = typeof opened === 'string' ? digestIn(entry.body) : sha256(opened)
    const expected = leafBody(entry, digest, this.#pseudonyms(entry.log, entry.body))
    // A body that is what it must be need not be read.
    if (!expected.equals(entry.body)) return difference(entry.body, expected)
    if (!countsHold(entry)) return 'Its counts are not those of its exact set.'
    if (!leaf.equals(entry.leaf)) return 'Its leaf hash is not that of its body.'
    return undefined
  }

  #count(log: string, { entryId, index }: ErasedBy): void {
    const { payloads = 0 } = this.#erasedBy.get(entryId) ?? {}
    this.#erasedBy.set(entryId, { log, index, entryId, payloads: payloads + 1 })
  }

  #openPayload({ log, entryId, payload }: StoredEntry) {
    if (payload === null) return 'erased'
    if (!this.#opens) return 'sealed'
    try {
      return this.#secrets.unseal(log, payloadContext(entryId), payload)
    } catch (error) {
      if (isShredded(error)) return 'destroyed'
      if (error instanceof Refusal) return 'altered'
      throw error
    }
  }

  /** Where the ring is destroyed no pseudonym can be reckoned, and the leaf's own word stands. */
  #pseudonyms(log: string, body: Buffer): Pseudonym {
    return (use, of) => {
      const key = `${log}/${use}/${of}`
      const known = this.#known.get(key)
      if (known !== undefined) return known
      try {
        const pseudonym = pseudonymsOf(this.#secrets, log)(use, of)
        this.#known.set(key, pseudonym)
        return pseudonym
      } catch (error) {
        if (!isRingGone(error)) throw error
        return String(parseBody(body)?.[pseudonymKeys[use]])
      }
    }
  }
}

const nameOf = ({ index, entryId }: ErasedBy) => (index === null ? entryId : `entry ${index}`)

function parseBody(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The payload's digest as a leaf's body says it, without reading the rest: no string holds a bare quote. */
function digestIn(body: Buffer): string {
  const at = body.indexOf('"pd":"') + '"pd":"'.length
  // There and back: what is no digest must not come out as it went in.
  return Buffer.from(body.toString('latin1', at, at + 64), 'hex').toString('hex')
}

/** Why a body is not what was expected. */
function difference(body: Buffer, expected: Buffer): string {
  const said = parseBody(body)
  if (said === undefined) return 'Its leaf body is no JSON object.'
  return `Its columns and its leaf differ in: ${differences(said, expected).join(', ')}.`
}

/** Names of the keys in which a leaf differs from what it should be, or `its form`. */
function differences(said: Readonly<Record<string, unknown>>, expected: Buffer): string[] {
  const should = JSON.parse(expected.toString('utf8')) as Record<string, unknown>
  const keys = new Set([...Object.keys(said), ...Object.keys(should)])
  const differing = [...keys].filter(
    (key) => JSON.stringify(said[key]) !== JSON.stringify(should[key]),
  )
  return differing.length > 0 ? differing : ['its form']
}

function countsHold({ touched, subjects, records, categories }: StoredEntry): boolean {
  try {
    const counted = touched === null ? nothingTouched : summarise(unpackTouched(touched))
    return (
      counted.subjects === subjects &&
      counted.records === records &&
      counted.categories === categories
    )
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
