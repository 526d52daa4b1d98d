/**
 * Tokens: how a workload and a session prove themselves.
 *
 * A credential reads `hf_<environment>_<id>_<secret>_<checksum>`: the environment's name; the
 * credential's UUID as 22 base62 digits; 256 random bits as 43 base62 digits; the CRC-32 of all
 * before the last underscore as 6 base62 digits. Prefix and checksum let secret scanners find a
 * leaked one without asking us: `hf_(production|staging|development)_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}`.
 *
 * A session or enrolment token is 256 random bits in base64url, 43 characters.
 */
import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export type Environment = 'production' | 'staging' | 'development'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const credentialForm =
  /^(hf_(?:production|staging|development)_([0-9A-Za-z]{22})_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/
const opaqueForm = /^[A-Za-z0-9_-]{43}$/

/** A new secret for the credential `credentialId` (a UUID). It is shown once; keep {@link tokenHash} of it. */
export function newCredentialToken(environment: Environment, credentialId: string): string {
  const id = base62(BigInt(`0x${credentialId.replaceAll('-', '')}`), 22)
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)
  const body = `hf_${environment}_${id}_${secret}`
  return `${body}_${base62(BigInt(crc32(body)), 6)}`
}

/** The credential's UUID a token names, or undefined when its form or checksum is wrong. */
export function credentialIdIn(token: string): string | undefined {
  const [, body, id, checksum] = credentialForm.exec(token) ?? []
  if (body === undefined || id === undefined) return undefined
  if (base62(BigInt(crc32(body)), 6) !== checksum) return undefined
  const hex = fromBase62(id).toString(16).padStart(32, '0')
  if (hex.length > 32) return undefined
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** 256 random bits for a session or an enrolment link. */
export const newOpaqueToken = (): string => randomBytes(32).toString('base64url')

export const isOpaqueToken = (token: string): boolean => opaqueForm.test(token)

/**
 * What is stored of a token. A plain hash suffices: 256 random bits cannot be guessed, so there is
 * nothing for salt or slowness to protect.
 */
export const tokenHash = (token: string): Buffer => Buffer.from(hash('sha256', token), 'hex')

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)]! + text
  return text.padStart(length, '0')
}

function fromBase62(text: string): bigint {
  let value = 0n
  for (const digit of text) value = value * 62n + BigInt(digits.indexOf(digit))
  return value
}
