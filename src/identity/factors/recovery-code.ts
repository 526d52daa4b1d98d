import { createHash, randomBytes } from 'node:crypto'

/**
 * A recovery code is 24 digits of Crockford's base32 in four groups: 120 random bits, so that a plain
 * hash of it cannot be searched (ASVS 6.5.2 asks for 112).
 */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 24

/** How many are given at enrolment. */
const count = 10

/** Fresh codes, to be shown once. Keep {@link recoveryHash} of each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: count }, () => {
    const code = [...randomBytes(length)].map((byte) => digits[byte & 31]!).join('')
    return code.match(/.{6}/g)!.join('-')
  })
}

/** The hash a code is found by, or undefined when it cannot be one. Forgives case, spaces, O and I. */
export function recoveryHash(code: string): Buffer | undefined {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  if (plain.length !== length || !/^[0-9A-HJKMNP-TV-Z]+$/.test(plain)) return undefined
  return createHash('sha256').update(plain).digest()
}
