/**
 * The witness protocol (C2SP tlog-witness), both sides of it: what a log asks, what a witness answers.
 *
 * ```
 * POST <prefix>/add-checkpoint
 *
 * old <size the witness has>
 * <base64 of a hash>            the consistency proof, at most 63 lines
 * <empty line>
 * <the signed checkpoint>
 *
 * 200  one signature line or more       409  text/x.tlog.size: the size the witness has, a newline
 * 404  unknown origin   403  no known signature   422  bad proof   400  anything else
 * ```
 *
 * @see https://c2sp.org/tlog-witness
 * @module
 */
import { type Checkpoint, openCheckpoint, parseCheckpoint } from '../tree/checkpoint.ts'
import { hashBytes } from '../tree/merkle.ts'
import { verifyConsistency } from '../tree/merkle-proof.ts'
import {
  type NoteSigner,
  type NoteVerifier,
  parseNote,
  signatureLine,
  strictBase64,
} from '../tree/note.ts'

export const sizeMediaType = 'text/x.tlog.size'
const mostProofLines = 63

export interface AddCheckpoint {
  readonly old: number
  readonly proof: readonly Buffer[]
  /** The signed note. */
  readonly checkpoint: string
}

export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`
}

/** @throws {RangeError} for anything but a well-formed request. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const split = body.indexOf('\n\n')
  if (split < 0) throw new RangeError('a request without a checkpoint')
  const [first = '', ...lines] = body.slice(0, split).split('\n')
  const [, digits] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? []
  const old = Number(digits)
  if (!Number.isSafeInteger(old)) throw new RangeError('a request without the old size')
  const proof = lines.map((line) => strictBase64(line) ?? Buffer.alloc(0))
  if (proof.length > mostProofLines || proof.some((hash) => hash.length !== hashBytes))
    throw new RangeError('a malformed proof')
  return { old, proof, checkpoint: body.slice(split + 2) }
}

/** The newest checkpoint a witness has cosigned of one log. */
export interface Witnessed {
  readonly size: number
  readonly root: Buffer
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly mediaType: string
  readonly body: string
  /** What must be on the disk before this answer leaves. */
  readonly next?: Checkpoint
}

const plain = 'text/plain; charset=utf-8'
const no = (status: 400 | 403 | 404 | 409 | 422, why: string): WitnessAnswer => ({
  status,
  mediaType: plain,
  body: `${why}\n`,
})

/**
 * What a witness answers. Pure: whoever calls it keeps others out between reading `seen` and
 * storing `next`, or one answer could roll back another.
 *
 * @param logs - verifier by origin.
 * @param seen - the newest cosigned checkpoint of an origin.
 */
export function judgeCheckpoint(
  body: string,
  logs: ReadonlyMap<string, NoteVerifier>,
  seen: (origin: string) => Witnessed | undefined,
  cosigners: readonly NoteSigner[],
): WitnessAnswer {
  const asked = readable(() => parseAddCheckpoint(body))
  const text = asked && readable(() => parseNote(asked.checkpoint).text)
  const claimed = text === undefined ? undefined : readable(() => parseCheckpoint(text))
  if (asked === undefined || text === undefined || claimed === undefined)
    return no(400, 'not an add-checkpoint request')
  const verifier = logs.get(claimed.origin)
  if (verifier === undefined) return no(404, 'unknown origin')
  const next = readable(() => openCheckpoint(asked.checkpoint, verifier))
  if (next === undefined) return no(403, 'not signed by the log')
  if (asked.old > next.size) return no(400, 'the old size is above the new one')
  const last = seen(next.origin)
  const size = last?.size ?? 0
  if (asked.old !== size) return { status: 409, mediaType: sizeMediaType, body: `${size}\n` }
  if (last !== undefined && size === next.size && !last.root.equals(next.root))
    return no(409, 'another tree of the same size was cosigned before')
  if (!follows(last, next, asked.proof)) return no(422, 'the proof does not lead here')
  const lines = cosigners.map((cosigner) => {
    const { name, id } = cosigner
    return signatureLine({ name, id, signature: cosigner.sign(text) })
  })
  return { status: 200, mediaType: plain, body: lines.join(''), next }
}

function follows(last: Witnessed | undefined, next: Witnessed, proof: readonly Buffer[]): boolean {
  // From nothing every tree follows, and there is nothing to prove.
  if (last === undefined || last.size === 0) return proof.length === 0
  return verifyConsistency(last.size, next.size, proof, last.root, next.root)
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * The line of a witness's answer by which this witness vouches for the checkpoint.
 *
 * @returns undefined when there is none.
 * @throws {RangeError} when the answer is no signature lines, or its signature is wrong.
 */
export function cosignatureIn(
  answer: string,
  text: string,
  verifier: NoteVerifier,
): string | undefined {
  const { signatures } = parseNote(`${text}\n${answer}`)
  const own = signatures.find(({ name, id }) => name === verifier.name && id.equals(verifier.id))
  if (own === undefined) return undefined
  if (!verifier.verify(text, own.signature)) throw new RangeError('a bad cosignature')
  return signatureLine(own)
}

/** The size in a 409's body; undefined when it is none. */
export function parseSize(body: string): number | undefined {
  const size = /^(?:0|[1-9]\d{0,15})\n$/.test(body) ? Number(body) : Number.NaN
  return Number.isSafeInteger(size) ? size : undefined
}
