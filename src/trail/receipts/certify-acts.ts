import type { Secrets, Sql } from '#kernel'
import { findSigner } from '../tree/checkpoint-store.ts'
import { houseLog } from '../entries/entry.ts'
import { hashBytes } from '../tree/merkle.ts'
import { signNote } from '../tree/note.ts'
import { proveInclusion } from '../tree/proof-acts.ts'
import { placeOf } from './store.ts'
import { notSignedYet } from '../refusals.ts'
import { openSigner } from '../tree/signer-acts.ts'
import { entryOfAct } from './certify-store.ts'

/**
 * A text signed by this installation as a C2SP note, under the house log's name and key.
 *
 * @param text - ends with a newline; its first line names a format, and never a log.
 * @throws {Refusal} `trail.not-signed-yet` before the first checkpoint.
 */
export async function signAsHouse(
  sql: Sql,
  secrets: Secrets,
  text: string,
  now: Date,
): Promise<string> {
  if ((await findSigner(sql)) === undefined) throw notSignedYet()
  // The signer has its name already: what it would be called otherwise is not looked at.
  const signer = await openSigner(sql, secrets, 'https://localhost', now)
  return signNote(text, [signer.ofLog(houseLog)])
}

/** An entry as it stands in its log: what an outsider needs to check that it is there. */
export interface Standing {
  readonly entryId: string
  readonly log: string
  /** The leaf's hash, 32 bytes. */
  readonly leaf: Buffer
  /** tlog-proof against the newest signed checkpoint. */
  readonly proof: string
}

/** The proof of the entry that an act left; undefined while no signed checkpoint covers it. */
export async function provenEntry(
  sql: Sql,
  log: string,
  action: string,
  at: Date,
): Promise<Standing | undefined> {
  const entryId = await entryOfAct(sql, log, action, at)
  const place = entryId === undefined ? undefined : await placeOf(sql, entryId)
  if (entryId === undefined || place?.leaf?.length !== hashBytes) return undefined
  if (place.index === null || place.index >= place.signedSize) return undefined
  const proof = await proveInclusion(sql, place.log, place.index)
  return proof === undefined ? undefined : { entryId, log: place.log, leaf: place.leaf, proof }
}
