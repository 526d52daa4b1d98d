import type { Secrets, Sql } from '#kernel'
import type { Kept } from '../adapters/checkpoint-file.ts'
import { rootLog } from '../entries/entry.ts'
import { faultOfKept } from '../tree/fork-acts.ts'
import { Inspector } from './inspection.ts'
import type { Fault, VerifyProgress, VerifyReport } from './report.ts'
import { claimNow } from '../anchors/acts.ts'
import { type Claim, claimOf } from '../anchors/rung.ts'
import { findLogKeys, type LogKeys } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'
import { tileWidth } from '../tree/tiles.ts'
import { treeHeads, type TreeHead } from '../tree/store.ts'
import { type Accounts, findStray, readAccounts } from './store.ts'
import { Walk } from './walk-acts.ts'

/** Erasing entries that a report names. */
const longestList = 100

const nothingKept: Kept = { checkpoints: [], damage: undefined }

export interface VerifyOptions {
  /** Look only at the last so many leaves of each tree, standing on its stored tiles. */
  readonly tail?: number
  /** Checkpoints kept outside the database, to compare its trees with. */
  readonly kept?: Kept
  /** Whether payloads are opened and held against their leaves; true unless said otherwise. */
  readonly open?: boolean
  /** When the claim is to hold; without it no anchor counts. */
  readonly now?: Date
  /**
   * How much of the time it may take: above 0, and 1 unless said otherwise. Where requests wait for the same
   * loop, a check goes on in small pieces and rests after each.
   */
  readonly share?: number
}

/**
 * Recomputes the trail: every entry against its columns, its set and its payload; every tree from
 * its leaves; every tile; every signed checkpoint; and that no entry is lost.
 *
 * It goes in steps of a few thousand leaves, each on whatever transaction it is given, so that a
 * long log does not hold one open. What is appended meanwhile is not looked at.
 */
export class Verification {
  readonly #inspector: Inspector
  readonly #opened: boolean
  readonly #tail: number
  readonly #kept: Kept
  readonly #now: Date | undefined
  readonly #share: number
  #claim: Claim = claimOf([], undefined, new Date(0))
  #accounts: Accounts | undefined
  #walks: Walk[] = []
  #at = 0
  readonly #faults: Fault[] = []

  constructor(
    secrets: Secrets,
    {
      tail = Number.MAX_SAFE_INTEGER,
      kept = nothingKept,
      open = true,
      now,
      share = 1,
    }: VerifyOptions = {},
  ) {
    this.#inspector = new Inspector(secrets, open)
    this.#opened = open
    this.#tail = tail
    this.#kept = kept
    this.#now = now
    this.#share = share
  }

  /** Goes on. @returns undefined when there is nothing left to look at. */
  async step(sql: Sql): Promise<VerifyProgress | undefined> {
    if (this.#accounts === undefined) await this.#open(sql)
    const walk = this.#walks[this.#at]
    if (walk === undefined) return undefined
    if (await walk.step(sql)) this.#at += 1
    if (walk.fault !== undefined) this.#faults.push(walk.fault)
    const sum = (of: 'checked' | 'toCheck') => this.#walks.reduce((all, one) => all + one[of], 0)
    return { log: walk.head.log, checked: sum('checked'), of: sum('toCheck') }
  }

  report(): VerifyReport {
    const accounts = this.#accounts
    if (accounts === undefined || this.#walks[this.#at] !== undefined) {
      throw new TypeError('the verification is not at its end')
    }
    const faults = this.#faults.toSorted(
      (a, b) => Number(a.index === null) - Number(b.index === null),
    )
    return {
      sound: faults.length === 0,
      entries: accounts.entries,
      pending: accounts.pending,
      opened: this.#opened,
      destroyed: this.#inspector.destroyed,
      erased: this.#inspector.erasedBy.reduce((sum, { payloads }) => sum + payloads, 0),
      erasedBy: this.#inspector.erasedBy.slice(0, longestList),
      trees: this.#walks.map(({ head: { log, size, root }, checked, checkpoints }) => ({
        log,
        size,
        root: root.toString('base64'),
        checked,
        checkpoints,
      })),
      faults,
      claim: this.#claim,
    }
  }

  async #open(sql: Sql): Promise<void> {
    const keys = await findLogKeys(sql)
    if (this.#now !== undefined) this.#claim = await claimNow(sql, this.#now)
    const heads = await treeHeads(sql)
    this.#accounts = await readAccounts(sql)
    this.#faults.push(...faultsOfAccounts(this.#accounts))
    const stray = await findStray(sql)
    if (stray !== undefined) {
      this.#faults.push({ log: stray.log, index: null, entryId: stray.id, fault: stray.fault })
    }
    const fork = keys && (await faultOfKept(sql, (log) => keys.originOf(log), this.#kept))
    if (fork !== undefined) {
      this.#faults.push({ log: 'all', index: null, entryId: null, fault: fork })
    }
    // The root last: what its leaves say of the other trees has been looked at by then.
    const others = heads.filter(({ log }) => log !== rootLog)
    for (const head of [...others, ...heads.filter(({ log }) => log === rootLog)]) {
      this.#walks.push(this.#walk(head, keys))
    }
  }

  #walk(head: TreeHead, keys: LogKeys | undefined): Walk {
    const { log, size } = head
    const start = Math.max(0, size - this.#tail)
    const verifiers = Array.from({ length: keys?.generation ?? 0 }, (_, i) =>
      [
        keys!.verifierKey(log, i + 1),
        ...(log === rootLog ? [keys!.cosignerKey(log, i + 1)] : []),
      ].map(noteVerifier),
    )
    return new Walk(head, this.#inspector, verifiers, start - (start % tileWidth), this.#share)
  }
}

/** Runs a verification to its end on one connection or transaction. */
export async function verifyTrail(
  sql: Sql,
  secrets: Secrets,
  onProgress: (progress: VerifyProgress) => void = () => {},
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const verification = new Verification(secrets, options)
  for (;;) {
    const progress = await verification.step(sql)
    if (progress === undefined) return verification.report()
    onProgress(progress)
  }
}

function faultsOfAccounts(accounts: Accounts): Fault[] {
  const { entries, sequenced, pending, grown, position, highest, unrooted, ahead } = accounts
  const sentences = [
    [entries === sequenced + pending, `${entries} entries, but ${sequenced + pending} places.`],
    [sequenced === grown, `${sequenced} entries have a place, but the trees have ${grown} leaves.`],
    [position === sequenced && highest === position, 'Positions over all logs are not dense.'],
    [ahead === 0, `${ahead} checkpoints were signed of larger trees than there are.`],
    [unrooted === 0, `${unrooted} checkpoints are missing from the root tree.`],
  ] as const
  return sentences
    .filter(([holds]) => !holds)
    .map(([, fault]) => ({ log: 'all', index: null, entryId: null, fault }))
}
