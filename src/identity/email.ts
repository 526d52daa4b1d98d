import { emailNotValid } from './refusals.ts'

/**
 * One spelling of an address: form C, trimmed, lower case. RFC 5321 lets the local part mind its
 * case; no one relies on it, and two accounts that differ by case would be one person.
 *
 * @throws {Refusal} `identity.email-not-valid`.
 */
export function normalEmail(text: string): string {
  const email = text.normalize('NFC').trim().toLowerCase()
  if (email.length > 254 || !/^[^\s@"<>]{1,64}@[^\s@"<>]+\.[^\s@"<>.]+$/.test(email))
    throw emailNotValid()
  return email
}
