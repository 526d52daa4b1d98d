import type { Refusal } from '#kernel'
import { type Category, categoryNamed, type Contract } from '../controllers/contract.ts'
import { type FieldValue, isLine, normalForm, readField } from '../fields/field-value.ts'
import { recordEmpty, subjectKeyMalformed, unknownCategory, unknownField } from '../refusals.ts'

/** A record on its way in: one category of one subject's data, whole. */
export interface PutRow {
  /** The controller's own identifier of the subject. It may be personal. */
  readonly subjectKey: string
  readonly category: string
  readonly fields: Readonly<{ [field: string]: unknown }>
}

/** A row the contract allows, with its values read. */
export interface ReadyRow {
  readonly subjectKey: string
  readonly category: Category
  /** Of the contract: how a phone number without a country is read. */
  readonly country: string | null
  /** In the contract's order of fields; fields without a value are absent. */
  readonly values: ReadonlyMap<string, FieldValue>
}

/** A searchable field's blind index. */
export interface FieldIndex {
  readonly field: string
  readonly value: Buffer
}

/** A row on its way to its place. */
export interface Placed extends ReadyRow {
  /** Its place among the rows given, from 1. */
  readonly row: number
  /** The subject's blind index, as bytes and in hexadecimal. */
  readonly keyIndex: Buffer
  readonly who: string
  /** Under other living versions of the index key: a subject may still be known by one of them. */
  readonly olderIndexes: readonly Buffer[]
  /** Subject and category: two rows of one slot are one record. */
  readonly slot: string
  readonly indexes: readonly FieldIndex[]
  /** The version of the index key that made them; the same for all rows given at once. */
  readonly indexVersion: number
}

/** What became of a row. */
export interface StoredRow {
  readonly subjectId: string
  readonly recordId: string
  readonly category: string
  readonly version: number
  readonly eraseAfter: Date
}

/** Why a row was not stored. It names fields of the contract, never values. */
export interface RowError {
  /** 1 for the first row. */
  readonly row: number
  readonly code: string
  readonly message: string
}

/**
 * Reads a row against the contract. Nothing outside the contract is kept (GDPR Art. 5(1)(c)).
 *
 * @throws {Refusal} `vault.unknown-category`, `vault.unknown-field`, `vault.value-malformed`,
 *   `vault.subject-key-malformed`, `vault.record-empty`.
 */
export function readRow(contract: Contract, row: PutRow): ReadyRow {
  const category = categoryNamed(contract, row.category)
  if (category === undefined) throw unknownCategory()
  for (const name of Object.keys(row.fields))
    if (!category.fields.some((field) => field.name === name)) throw unknownField(category.name)
  const values = new Map<string, FieldValue>()
  for (const field of category.fields) {
    const { name } = field
    if (!Object.hasOwn(row.fields, name)) continue
    const value = readField(field, row.fields[name])
    if (value !== undefined) values.set(name, value)
  }
  if (values.size === 0) throw recordEmpty()
  const { country } = contract
  return { subjectKey: readSubjectKey(row.subjectKey), category, country, values }
}

/** @throws {Refusal} `vault.subject-key-malformed`. */
export function readSubjectKey(given: unknown): string {
  if (!isLine(given, 500)) throw subjectKeyMalformed()
  return normalForm('identifier', given)
}

/** The row's error, from the refusal it met. */
export const rowError = (row: number, { code, message }: Refusal): RowError => ({
  row,
  code,
  message,
})
