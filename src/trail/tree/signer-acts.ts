import type { Secrets, Sql } from '#kernel'
import { findSigner, insertSigner, installationId, type SignerRow } from './checkpoint-store.ts'
import { houseLog } from '../entries/entry.ts'
import { ed25519, formatVerifierKey, mlDsa44Cosignature, type NoteSigner } from './note.ts'
import { ed25519Signer, mlDsa44Signer, newKeyPair } from './signer.ts'

/** Who signs for this installation. */
export interface LogSigner {
  readonly generation: number
  originOf(log: string): string
  /** Signs with Ed25519, under the log's origin; the same signer each time. */
  ofLog(log: string): NoteSigner
  /** Signs with ML-DSA-44, under the log's origin. */
  cosignerOf(log: string, at: Date): NoteSigner
}

/** What anyone may know of the signer: the keys its signatures are checked with. */
export interface LogKeys {
  /** How many names the log has had. The methods tell of the last one, or of the generation asked for. */
  readonly generation: number
  originOf(log: string, generation?: number): string
  /** Verifier key of the Ed25519 signatures on a log's checkpoints. */
  verifierKey(log: string, generation?: number): string
  /** Verifier key of the ML-DSA-44 signatures; only the root log's checkpoints carry them. */
  cosignerKey(log: string, generation?: number): string
}

/**
 * The name of a log. After a succession it is another: nobody must take what comes for a
 * continuation of what was lost.
 */
const originIn = (
  { originPrefix }: Pick<SignerRow, 'originPrefix'>,
  generation: number,
  log: string,
) => (generation === 1 ? `${originPrefix}/${log}` : `${originPrefix}/${generation}/${log}`)

const sealedAs = (kind: string) => ['trail.signing-key', kind] as const

/** The installation's signer; its keys are made, and its name fixed, the first time. */
export async function openSigner(
  sql: Sql,
  secrets: Secrets,
  publicUrl: string,
  now: Date,
): Promise<LogSigner> {
  const signer = (await findSigner(sql)) ?? (await makeSigner(sql, secrets, publicUrl, now))
  const open = (kind: string, publicKey: Buffer, sealed: Buffer) => ({
    publicKey,
    privateKey: secrets.unseal(houseLog, sealedAs(kind), sealed),
  })
  const pair = open('ed25519', signer.ed25519Public, signer.ed25519Sealed)
  const cosigningPair = open('ml-dsa-44', signer.mlDsa44Public, signer.mlDsa44Sealed)
  const { generation } = signer
  const originOf = (log: string) => originIn(signer, generation, log)
  // To make one costs more than a signature.
  const signers = new Map<string, NoteSigner>()
  return {
    generation,
    originOf,
    ofLog(log) {
      let own = signers.get(log)
      if (own === undefined) signers.set(log, (own = ed25519Signer(originOf(log), pair)))
      return own
    },
    cosignerOf: (log, at) => mlDsa44Signer(originOf(log), cosigningPair, at),
  }
}

async function makeSigner(sql: Sql, secrets: Secrets, publicUrl: string, now: Date) {
  const [pair, cosigningPair] = [newKeyPair('ed25519'), newKeyPair('ml-dsa-44')]
  await insertSigner(sql, {
    originPrefix: `${new URL(publicUrl).host}/holdfast/${await installationId(sql)}`,
    at: now,
    ed25519Public: pair.publicKey,
    ed25519Sealed: secrets.seal(houseLog, sealedAs('ed25519'), pair.privateKey),
    mlDsa44Public: cosigningPair.publicKey,
    mlDsa44Sealed: secrets.seal(houseLog, sealedAs('ml-dsa-44'), cosigningPair.privateKey),
  })
  return (await findSigner(sql))!
}

/** The public side of the signer; undefined before the first checkpoint. */
export async function findLogKeys(sql: Sql): Promise<LogKeys | undefined> {
  const signer = await findSigner(sql)
  if (signer === undefined) return undefined
  const { ed25519Public, mlDsa44Public, generation: newest } = signer
  const originOf = (log: string, generation = newest) => originIn(signer, generation, log)
  return {
    generation: newest,
    originOf,
    verifierKey: (log, generation) =>
      formatVerifierKey(originOf(log, generation), ed25519, ed25519Public),
    cosignerKey: (log, generation) =>
      formatVerifierKey(originOf(log, generation), mlDsa44Cosignature, mlDsa44Public),
  }
}
