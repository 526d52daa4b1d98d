import { createHash } from 'node:crypto'
import type { Act, Sql } from '#kernel'
import { dayMs, hourMs, minuteMs, newId } from '#ground'
import { sealSecret, useSecret } from '#keys'
import { workloadOf, type WorkloadStanding } from '../accounts/actor-store.ts'
import { demandLifetime, maker, makeSecret } from '../accounts/acts.ts'
import {
  type ClientAuthority,
  makeClientAuthority,
  signClientCertificate,
} from '../adapters/client-authority.ts'
import { isNetwork } from '../network.ts'
import { isId } from '../locks/lock.ts'
import { authorityKeyPlace } from '../place.ts'
import {
  certificateUnknown,
  csrNotValid,
  keyTaken,
  networkNotValid,
  notByCertificate,
  unknownActor,
  unknownCredential,
} from '../refusals.ts'
import { readPublicKey } from './assertion.ts'
import { credentialBy, setExpiry } from './credential-store.ts'
import {
  authorities,
  type AuthorityRow,
  certificateBy,
  certificatesOf,
  holdAuthority,
  holdCertificates,
  insertAuthority,
  insertCertificate,
  insertKey,
  madeProofOf,
  keysOf,
  revokeCertificateRow,
  revokeKey,
  setBounds,
} from './proof-store.ts'

/** Below this life left a new authority is made; the old one is trusted until it ends. */
const authorityRenewDays = 180

/** A new authority signs only once every listener has had time to trust it; they look more often. */
const authoritySettlesMs = hourMs

async function demandWorkload(act: Act, workloadId: string): Promise<WorkloadStanding> {
  const workload = await workloadOf(act.sql, workloadId)
  if (workload === undefined) throw unknownActor()
  return workload
}

/**
 * Whether a person made something by which a workload could be known at a moment: a credential, a key,
 * a certificate. What it did then, they may have done.
 */
export const couldActAs = (act: Act, workloadId: string, at: Date): Promise<boolean> =>
  isId(workloadId) ? madeProofOf(act.sql, act.actor.id, workloadId, at) : Promise.resolve(false)

/**
 * Registers the public half of a workload's key pair.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.key-not-valid`, `identity.key-taken`,
 *   `identity.credential-lifetime`.
 */
export async function registerKey(
  act: Act,
  workloadId: string,
  given: {
    readonly label: string
    readonly jwk: Readonly<Record<string, unknown>>
    readonly expiresAt: Date
  },
): Promise<{ keyId: string; thumbprint: string }> {
  await demandWorkload(act, workloadId)
  const { label, expiresAt } = given
  demandLifetime(act, expiresAt)
  const key = await readPublicKey(given.jwk)
  const id = newId()
  const madeBy = maker(act)
  const row = { ...key, id, workloadId, label, createdAt: act.now, expiresAt, madeBy }
  if ((await insertKey(act.sql, row)) === 0) throw keyTaken()
  const { thumbprint, algorithm } = key
  act.tell({
    workloadId,
    keyId: id,
    label,
    algorithm,
    thumbprint,
    expiresAt: expiresAt.toISOString(),
  })
  return { keyId: id, thumbprint }
}

export async function listKeys(act: Act, workloadId: string) {
  await demandWorkload(act, workloadId)
  return keysOf(act.sql, workloadId)
}

/** Revokes a key with every token it got. @throws {Refusal} `identity.unknown-credential`. */
export async function revokeWorkloadKey(act: Act, keyId: string): Promise<void> {
  if ((await revokeKey(act.sql, keyId, act.now)) === 0) throw unknownCredential()
  act.tell({ keyId })
}

/**
 * The certificates of authorities that a listener for workloads trusts. Makes the first one, and the
 * next while the one before has half a year to go.
 */
export async function openAuthority(act: Act): Promise<string[]> {
  return (await standingAuthorities(act)).map(({ certificate }) => certificate)
}

/** As {@link openAuthority} would say now, for whoever only looks. */
export async function trustedAuthorities(sql: Sql, now: Date): Promise<string[]> {
  return (await authorities(sql, now)).map(({ certificate }) => certificate)
}

async function standingAuthorities(act: Act): Promise<AuthorityRow[]> {
  await holdAuthority(act.sql)
  const rows = await authorities(act.sql, act.now)
  const renewBy = act.now.getTime() + authorityRenewDays * dayMs
  if (rows.some(({ expiresAt }) => expiresAt.getTime() > renewBy)) return rows
  const made = await makeClientAuthority(act.now)
  const id = newId()
  const privateKey = sealSecret(act, 'house', authorityKeyPlace(id), made.privateKey)
  const row = { ...made, id, privateKey, createdAt: act.now }
  await insertAuthority(act.sql, row)
  act.tell({ clientAuthorityId: id })
  return [row, ...rows]
}

/** The newest authority that every listener trusts by now, and the only one where there is no other. */
async function signingAuthority(act: Act): Promise<ClientAuthority> {
  const rows = await standingAuthorities(act)
  const settledBy = act.now.getTime() - authoritySettlesMs
  const row = rows.find(({ createdAt }) => createdAt.getTime() <= settledBy) ?? rows.at(-1)!
  const { id, certificate, expiresAt } = row
  const privateKey = useSecret(act, 'house', authorityKeyPlace(id), row.privateKey)
  return { certificate, privateKey, expiresAt }
}

export interface IssuedCertificate {
  readonly certificateId: string
  /** PEM. */
  readonly certificate: string
  /** PEM of the authority that signed it. */
  readonly authority: string
  readonly expiresAt: Date
}

/**
 * Issues a certificate on a request (PKCS#10): the private key never leaves the workload.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.csr-not-valid`.
 */
export async function issueCertificate(
  act: Act,
  workloadId: string,
  {
    csr,
    hours,
    renewed,
  }: {
    readonly csr: string
    readonly hours: number
    readonly renewed?: { readonly id: string; readonly madeBy: string | null }
  },
): Promise<IssuedCertificate> {
  await demandWorkload(act, workloadId)
  const authority = await signingAuthority(act)
  const expiresAt = new Date(act.now.getTime() + hours * hourMs)
  const signed = await signClientCertificate(authority, csr, workloadId, {
    now: act.now,
    expiresAt,
  })
  if (signed === undefined) throw csrNotValid()
  const id = newId()
  const fingerprint = createHash('sha256').update(signed.der).digest()
  await insertCertificate(act.sql, {
    id,
    workloadId,
    fingerprint,
    issuedAt: act.now,
    expiresAt,
    renewedFrom: renewed?.id ?? null,
    madeBy: maker(act, renewed?.madeBy),
  })
  act.tell({ workloadId, certificateId: id, expiresAt: expiresAt.toISOString() })
  const { pem: certificate } = signed
  return { certificateId: id, certificate, authority: authority.certificate, expiresAt }
}

/**
 * A workload that came by a certificate gets the next one, as long as the one it has was for. The old
 * one stays good until it ends, so that nothing pauses.
 *
 * @throws {Refusal} `identity.not-by-certificate`, `identity.certificate-unknown`, `identity.csr-not-valid`.
 */
export async function renewCertificate(act: Act, csr: string): Promise<IssuedCertificate> {
  const { kind, id, credentialId } = act.actor
  if (kind !== 'workload' || credentialId === undefined) throw notByCertificate()
  await holdCertificates(act.sql, id)
  const old = await certificateBy(act.sql, credentialId)
  if (old === undefined) throw notByCertificate()
  if (old.revokedAt !== null) throw certificateUnknown()
  const hours = Math.round((old.expiresAt.getTime() - old.issuedAt.getTime()) / hourMs)
  return issueCertificate(act, id, { csr, hours, renewed: old })
}

export async function listCertificates(act: Act, workloadId: string) {
  await demandWorkload(act, workloadId)
  return certificatesOf(act.sql, workloadId)
}

/**
 * Revokes a certificate with the tokens bound to it, and with every one it was renewed to: whoever
 * stole it may have had the next one by it.
 *
 * @throws {Refusal} `identity.unknown-credential`.
 */
export async function revokeCertificate(act: Act, certificateId: string): Promise<void> {
  const found = await certificateBy(act.sql, certificateId)
  if (found === undefined) throw unknownCredential()
  await holdCertificates(act.sql, found.workloadId)
  const revoked = await revokeCertificateRow(act.sql, certificateId, act.now)
  if (revoked.length === 0) throw unknownCredential()
  act.tell({ certificateId, revoked })
}

/**
 * Binds a workload to networks and to purposes, beyond what its grants are confined to.
 *
 * @throws {Refusal} `identity.unknown-actor`, `identity.network-not-valid`.
 */
export async function bindWorkload(
  act: Act,
  workloadId: string,
  { networks, purposes }: Record<'networks' | 'purposes', readonly string[] | null>,
): Promise<void> {
  await demandWorkload(act, workloadId)
  const wrong = networks?.find((network) => !isNetwork(network))
  if (wrong !== undefined) throw networkNotValid(wrong)
  await setBounds(act.sql, workloadId, networks, purposes)
  act.tell({ workloadId, networks, purposes })
}

/**
 * Issues a new token in the place of one, which goes on for a while: the workload changes over without
 * a pause.
 *
 * @throws {Refusal} `identity.unknown-credential`, `identity.credential-lifetime`.
 */
export async function rotateCredential(
  act: Act,
  credentialId: string,
  { expiresAt, overlapMinutes }: { readonly expiresAt: Date; readonly overlapMinutes: number },
): Promise<{ credentialId: string; token: string }> {
  const old = await credentialBy(act.sql, credentialId)
  if (old === undefined || old.revokedAt !== null || old.expiresAt <= act.now)
    throw unknownCredential()
  demandLifetime(act, expiresAt)
  const { environment } = await demandWorkload(act, old.workloadId)
  const { workloadId, label } = old
  const made = await makeSecret(act, { workloadId, environment, label, expiresAt })
  const overlap = new Date(act.now.getTime() + overlapMinutes * minuteMs)
  const oldEndsAt = overlap < old.expiresAt ? overlap : old.expiresAt
  await setExpiry(act.sql, old.id, oldEndsAt)
  const facts = { replaces: old.id, oldEndsAt: oldEndsAt.toISOString() }
  act.tell({ workloadId, credentialId: made.credentialId, ...facts })
  return made
}
