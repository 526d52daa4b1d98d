import type { Cross } from '#kernel'
import { type Correction, correct, heldRecord } from './rectify-acts.ts'
import type { StoredRow } from './row.ts'

/**
 * Puts single fields of a record right: reads the record, and replaces it with the changes in it,
 * unless another version has come between. The values that stay never leave the house.
 *
 * @throws {Refusal} as reading and putting do; `vault.no-such-record`, `vault.record-moved`.
 * @see GDPR Art. 16.
 */
export async function rectify(cross: Cross, correction: Correction): Promise<StoredRow> {
  const held = await cross((act) => heldRecord(act, correction), 'read')
  return cross((act) => correct(act, correction, held))
}
