import { Gather } from '#ground'
import type { Receipt, Secrets, Sql } from '#kernel'
import { proveInclusion } from '../tree/proof-acts.ts'
import {
  formatReceipt,
  mergeDelaySeconds as delaySeconds,
  mostTogether,
  openReceipt,
  parseReceipt,
  type ReceiptFacts,
  together,
} from './receipt.ts'
import { findLeaf, placeOf } from './store.ts'
import { notAReceipt, receiptNotOurs } from '../refusals.ts'
import { findLogKeys, type LogSigner, openSigner } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'

const freshForMs = 10_000

/**
 * Signs receipts for as long as the process runs: those asked for at once with one signature for each log,
 * because a signature costs more than all else of a receipt. The keys are opened when the first is asked for.
 */
export class ReceiptDesk {
  readonly #open: () => Promise<LogSigner>
  readonly #now: () => Date
  readonly #asked = new Gather<Receipt, string>((asked) => this.#sign(asked), mostTogether)
  #signer: Promise<LogSigner> | undefined
  #openedMs = 0

  /** @param sql - the database itself, outside of any transaction. */
  constructor(sql: Sql, secrets: Secrets, publicUrl: () => string, now: () => Date) {
    this.#now = now
    this.#open = () => openSigner(sql, secrets, publicUrl(), now())
  }

  /** The value of the header for a committed act. */
  issue(receipt: Receipt): Promise<string> {
    return this.#asked.add(receipt)
  }

  async #sign(asked: readonly Receipt[]): Promise<string[]> {
    const signer = await this.#signerNow()
    const values = new Map<Receipt, string>()
    for (const [log, own] of Map.groupBy(asked, (receipt) => receipt.log)) {
      const key = signer.ofLog(log)
      const { name: origin, id } = key
      const promised = own.map(({ entryId, leafHash: leaf, at }) => ({ entryId, leaf, at }))
      const { text, paths } = together({ origin, delaySeconds }, promised)
      const signed = { origin, delaySeconds, of: own.length, id, signature: key.sign(text) }
      for (const [place, receipt] of own.entries()) {
        const path = paths[place]!
        values.set(receipt, formatReceipt({ ...signed, ...promised[place]!, place, path }))
      }
    }
    return asked.map((receipt) => values.get(receipt)!)
  }

  #signerNow(): Promise<LogSigner> {
    // After a succession the log has another name, and another process may have opened it.
    const now = this.#now().getTime()
    if (Math.abs(now - this.#openedMs) > freshForMs) {
      this.#signer = undefined
      this.#openedMs = now
    }
    return (this.#signer ??= this.#open().catch((error: unknown) => {
      // A database that was away for a moment must not spoil every receipt after it.
      this.#signer = undefined
      throw error
    }))
  }
}

/** What became of the promise of a receipt. */
export interface ReceiptCheck extends ReceiptFacts {
  readonly state: 'included' | 'waiting' | 'late' | 'missing'
  readonly finding: string
  readonly log: string
  readonly due: Date
  readonly verifierKey: string
  readonly index?: number
  readonly proof?: string
}

const findings = {
  included: 'The entry stands in its log, and the proof leads to a signed checkpoint.',
  waiting: 'The entry is not under a signed checkpoint yet; its time has not come.',
  late: 'The promise is broken: the entry is there, but its time has passed and no signed checkpoint covers it.',
  missing:
    'The promise is broken: the log does not have this leaf. The receipt proves that the log was changed or kept something back; keep it, and show it.',
} as const

/**
 * Holds a receipt against the log.
 *
 * @throws {Refusal} `trail.not-a-receipt`, `trail.receipt-not-ours`.
 */
export async function checkReceipt(sql: Sql, value: string, now: Date): Promise<ReceiptCheck> {
  const facts = await openOurs(sql, value)
  const log = logOf(facts.origin)
  const due = new Date(facts.at.getTime() + facts.delaySeconds * 1000)
  const keys = (await findLogKeys(sql))!
  const told = { ...facts, log, due, verifierKey: keys.verifierKey(log) }
  const place = await stand(sql, log, facts)
  if (place?.index !== undefined && place.index < place.signedSize) {
    const proof = await proveInclusion(sql, log, place.index)
    const { index } = place
    if (proof !== undefined)
      return { ...told, state: 'included', finding: findings.included, index, proof }
  }
  const state = now <= due ? 'waiting' : place === undefined ? 'missing' : 'late'
  return { ...told, state, finding: findings[state] }
}

async function openOurs(sql: Sql, value: string): Promise<ReceiptFacts> {
  const keys = await findLogKeys(sql)
  const { origin } = readable(value)
  const log = logOf(origin)
  const generations = Array.from({ length: keys?.generation ?? 0 }, (_, i) => i + 1)
  const generation = generations.find((one) => keys!.originOf(log, one) === origin)
  if (keys === undefined || generation === undefined) throw receiptNotOurs()
  try {
    return openReceipt(value, noteVerifier(keys.verifierKey(log, generation)))
  } catch (error) {
    if (error instanceof RangeError) throw receiptNotOurs()
    throw error
  }
}

function readable(value: string): ReceiptFacts {
  try {
    return parseReceipt(value)
  } catch (error) {
    if (error instanceof RangeError) throw notAReceipt()
    throw error
  }
}

const logOf = (origin: string) => origin.slice(origin.lastIndexOf('/') + 1)

/** Where the leaf stands; without an index it waits; undefined when it is nowhere. */
async function stand(
  sql: Sql,
  log: string,
  { entryId, leaf }: ReceiptFacts,
): Promise<{ index?: number; signedSize: number } | undefined> {
  const place = await placeOf(sql, entryId)
  if (place?.log === log && place.leaf?.equals(leaf) === true) {
    const { index, signedSize } = place
    return index === null ? { signedSize } : { index, signedSize }
  }
  return findLeaf(sql, log, leaf)
}
