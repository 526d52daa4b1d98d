import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

/** RFC 6238 with what every authenticator app understands: SHA-1, six digits, thirty seconds. */
const settings = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const periodMs = settings.period * 1000

/** A code may be typed and sent this many steps after it was shown (RFC 6238 §5.2), and none before. */
const stepsLate = 1

/** A new seed: 160 bits, as RFC 4226 §4 R6 recommends. */
export const newSeed = (): Buffer => randomBytes(20)

/** The seed as people type it, and as apps scan it. */
export function totpSetup(seed: Uint8Array, issuer: string, label: string) {
  const secret = secretOf(seed)
  return {
    secret: secret.base32,
    uri: new TOTP({ ...settings, secret, issuer, label }).toString(),
  }
}

/**
 * The time step a code belongs to, or undefined when it fits none. Accept it only when it is later
 * than the last step accepted: a code counts once (RFC 6238 §5.2, ASVS 6.5.1).
 */
export function stepOf(seed: Uint8Array, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ ...settings, secret: secretOf(seed) })
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: stepsLate })
  if (delta === null || delta > 0) return undefined
  return Math.floor(now.getTime() / periodMs) + delta
}

/** The code of this moment. For checks and tests that stand in for the app. */
export const codeAt = (seed: Uint8Array, at: Date): string =>
  new TOTP({ ...settings, secret: secretOf(seed) }).generate({ timestamp: at.getTime() })

const secretOf = (seed: Uint8Array) => new Secret({ buffer: Uint8Array.from(seed).buffer })
