/**
 * Certificates of erasure: a C2SP signed note, and beside it proofs that travel alone.
 *
 *     holdfast-erasure/1
 *     <one line of JSON: {@link Certified}>
 *
 *     — <origin of the house log> <signature>
 *
 * Stage 1 says that the live system cannot read what was erased. Stage 2 says that no backup can
 * either: every wrapping key that ever wrapped the subject's key is destroyed, and copies of the
 * keyring from before that are past their retention. The proofs are C2SP tlog-proofs, one for the
 * entry of each act the certificate stands on, against checkpoints of the log the act is in.
 */
import { noteVerifier, openNote, openProof } from '#trail'

const title = 'holdfast-erasure/1'

export interface Certified {
  readonly stage: 1 | 2
  readonly controllerId: string
  /** The subject's pseudonym; absent where the whole controller was ended. */
  readonly subjectId?: string
  /** The destroyed key's id, and its commitment, hex: the trail heard of both at its birth. */
  readonly keyId?: string
  readonly commitment?: string
  /** How many subjects were erased, where the whole controller was ended. */
  readonly subjects?: number
  /** ISO instants. Since the first the live system cannot read it. */
  readonly erasedAt: string
  readonly erasedBy: string
  /** Wrapping keys that had wrapped the subject's key, and when each was destroyed. */
  readonly wrappingKeys: readonly { readonly version: number; readonly destroyedAt?: string }[]
  /** From then on no backup opens it. In stage 1 the latest it will be; in stage 2 when it was. */
  readonly goneFromBackupsBy: string
  /** Days that copies of the keyring are kept. */
  readonly bundleDays: number
  readonly issuedAt: string
}

/** An entry that the certificate stands on. */
export interface Proven {
  readonly entryId: string
  readonly log: string
  /** Hex. */
  readonly leaf: string
  readonly proof: string
}

/** The note's text. */
export const certificateText = (certified: Certified): string =>
  `${title}\n${JSON.stringify(certified)}\n`

/**
 * Reads and checks a certificate offline.
 *
 * @param certificate - the signed note.
 * @param houseKey - the verifier key of the house log, as `GET /v1/trail/keys` gives it.
 * @param proofs - each with the verifier key of the log its entry stands in.
 * @throws {RangeError} when it is malformed, not signed by the house, claims a stage it does not
 *   bear out, or a proof does not hold.
 */
export function checkCertificate(
  certificate: string,
  houseKey: string,
  proofs: readonly { readonly leaf: string; readonly proof: string; readonly logKey: string }[],
): Certified {
  const { text } = openNote(certificate, [noteVerifier(houseKey)])
  const [first, line, end, ...rest] = text.split('\n')
  if (first !== title || line === undefined || end !== '' || rest.length > 0)
    throw new RangeError('this is no certificate of erasure')
  const certified = JSON.parse(line) as Certified
  if (certified.stage === 2) demandBorneOut(certified)
  for (const { leaf, proof, logKey } of proofs)
    openProof(proof, Buffer.from(leaf, 'hex'), noteVerifier(logKey))
  return certified
}

/** A second stage stands on destroyed keys, each so long ago that no copy of the keyring has it. */
function demandBorneOut({ wrappingKeys, bundleDays, issuedAt, erasedAt }: Certified): void {
  const latest = Date.parse(issuedAt) - bundleDays * 86_400_000
  const gone = wrappingKeys.every(
    ({ destroyedAt }) => destroyedAt !== undefined && Date.parse(destroyedAt) <= latest,
  )
  if (wrappingKeys.length === 0 || !gone || Date.parse(erasedAt) > latest)
    throw new RangeError('the certificate does not bear out its stage')
}
