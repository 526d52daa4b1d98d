import { newId } from '#ground'
import type { Act, Sql } from '#kernel'
import { anchorsOf, deleteAnchor, insertAnchor } from './store.ts'
import { ed25519Cosignature, mlDsa44Cosignature, parseVerifierKey } from '../tree/note.ts'
import {
  anchorKnown,
  anchorOfOurs,
  notAnAddress,
  notATimestampCertificate,
  notAWitnessKey,
  tooManyAnchors,
  unknownAnchor,
} from '../refusals.ts'
import type { Anchor, AnchorKind } from './rung.ts'
import { findLogKeys } from '../tree/signer-acts.ts'
import { noteVerifier } from '../tree/signer.ts'
import { timestampCertificate } from './timestamp.ts'

/** Each is asked at every turn. */
const mostOfAKind = 16

/** What is said of a new anchor. */
export interface NewAnchor {
  readonly url: string
  readonly key: string
  readonly heldBy: string
  readonly everyMinutes: number
}

/**
 * Takes on a witness, from the next turn on.
 *
 * @throws {Refusal} `trail.not-a-witness-key`, `trail.not-an-address`, `trail.own-anchor`,
 *   `trail.anchor-known`, `trail.too-many-anchors`.
 */
export async function addWitness(act: Act, witness: NewAnchor): Promise<Anchor> {
  const { name } = witnessKey(witness.key)
  const keys = await findLogKeys(act.sql)
  // Our own word beside our own word proves nothing.
  if (keys !== undefined && name.startsWith(keys.originOf('', 1))) throw anchorOfOurs()
  return addAnchor(act, 'witness', name, witness)
}

/**
 * Takes on a timestamp authority, from the next turn on. It is known by its host.
 *
 * @throws {Refusal} `trail.not-a-timestamp-certificate`, and as {@link addWitness}.
 */
export async function addAuthority(act: Act, authority: NewAnchor): Promise<Anchor> {
  demandAddress(authority.url)
  demandCertificate(authority.key)
  return addAnchor(act, 'timestamp', new URL(authority.url).host, authority)
}

function demandCertificate(pem: string): void {
  try {
    timestampCertificate(pem)
  } catch (error) {
    if (error instanceof RangeError) throw notATimestampCertificate()
    throw error
  }
}

function witnessKey(text: string): { readonly name: string } {
  try {
    const key = parseVerifierKey(text)
    noteVerifier(text)
    if (key.type === ed25519Cosignature || key.type === mlDsa44Cosignature) return key
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw notAWitnessKey()
}

/** Adds an anchor of a kind under its name; the address is looked at here, for all kinds alike. */
async function addAnchor(
  act: Act,
  kind: AnchorKind,
  name: string,
  { url, key, heldBy, everyMinutes }: NewAnchor,
): Promise<Anchor> {
  demandAddress(url)
  await demandRoom(act.sql, kind)
  const anchor = { anchorId: newId(), kind, name, url, key, heldBy, everyMinutes, addedAt: act.now }
  const added = await insertAnchor(act.sql, anchor)
  if (added === undefined) throw anchorKnown()
  act.tell({ kind, name, url, key, heldBy, everyMinutes })
  return added
}

async function demandRoom(sql: Sql, kind: AnchorKind): Promise<void> {
  if ((await anchorsOf(sql, kind)).length >= mostOfAKind) throw tooManyAnchors(mostOfAKind)
}

/** Answers are signed, so plain HTTP is allowed; what an address must not carry is a secret. */
function demandAddress(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && url.username === '' && url.password === '' && url.hash === ''
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) throw notAnAddress()
}

/** Lets go of an anchor. What it has signed stays. @throws {Refusal} `trail.unknown-anchor`. */
export async function removeAnchor(act: Act, kind: AnchorKind, anchorId: string): Promise<Anchor> {
  const removed = await deleteAnchor(act.sql, kind, anchorId)
  if (removed === undefined) throw unknownAnchor()
  const { name, url, heldBy } = removed
  act.tell({ kind, name, url, heldBy })
  return removed
}
