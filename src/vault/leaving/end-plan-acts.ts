import { type Act, controllerOf } from '#kernel'
import { filesTotal } from '../attachments/store.ts'
import { contractOf } from '../controllers/acts.ts'
import type { Controller } from '../controllers/contract.ts'
import { countsOf } from '../controllers/store.ts'
import { requestsOf } from '../requests/store.ts'
import { countTokens } from '../tokens/policy-store.ts'
import { heldTotal, returnOf } from './return-store.ts'

/** What the end of a controller comes to, before anybody begins it. */
export interface EndPlan {
  readonly state: Controller['state']
  readonly subjects: number
  readonly records: number
  readonly files: number
  readonly fileBytes: number
  readonly tokens: number
  /** Subjects under a legal hold: while there is one, nothing ends. */
  readonly held: number
  /** Requests of data subjects that are still open. */
  readonly openRequests: number
  /** Whether somebody else than who closes it must fetch its data. */
  readonly byTwo: boolean
  readonly closedBy: string | null
  /** Whether all of it has left for its controller since it was closed. */
  readonly returned: boolean
}

/** Tries the end of a controller dry: what would be given back, then destroyed, and what stands in its way. */
export async function planEnd(act: Act): Promise<EndPlan> {
  const controllerId = controllerOf(act)
  const { state, exportAlone } = await contractOf(act)
  const { subjects, records } = await countsOf(act.sql, controllerId)
  const files = await filesTotal(act.sql, controllerId)
  const tokens = await countTokens(act.sql, controllerId)
  const { closedBy, sha256 } = await returnOf(act.sql, controllerId)
  const open = await requestsOf(act.sql, { controllerId, open: true })
  return {
    state,
    subjects,
    records,
    ...files,
    tokens: tokens.reduce((sum, row) => sum + row.tokens, 0),
    held: await heldTotal(act.sql, controllerId),
    openRequests: open.length,
    byTwo: subjects > exportAlone,
    closedBy,
    returned: sha256 !== null,
  }
}
