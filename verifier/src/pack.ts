/**
 * What a pack holds beside the log's own files. All of it may be missing: a bare C2SP log is verified
 * just as well, and says less.
 *
 * ```
 * pack.json               {"format":"holdfast-pack/1", "keys":[verifier keys], …}
 * root.policy             a tlog-policy of the root log: its key, and witnesses as the house names them
 * checkpoints.ndjson      earlier signed checkpoints of this log, a JSON string a line
 * statements       {"index":n,"statement":"…"} a line: public statements that leaves commit to
 * openings/<n>.ndjson     {"index":n,"payload":base64,"set":base64} a line, for the entries of bundle n
 * anchors/<i>.checkpoint  a signed checkpoint of this log
 * anchors/<i>.tlog-proof  that its text is a leaf of the root log; the root checkpoint inside carries
 *                         the signatures of root log and witnesses
 * anchors/<i>.tsr         an RFC 3161 response over that root checkpoint; also .1.tsr, .2.tsr, …
 * ```
 */
import { fromBase64, textOf } from './bytes.ts'
import { parseVerifierKey, type VerifierKey } from './note.ts'
import { type Policy, parsePolicy } from './policy.ts'
import type { Source } from './source.ts'
import { Statements } from './statement.ts'
import { formatNumber } from './tiles.ts'

export const packFormat = 'holdfast-pack/1'

export interface Pack {
  readonly keys: readonly VerifierKey[]
  readonly policy: Policy | undefined
  readonly checkpoints: readonly string[]
  readonly statements: Statements
  readonly openings: Openings
  /** Where the house says it keeps copies that it cannot change. */
  readonly copies: readonly string[]
}

/** Whether the pack means to hold every payload that is not erased, some, or none. */
export type Openings = 'none' | 'some' | 'all'

/** @throws {RangeError} for a pack that cannot be read. */
export async function readPack(source: Source): Promise<Pack> {
  const [about, policy, checkpoints, statements] = await Promise.all(
    ['pack.json', 'root.policy', 'checkpoints.ndjson', 'statements'].map((path) =>
      source.read(path),
    ),
  )
  const { keys, openings, copies } = about === undefined ? {} : parseAbout(about)
  const stated = new Statements()
  for (const value of linesOf('statements', statements)) {
    const { index, statement } = (value ?? {}) as { index?: unknown; statement?: unknown }
    if (!Number.isSafeInteger(index) || typeof statement !== 'string') {
      throw new RangeError('statements holds something else')
    }
    stated.add(index as number, statement)
  }
  return {
    keys: textsIn('keys', keys).map(parseVerifierKey),
    policy: policy === undefined ? undefined : parsePolicy(read('root.policy', policy)),
    checkpoints: textsIn('checkpoints', linesOf('checkpoints.ndjson', checkpoints)),
    statements: stated,
    openings: openings === 'all' || openings === 'some' ? openings : 'none',
    copies: textsIn('copies', copies),
  }
}

interface About {
  readonly format?: unknown
  readonly keys?: unknown
  readonly openings?: unknown
  readonly copies?: unknown
}

function textsIn(name: string, value: unknown): string[] {
  if (value === undefined) return []
  const isTexts = Array.isArray(value) && value.every((text) => typeof text === 'string')
  if (!isTexts) throw new RangeError(`the pack’s ${name} are no texts`)
  return value
}

function parseAbout(bytes: Uint8Array): About {
  let about: About | null
  try {
    about = JSON.parse(read('pack.json', bytes)) as About | null
  } catch {
    throw new RangeError('pack.json is no JSON')
  }
  if (about?.format !== packFormat)
    throw new RangeError(`this reads packs of the form ${packFormat}`)
  return about
}

function read(name: string, bytes: Uint8Array): string {
  try {
    return textOf(bytes)
  } catch {
    throw new RangeError(`${name} is no UTF-8`)
  }
}

function linesOf(name: string, bytes: Uint8Array | undefined): unknown[] {
  if (bytes === undefined) return []
  return read(name, bytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as unknown
      } catch {
        throw new RangeError(`${name} holds a line that is no JSON`)
      }
    })
}

export interface Opening {
  readonly payload: Uint8Array | undefined
  readonly set: Uint8Array | undefined
}

/** The openings for one bundle's entries. @throws {RangeError} */
export async function readOpenings(source: Source, n: number): Promise<Map<number, Opening>> {
  const path = `openings/${formatNumber(n)}.ndjson`
  const openings = new Map<number, Opening>()
  for (const value of linesOf(path, await source.read(path))) {
    const { index, payload, set } = (value ?? {}) as Readonly<Record<string, unknown>>
    const bytes = (text: unknown) => {
      const decoded = typeof text === 'string' ? fromBase64(text) : undefined
      if (text !== undefined && decoded === undefined) throw new RangeError(`${path} is damaged`)
      return decoded
    }
    if (typeof index !== 'number') throw new RangeError(`${path} is damaged`)
    openings.set(index, { payload: bytes(payload), set: bytes(set) })
  }
  return openings
}

/** More than any pack has use for. */
const mostAnchors = 64

export interface AnchorFiles {
  readonly checkpoint: Uint8Array
  readonly proof: Uint8Array
  readonly stamps: readonly Uint8Array[]
}

/** Anchors in the order of the pack. */
export async function* readAnchors(source: Source): AsyncGenerator<AnchorFiles> {
  for (let i = 0; i < mostAnchors; i++) {
    const [checkpoint, proof] = await Promise.all([
      source.read(`anchors/${i}.checkpoint`),
      source.read(`anchors/${i}.tlog-proof`),
    ])
    if (checkpoint === undefined || proof === undefined) return
    const stamps: Uint8Array[] = []
    for (let k = 0; k < mostAnchors; k++) {
      const stamp = await source.read(`anchors/${i}${k === 0 ? '' : `.${k}`}.tsr`)
      if (stamp === undefined) break
      stamps.push(stamp)
    }
    yield { checkpoint, proof, stamps }
  }
}
