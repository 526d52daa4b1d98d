import type { FieldValue } from '../fields/field-value.ts'

/** A data subject under its pseudonym, as the vault's tables know it. */
export interface Subject {
  readonly subjectId: string
  /** Its number in the trail's sets: dense per controller, from 1, never given twice. */
  readonly ordinal: number
  /** The controller's own identifier, sealed under the subject's key; null once erased. */
  readonly keySealed: Buffer | null
  readonly restricted: boolean
  readonly held: boolean
  /** Purposes it consented to, and those it objected to; null for none. */
  readonly consents: readonly string[] | null
  readonly objections: readonly string[] | null
  readonly createdAt: Date
  readonly erasedAt: Date | null
}

/** A live subject with the number of its records. */
export interface ListedSubject extends Omit<
  Subject,
  'keySealed' | 'erasedAt' | 'consents' | 'objections'
> {
  readonly records: number
}

/** One category of one subject's data, sealed. */
export interface SealedRecord {
  readonly subjectId: string
  readonly recordId: string
  readonly ordinal: number
  /** The category's bit. */
  readonly category: number
  readonly version: number
  readonly keyId: string
  readonly sealed: Buffer
  readonly storedAt: Date
  readonly eraseAfter: Date
}

/** One category of one subject's data, opened. */
export interface OpenRecord {
  readonly category: string
  readonly version: number
  readonly storedAt: Date
  readonly eraseAfter: Date
  /** True where the values are masked. */
  readonly masked: boolean
  readonly fields: Readonly<{ [field: string]: FieldValue }>
}

/** A subject with its data, opened for a caller. */
export interface OpenSubject {
  readonly subjectId: string
  readonly ordinal: number
  /** The controller's own identifier; dots unless everything read is revealed. */
  readonly subjectKey: string
  readonly restricted: boolean
  /** The refusal's code where its data is left out of a list of many. */
  readonly withheld?: string
  readonly records: readonly OpenRecord[]
}

/**
 * What a record's ciphertext is bound to, beside its controller, subject and key, which the key itself
 * adds: it opens in its own place and version only.
 */
export const recordContext = (
  r: Pick<SealedRecord, 'recordId' | 'category' | 'version'>,
): string[] => ['vault.record', r.recordId, String(r.category), String(r.version)]

/** What a subject's sealed identifier is bound to. */
export const identifierContext: readonly string[] = ['vault.subject.identifier']
