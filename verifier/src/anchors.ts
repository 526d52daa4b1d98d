/** What others say of a log: witnesses that saw its root log grow, authorities that stamped it. */
import { equal, textOf, utf8 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { isNameOf, readOrigin } from './leaf.ts'
import { leafHash } from './merkle.ts'
import { ed25519, keyId, type Note, parseNote, type VerifierKey } from './note.ts'
import type { AnchorFiles } from './pack.ts'
import type { Policy } from './policy.ts'
import { followProof } from './proof.ts'
import { counted, type Lines } from './report.ts'
import { checkNote, notChecked, signatureName, type Voucher } from './signatures.ts'
import { checkStamp, type Stamp } from './timestamp.ts'

export interface AnchorTrust {
  /** The reader's own policy. */
  readonly policy: Policy | undefined
  /** Keys of the log itself. */
  readonly ownKeys: readonly VerifierKey[]
  /** Keys of the root log that are believed. */
  readonly rootKeys: readonly VerifierKey[]
  /** Further keys of it that the pack names: what they sign is told, and decides nothing. */
  readonly furtherKeys: readonly VerifierKey[]
  readonly packPolicy: Policy | undefined
  readonly tsaRoots: readonly Uint8Array[]
}

export interface AnchorFindings {
  /** Leaves of the log below the anchored checkpoint. */
  readonly size: number
  readonly witnessed: boolean
  readonly stamped: boolean
}

/** Witnesses of one signed note, told as lines. @returns whether the reader's own quorum is met. */
export async function checkWitnesses(
  note: Note,
  { policy, packPolicy }: Pick<AnchorTrust, 'policy' | 'packPolicy'>,
  lines: Lines,
): Promise<boolean> {
  const of = policy ?? packPolicy
  if (of === undefined || of.witnesses.size === 0) return false
  const vouchers = await checkNote(note, [...of.witnesses.values()])
  const names = [...of.witnesses]
  const witnessed = new Set<string>()
  for (const { key, verdict, time } of vouchers) {
    const name = names.find(([, candidate]) => candidate === key)![0]
    const said = `${key.name} (${signatureName(key.type)})${time === undefined ? '' : ` at ${instant(time * 1000)}`}`
    if (verdict === 'bad') lines.refuted('witness', `A cosignature by ${said} does not hold.`)
    else if (verdict === 'unchecked')
      lines.unchecked('witness', `A cosignature by ${said} ${notChecked(key.type)}.`)
    else {
      witnessed.add(name)
      if (policy === undefined)
        lines.told('witness', `Cosigned by ${said}, under a key that the pack itself names.`)
      else lines.proven('witness', `Cosigned by ${said}, whom your policy names.`)
    }
  }
  if (witnessed.size > 0 && !of.isQuorum(witnessed)) {
    lines.unchecked('witness', 'The quorum of the policy is not met.')
    return false
  }
  return policy !== undefined && witnessed.size > 0
}

/**
 * Checks one anchor of a pack, telling what it comes to.
 *
 * @param rootAt - the log's root as it was walked, by size; undefined for a size that was not reached.
 * @throws {RangeError} when files are malformed or a proof leads elsewhere.
 */
export async function checkAnchor(
  { checkpoint: bytes, proof, stamps }: AnchorFiles,
  origin: string,
  rootAt: (size: number) => Uint8Array | undefined,
  trust: AnchorTrust,
  lines: Lines,
): Promise<AnchorFindings> {
  const nothing = { size: 0, witnessed: false, stamped: false }
  const own = parseNote(bytes)
  const anchored = parseCheckpoint(own.text)
  const walked = rootAt(anchored.size)
  if (!isNameOf(anchored.origin, origin) || walked === undefined || !equal(walked, anchored.root)) {
    lines.refuted(
      'root',
      `The anchored checkpoint of ${counted(anchored.size, 'entry', 'entries')} is not of this tree.`,
    )
    return nothing
  }
  const ownSigned = (
    await checkNote(own, [...trust.ownKeys, ...sisterKeys(trust.ownKeys, anchored.origin)])
  ).map(({ verdict }) => verdict)
  if (!ownSigned.includes('good') || ownSigned.includes('bad')) {
    lines.refuted('root', 'The anchored checkpoint is not signed by the log.')
    return nothing
  }
  const { index, note, checkpoint } = followProof(proof, leafHash(utf8(own.text)))
  const rootKeys = keysFor(checkpoint.origin, trust.rootKeys)
  const vouchers = await checkNote(note, [...rootKeys, ...trust.furtherKeys])
  tellRootSignatures(vouchers, checkpoint.origin, lines)
  const signed = vouchers.some(({ key, verdict }) => verdict === 'good' && rootKeys.includes(key))
  const first = `The log at ${counted(anchored.size, 'entry', 'entries')} is leaf ${index} of ${checkpoint.origin} at ${checkpoint.size.toLocaleString('en')}`
  if (!signed) {
    lines.unchecked('root', `${first}; that the root log signed that could not be checked.`)
    return nothing
  }
  lines.proven('root', `${first}, signed by it.`)
  const witnessed = await checkWitnesses(note, trust, lines)
  const stamped = await checkStamps(stamps, proof, note, trust.tsaRoots, lines)
  return { size: anchored.size, witnessed, stamped }
}

function tellRootSignatures(vouchers: readonly Voucher[], origin: string, lines: Lines): void {
  for (const { key, verdict } of vouchers) {
    const name = signatureName(key.type)
    if (verdict === 'bad') lines.refuted('root', `The ${name} of ${origin} does not hold.`)
    else if (verdict === 'unchecked')
      lines.unchecked('root', `The ${name} of ${origin} ${notChecked(key.type)}.`)
    else if (key.type !== ed25519) lines.proven('root', `The ${name} of ${origin} holds.`)
  }
}

async function checkStamps(
  stamps: readonly Uint8Array[],
  proof: Uint8Array,
  note: Note,
  roots: readonly Uint8Array[],
  lines: Lines,
): Promise<boolean> {
  let counts = false
  for (const token of stamps) {
    const stamp = await stampOf(token, proof, note, roots)
    const said = `by ${stamp.authority} at ${instant(stamp.at)}`
    if (stamp.verdict === 'bad')
      lines.refuted('timestamp', `The time stamp ${said} does not hold: ${stamp.because}.`)
    else if (stamp.verdict === 'unchecked')
      lines.unchecked('timestamp', `The time stamp ${said} could not be checked: ${stamp.because}.`)
    else if (!stamp.trusted)
      lines.told('timestamp', `Stamped ${said}; its certificate leads to no root that you gave.`)
    else {
      lines.proven('timestamp', `Stamped ${said}, under a root that you gave.`)
      counts = true
    }
  }
  return counts
}

/** An authority may have been given the root checkpoint's text, or the note as it stood then. */
async function stampOf(
  token: Uint8Array,
  proof: Uint8Array,
  note: Note,
  roots: readonly Uint8Array[],
): Promise<Stamp> {
  const text = utf8(note.text)
  const whole = textOf(proof)
  const signed = utf8(whole.slice(whole.indexOf('\n\n') + 2))
  const lines = textOf(signed).split('\n')
  const bodyLines = note.text.split('\n').length
  const candidates = [text, signed]
  for (let end = bodyLines + 1; end < lines.length; end++) {
    candidates.push(utf8(`${lines.slice(0, end).join('\n')}\n`))
  }
  let last: Stamp | undefined
  for (const bytes of candidates) {
    last = await checkStamp(token, bytes, roots)
    if (last.verdict !== 'bad' || last.because !== 'it stamps something else') break
  }
  return last!
}

/**
 * A Holdfast installation signs all its logs with one key under their own names: so the key of one log,
 * known from outside, is the key of its sisters.
 */
export function sisterKeys(keys: readonly VerifierKey[], origin: string): VerifierKey[] {
  const installation = readOrigin(origin)?.installation
  if (installation === undefined) return []
  return keys.flatMap(({ name, type, publicKey }) =>
    type === ed25519 && name !== origin && readOrigin(name)?.installation === installation
      ? [{ name: origin, type, publicKey, id: keyId(origin, type, publicKey) }]
      : [],
  )
}

/** Keys of a root log under this name, or under another it has had. */
function keysFor(origin: string, keys: readonly VerifierKey[]): VerifierKey[] {
  const own = keys.filter(({ name }) => name === origin)
  return own.length > 0 || readOrigin(origin)?.log !== 'root' ? own : sisterKeys(keys, origin)
}

const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')
