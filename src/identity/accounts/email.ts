import { emailNotValid } from '../refusals.ts'

/**
 * One spelling of an address: form C, trimmed, lower case. RFC 5321 lets the local part mind its
 * case; no one relies on it, and two accounts that differ by case would be one person.
 *
 * @throws {Refusal} `identity.email-not-valid`.
 */
export function normalEmail(text: string): string {
  const email = oneSpelling(text)
  if (email.length > 254 || !/^[^\s@"<>]{1,64}@[^\s@"<>]+\.[^\s@"<>.]+$/.test(email))
    throw emailNotValid()
  return email
}

/** The spelling an address is compared in. */
export const oneSpelling = (text: string): string => text.normalize('NFC').trim().toLowerCase()
