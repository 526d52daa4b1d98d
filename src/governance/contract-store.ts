import type { Sql } from '#kernel'
import type { ContractKind } from './contract.ts'
import type { Day } from './day.ts'
import { type Item, shelf } from './register-store.ts'

export interface ContractRow extends Item {
  readonly kind: ContractKind
  readonly vendorId: string | null
  readonly controllerId: string | null
  readonly signedOn: Day
  readonly expiresOn: Day | null
  readonly documentSha256: string
  readonly flowDown: boolean
}

const columns = `t.kind, t.vendor_id as "vendorId", t.controller_id as "controllerId",
   to_char(t.signed_on, 'YYYY-MM-DD') as "signedOn",
   to_char(t.expires_on, 'YYYY-MM-DD') as "expiresOn",
   t.document_sha256 as "documentSha256", t.flow_down as "flowDown"`

export const contracts = shelf<ContractRow>('contracts', columns)

export interface NewContract {
  readonly kind: ContractKind
  readonly vendorId?: string
  readonly controllerId?: string
  readonly signedOn: Day
  readonly expiresOn?: Day
  readonly documentSha256: string
  readonly flowDown: boolean
  readonly owner: string
  readonly due: Day
}

export async function insertContract(
  sql: Sql,
  c: NewContract & { readonly id: string; readonly now: Date },
): Promise<void> {
  await sql.run({
    name: 'governance.contract.insert',
    text: `insert into governance.contract (id, kind, vendor_id, controller_id, signed_on, expires_on,
             document_sha256, flow_down, owner, due, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      c.id,
      c.kind,
      c.vendorId ?? null,
      c.controllerId ?? null,
      c.signedOn,
      c.expiresOn ?? null,
      c.documentSha256,
      c.flowDown,
      c.owner,
      c.due,
      c.now,
    ],
  })
}

/** Data-protection contracts with these vendors that pass our duties on, ended ones left away. */
export async function flowDownContracts(
  sql: Sql,
  vendorIds: readonly string[],
): Promise<(Pick<ContractRow, 'signedOn' | 'expiresOn' | 'endedAt'> & { vendorId: string })[]> {
  return sql.rows({
    name: 'governance.contract.flow-down',
    text: `select vendor_id as "vendorId", to_char(signed_on, 'YYYY-MM-DD') as "signedOn",
             to_char(expires_on, 'YYYY-MM-DD') as "expiresOn", ended_at as "endedAt"
           from governance.contract
           where vendor_id = any($1::uuid[]) and kind = 'dpa' and flow_down and ended_at is null`,
    values: [vendorIds],
  })
}
