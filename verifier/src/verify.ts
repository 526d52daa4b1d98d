/**
 * Verifies a log: its signature, every entry against its root, everything signed before against the same
 * tree, and what others say of it.
 */
import { type AnchorFindings, checkAnchor, checkWitnesses, sisterKeys } from './anchors.ts'
import { equal, toBase64, toHex } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { EntryDesk, type EntryTally } from './entries.ts'
import { holdfastLogOf, isNameOf } from './leaf.ts'
import { emptyRoot } from './merkle.ts'
import { ed25519, formatVerifierKey, type Note, parseNote, type VerifierKey } from './note.ts'
import { type Pack, readAnchors, readPack } from './pack.ts'
import type { Policy } from './policy.ts'
import { checkReceipt, type Receipt } from './receipt.ts'
import { counted, Lines, type Report, type Rung, rungs } from './report.ts'
import { hashBytes } from './sha256.ts'
import { checkNote, notChecked, signatureName } from './signatures.ts'
import type { Source } from './source.ts'
import { formatTilePath, tileWidth } from './tiles.ts'
import { type Entries, type Walked, type WalkFault, walkTree } from './walk.ts'

/** What the reader brings along. All of it may be missing; less is proven then. */
export interface VerifyOptions {
  /** Verifier keys of the log that the reader has from elsewhere. */
  readonly keys?: readonly VerifierKey[]
  /** Logs and witnesses the reader trusts. */
  readonly policy?: Policy
  /** Signed checkpoints of the log that the reader kept. */
  readonly earlier?: readonly (string | Uint8Array)[]
  readonly receipts?: readonly Receipt[]
  /** Certificates, in DER, of time-stamping authorities' roots. */
  readonly tsaRoots?: readonly Uint8Array[]
  /** A copy that the house cannot change, to be compared with. */
  readonly copy?: Source
  readonly onProgress?: (checked: number, of: number) => void
}

interface Opened {
  readonly note: Note
  readonly checkpoint: Checkpoint
}

/** What another signed checkpoint of the same log is, and whose word it is here. */
interface Earlier extends Opened {
  readonly from: 'you' | 'pack' | 'anchor' | 'copy'
}

/** Verifies whatever log a source holds. Bad files are refuted in lines; only a failing source throws. */
export async function verifyLog(source: Source, options: VerifyOptions = {}): Promise<Report> {
  return new Verification(source, options).run()
}

class Verification {
  readonly #source: Source
  readonly #options: VerifyOptions
  readonly #lines = new Lines()
  #pack: Pack | undefined
  #opened: Opened | undefined
  #ownKeys: VerifierKey[] = []
  #signed: 'yours' | 'pack' | undefined
  #complete = false
  #entries = 0
  #rung: Rung | undefined

  constructor(source: Source, options: VerifyOptions) {
    this.#source = source
    this.#options = options
  }

  async run(): Promise<Report> {
    try {
      await this.#verify()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#lines.refuted('pack', `A file cannot be what it should be: ${error.message}.`)
    }
    const { checkpoint } = this.#opened ?? {}
    const isProven = this.#signed === 'yours' && this.#complete
    return {
      outcome: this.#lines.isRefuted ? 'refuted' : isProven ? 'proven' : 'incomplete',
      source: this.#source.name,
      origin: checkpoint?.origin,
      size: checkpoint?.size ?? 0,
      root: checkpoint === undefined ? undefined : toBase64(checkpoint.root),
      entries: this.#entries,
      rung: this.#rung,
      lines: this.#lines.all,
    }
  }

  async #verify(): Promise<void> {
    const lines = this.#lines
    const signed = await this.#source.read('checkpoint')
    if (signed === undefined) {
      lines.unchecked('signature', 'There is no checkpoint here: nothing to begin with.')
      return
    }
    const opened = open(signed, 'The checkpoint', lines)
    if (opened === undefined) return
    this.#opened = opened
    this.#pack = await readPack(this.#source)
    await this.#checkOwnSignature(opened)
    const copied = await this.#openCopy()
    const earlier = this.#gatherEarlier(opened, copied)
    const { walked, tally, found } = await this.#walk(opened.checkpoint, earlier)
    this.#entries = walked.entries
    this.#tellTree(opened.checkpoint, walked)
    // Of entries that are not those that were signed, nothing is worth telling.
    if (tally !== undefined && this.#complete) this.#tellEntries(tally)
    let holds = await this.#tellEarlier(opened, earlier, walked)
    const { copy } = this.#options
    if (copy !== undefined && copied === undefined) {
      holds = await this.#compareCopy(copy, opened.checkpoint.size)
    }
    await this.#tellReceipts(opened, found, tally)
    await this.#tellRung(opened, walked, holds)
  }

  async #checkOwnSignature({ note, checkpoint }: Opened): Promise<void> {
    const { origin, size } = checkpoint
    const given = [...(this.#options.keys ?? []), ...(this.#options.policy?.logs ?? [])]
    const isGiven = given.length > 0
    const all = isGiven ? given : this.#pack!.keys
    this.#ownKeys = [...all.filter(({ name }) => name === origin), ...sisterKeys(all, origin)]
    const vouchers = await checkNote(note, this.#ownKeys)
    const lines = this.#lines
    for (const { key, verdict } of vouchers) {
      const by = `${signatureName(key.type)}, key ${toHex(key.id)}`
      if (verdict === 'good')
        lines.proven(
          'signature',
          `${origin} has signed its tree of ${counted(size, 'entry', 'entries')} (${by}).`,
        )
      else if (verdict === 'bad')
        lines.refuted('signature', `The signature of ${origin} does not hold (${by}).`)
      else lines.unchecked('signature', `A signature of ${origin} ${notChecked(key.type)} (${by}).`)
    }
    if (vouchers.length === 0) {
      const why = isGiven ? 'by no key you gave' : 'and no key of it is known'
      const text = `The checkpoint of ${origin} is signed ${why}.`
      if (isGiven) lines.refuted('signature', text)
      else lines.unchecked('signature', text)
    }
    if (!vouchers.some(({ verdict }) => verdict === 'good')) return
    this.#signed = isGiven ? 'yours' : 'pack'
    if (isGiven) return
    const [key] = this.#ownKeys
    lines.told(
      'signature',
      `That key stands in the pack itself. Compare it with the one you were given: ${formatVerifierKey(origin, key!.type, key!.publicKey)}`,
    )
  }

  async #openCopy(): Promise<Opened | undefined> {
    const bytes = await this.#options.copy?.read('checkpoint')
    return bytes === undefined ? undefined : open(bytes, 'The copy’s checkpoint', this.#lines)
  }

  /** A copy may hold a log’s full tiles alone: they must be those of this log, from the first on. */
  async #compareCopy(copy: Source, size: number): Promise<boolean> {
    const lines = this.#lines
    let n = 0
    for (; (n + 1) * tileWidth <= size; n++) {
      const path = formatTilePath({ level: 0, n, width: tileWidth })
      const [theirs, ours] = await Promise.all([copy.read(path), this.#source.read(path)])
      if (theirs === undefined || ours === undefined) break
      if (equal(theirs, ours)) continue
      lines.refuted('consistency', `The copy holds another log: ${path} differs.`, n * tileWidth)
      return false
    }
    const entries = counted(n * tileWidth, 'entry', 'entries')
    if (n === 0) lines.unchecked('consistency', `The copy ${copy.name} holds nothing of this log.`)
    else
      lines.proven(
        'consistency',
        `The copy holds the hashes of the first ${entries}, and they are these.`,
      )
    return n > 0
  }

  /** Every other checkpoint that has to fit the same tree. */
  #gatherEarlier({ checkpoint }: Opened, copy: Opened | undefined): Earlier[] {
    const from = (notes: readonly (string | Uint8Array)[], from: Earlier['from'], what: string) =>
      notes.flatMap((note) => {
        const opened = open(note, what, this.#lines)
        return opened === undefined ? [] : [{ ...opened, from }]
      })
    return [
      ...from(this.#options.earlier ?? [], 'you', 'The checkpoint you kept'),
      ...from(this.#pack!.checkpoints, 'pack', 'An earlier checkpoint in the pack'),
      ...(copy === undefined ? [] : [{ ...copy, from: 'copy' as const }]),
    ].filter((earlier) => {
      if (isNameOf(earlier.checkpoint.origin, checkpoint.origin)) return true
      this.#lines.refuted(
        'consistency',
        `A checkpoint given is of another log: ${earlier.checkpoint.origin}.`,
      )
      return false
    })
  }

  async #walk(
    { origin, size }: Checkpoint,
    earlier: readonly Earlier[],
  ): Promise<{
    walked: Walked
    tally: EntryTally | undefined
    found: ReadonlyMap<string, number>
  }> {
    const anchored: number[] = []
    for await (const { checkpoint } of readAnchors(this.#source)) {
      anchored.push(parseCheckpoint(parseNote(checkpoint).text).size)
    }
    const log = holdfastLogOf(origin)
    const { openings, statements } = this.#pack!
    const desk =
      log === undefined || log === 'root'
        ? undefined
        : new EntryDesk(this.#source, log, openings, statements)
    const wanted = new Set((this.#options.receipts ?? []).map(({ leaf }) => toHex(leaf)))
    const found = new Map<string, number>()
    const walked = await walkTree({
      source: this.#source,
      size,
      minimumIndex: statements.minimumIndex,
      sizes: [...earlier.map((one) => one.checkpoint.size), ...anchored],
      onEntries: async (entries, hashes) => {
        if (wanted.size > 0) seek(entries, hashes, wanted, found)
        const faults = desk === undefined ? rootFaults(log, entries) : await desk.take(entries)
        return faults
      },
      ...(this.#options.onProgress === undefined ? {} : { onProgress: this.#options.onProgress }),
    })
    return { walked, tally: desk?.tally, found }
  }

  #tellTree({ size, root }: Checkpoint, walked: Walked): void {
    const lines = this.#lines
    for (const { index, text } of walked.faults) lines.refuted('leaf', text, index)
    for (const [from, to] of walked.gaps) {
      lines.refuted(
        'gap',
        `Entries ${from} to ${to - 1} are not here, and nothing says they may be gone.`,
        from,
      )
    }
    if (walked.missingTiles.length > 0) {
      const [first] = walked.missingTiles
      lines.unchecked(
        'gap',
        `${counted(walked.missingTiles.length, 'hash tile')} of the log ${walked.missingTiles.length === 1 ? 'is' : 'are'} not here (first ${first}); the entries stand for themselves.`,
      )
    }
    if (walked.pruned > 0) {
      lines.told(
        'gap',
        `${counted(walked.pruned, 'entry', 'entries')} may be gone by the log’s own statement and are: only their hashes were seen.`,
      )
    }
    if (walked.root === undefined) {
      lines.unchecked('inclusion', 'The tree could not be recomputed: too much of it is missing.')
      return
    }
    if (!equal(walked.root, root)) {
      lines.refuted('inclusion', 'The entries do not come to the root that was signed.')
      return
    }
    if (size === 0) {
      lines.proven('inclusion', 'The log is empty, and its root is that of the empty tree.')
    } else {
      lines.proven(
        'inclusion',
        `${counted(walked.entries, 'entry', 'entries')} of ${size.toLocaleString('en')} ${size === 1 ? 'comes' : 'come'} to exactly the root that was signed, with ${counted(walked.tiles, 'hash tile')}: none is missing, changed or in another place.`,
      )
    }
    this.#complete = walked.gaps.length === 0 && walked.faults.length === 0
  }

  #tellEntries({ outcomes, first, last, payloads, sets, statements, erased }: EntryTally): void {
    const lines = this.#lines
    const said = Object.entries(outcomes).map(
      ([outcome, n]) => `${n.toLocaleString('en')} ${outcome}`,
    )
    if (first !== undefined)
      lines.proven(
        'leaf',
        `Every leaf is a Holdfast entry of this log, from ${first} to ${last}: ${said.join(', ')}.`,
      )
    if (payloads > 0)
      lines.proven(
        'payload',
        `${counted(payloads, 'payload')} opened, each the one its leaf commits to.`,
      )
    if (sets > 0)
      lines.proven(
        'payload',
        `${counted(sets, 'exact set')} shown, each the one its leaf commits to.`,
      )
    if (statements > 0)
      lines.proven(
        'erasure',
        `${counted(statements, 'public statement')} shown, each the one its leaf commits to.`,
      )
    for (const { index, origin, kept, lost } of this.#pack!.statements.successions) {
      const gone =
        lost === null
          ? 'how much was lost is not known'
          : `${counted(lost, 'entry', 'entries')} were lost`
      lines.told(
        'gap',
        `By entry ${index} the log declares that it took another name after a loss: of ${origin} it kept ${counted(kept, 'entry', 'entries')}, and ${gone}.`,
      )
    }
    for (const [by, n] of erased) {
      lines.proven(
        'erasure',
        `${counted(n, 'payload was', 'payloads were')} erased by entry ${by}; leaves and proofs stand.`,
      )
    }
  }

  /** @returns whether a copy outside of the house's reach agrees. */
  async #tellEarlier(
    { checkpoint }: Opened,
    earlier: readonly Earlier[],
    { rootAt }: Walked,
  ): Promise<boolean> {
    const lines = this.#lines
    let [fromPack, copyHolds] = [0, false]
    for (const { note, checkpoint: then, from } of earlier) {
      const what =
        from === 'you'
          ? 'The checkpoint you kept'
          : from === 'copy'
            ? 'The copy’s checkpoint'
            : 'An earlier checkpoint'
      const of = `${what}, of ${counted(then.size, 'entry', 'entries')},`
      if (this.#ownKeys.length > 0) {
        const vouchers = await checkNote(note, [
          ...this.#ownKeys,
          ...sisterKeys(this.#ownKeys, then.origin),
        ])
        if (
          !vouchers.some(({ verdict }) => verdict === 'good') ||
          vouchers.some(({ verdict }) => verdict === 'bad')
        ) {
          lines.refuted('consistency', `${of} is not signed by the log.`)
          continue
        }
      }
      const root = rootAt.get(then.size)
      const declared = this.#pack!.statements.successions.find(
        ({ origin, kept }) => origin === then.origin && kept < then.size,
      )
      if (then.size > checkpoint.size) {
        lines.unchecked('consistency', `${of} is newer than what is here.`)
        this.#complete = false
      } else if (root === undefined) lines.unchecked('consistency', `${of} could not be compared.`)
      else if (!equal(root, then.root) && declared !== undefined) {
        lines.unchecked(
          'consistency',
          `${of} is of what was lost; entry ${declared.index} declares that loss.`,
        )
        this.#complete = false
      } else if (!equal(root, then.root))
        lines.refuted(
          'consistency',
          `${of} is not the beginning of this tree: the log has been rewritten.`,
        )
      else if (from === 'pack') fromPack += 1
      else {
        lines.proven('consistency', `${of} is the beginning of this tree.`)
        copyHolds ||= from === 'copy'
      }
    }
    if (fromPack > 0)
      lines.proven(
        'consistency',
        `${counted(fromPack, 'earlier checkpoint')} in the pack ${fromPack === 1 ? 'begins' : 'begin'} the same tree.`,
      )
    return copyHolds
  }

  async #tellReceipts(
    { checkpoint }: Opened,
    found: ReadonlyMap<string, number>,
    tally: EntryTally | undefined,
  ): Promise<void> {
    const lines = this.#lines
    for (const receipt of this.#options.receipts ?? []) {
      const what = `The receipt of entry ${receipt.entryId}`
      const verdict = await checkReceipt(receipt, this.#ownKeys)
      if (receipt.origin !== checkpoint.origin)
        lines.unchecked('receipt', `${what} is of another log: ${receipt.origin}.`)
      else if (verdict === 'bad') lines.refuted('receipt', `${what} is not signed by the log.`)
      else if (verdict === 'unchecked')
        lines.unchecked('receipt', `${what} could not be checked: its key is not known here.`)
      else {
        const index = found.get(toHex(receipt.leaf))
        const due = receipt.at + receipt.delaySeconds * 1000
        const last = tally?.last === undefined ? undefined : Date.parse(tally.last)
        if (index !== undefined)
          lines.proven('receipt', `${what} is kept: its leaf is entry ${index}.`)
        else if (last !== undefined && last > due)
          lines.refuted(
            'receipt',
            `${what} is broken: the log has gone on past ${new Date(due).toISOString()} without it. Keep it: it proves what was promised.`,
          )
        else
          lines.unchecked(
            'receipt',
            `${what} is signed by the log; its leaf is not under this checkpoint yet.`,
          )
      }
    }
  }

  async #tellRung(
    { note, checkpoint }: Opened,
    { rootAt, root }: Walked,
    copyHolds: boolean,
  ): Promise<void> {
    if (this.#signed === undefined || this.#lines.isRefuted) return
    const lines = this.#lines
    const { keys = [], policy, tsaRoots = [] } = this.#options
    const given = [...keys, ...(policy?.logs ?? [])]
    const named = this.#pack!.keys
    const trust = {
      policy,
      packPolicy: this.#pack!.policy,
      tsaRoots,
      ownKeys: this.#ownKeys,
      ...rootKeysOf(checkpoint.origin, given.length > 0 ? given : named, named),
    }
    const at = (size: number) => (size === checkpoint.size ? root : rootAt.get(size))
    const anchors: AnchorFindings[] = []
    // A log of its own, without a root log above it, carries its witnesses itself.
    if (
      holdfastLogOf(checkpoint.origin) === undefined ||
      holdfastLogOf(checkpoint.origin) === 'root'
    ) {
      const witnessed = await checkWitnesses(note, trust, lines)
      anchors.push({ size: checkpoint.size, witnessed, stamped: false })
    }
    for await (const files of readAnchors(this.#source)) {
      anchors.push(await checkAnchor(files, checkpoint.origin, at, trust, lines))
    }
    for (const copy of this.#pack!.copies)
      lines.told(
        'rung',
        `The house says that it keeps a copy it cannot change at ${copy}. Compare it: --copy.`,
      )
    if (lines.isRefuted) return
    const reach = (of: 'witnessed' | 'stamped') =>
      Math.max(0, ...anchors.filter((one) => one[of]).map(({ size }) => size))
    const [witnessed, stamped] = [reach('witnessed'), reach('stamped')]
    // A time by itself is kept by the house, which could drop it: it counts beside a witness or a copy.
    const held = witnessed > 0 ? 2 : copyHolds ? 1 : 0
    const reached = held > 0 && stamped > 0 ? 3 : held
    this.#rung = {
      reached,
      name: rungs[reached],
      words: reached > 0 ? 'tamper-evident' : 'tamper-detecting',
    }
    const upTo = (size: number) =>
      size === checkpoint.size ? 'all of it' : `its first ${counted(size, 'entry', 'entries')}`
    const backing = [
      ...(copyHolds ? ['a copy out of the house’s reach agrees'] : []),
      ...(witnessed > 0 ? [`witnesses you trust vouch for ${upTo(witnessed)}`] : []),
      ...(stamped > 0 ? [`an authority you trust has dated ${upTo(stamped)}`] : []),
    ]
    lines.proven(
      'rung',
      `Rung ${reached}, ${rungs[reached]}: ${backing.length > 0 ? backing.join('; ') : 'nobody but the log itself stands for it'}. It may be called ${this.#rung.words}.`,
    )
  }
}

/** A note and its checkpoint, or a line that says why not. */
function open(note: string | Uint8Array, what: string, lines: Lines): Opened | undefined {
  try {
    const parsed = parseNote(note)
    const checkpoint = parseCheckpoint(parsed.text)
    if (checkpoint.size === 0 && !equal(checkpoint.root, emptyRoot)) {
      throw new RangeError('an empty tree has another root')
    }
    return { note: parsed, checkpoint }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    lines.refuted('signature', `${what} is none: ${error.message}.`)
    return undefined
  }
}

/** Which keys of the root log above a log are believed, and which others the pack names. */
function rootKeysOf(
  origin: string,
  trusted: readonly VerifierKey[],
  fromPack: readonly VerifierKey[],
): { rootKeys: VerifierKey[]; furtherKeys: VerifierKey[] } {
  const root = origin.replace(/\/[^/]+$/, '/root')
  const rootKeys = [...trusted.filter(({ name }) => name === root), ...sisterKeys(trusted, root)]
  const isNew = (key: VerifierKey) => !rootKeys.some(({ id }) => equal(id, key.id))
  const furtherKeys = fromPack.filter(
    (key) => key.name === root && key.type !== ed25519 && isNew(key),
  )
  return { rootKeys, furtherKeys }
}

function seek(
  { first }: Entries,
  hashes: Uint8Array,
  wanted: ReadonlySet<string>,
  found: Map<string, number>,
): void {
  for (let i = 0; i < hashes.length / hashBytes; i++) {
    const hex = toHex(hashes.subarray(i * hashBytes, (i + 1) * hashBytes))
    if (wanted.has(hex) && !found.has(hex)) found.set(hex, first + i)
  }
}

/** Leaves of a root log are the texts of other logs' checkpoints. */
function rootFaults(log: string | undefined, { first, bundle, bounds }: Entries): WalkFault[] {
  if (log !== 'root') return []
  const faults: WalkFault[] = []
  for (let i = 0; i < bounds.length / 2; i++) {
    try {
      parseCheckpoint(new TextDecoder().decode(bundle.subarray(bounds[2 * i], bounds[2 * i + 1])))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      faults.push({ index: first + i, text: `Leaf ${first + i} of the root log is no checkpoint.` })
    }
  }
  return faults
}
