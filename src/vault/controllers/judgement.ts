import { Refusal } from '#kernel'
import { agree, type Terms } from './agreement.ts'
import type { Contract } from './contract.ts'
import { type Remark, remarksOn } from './lint.ts'
import { weakenings } from './weakening.ts'

/** What agreeing on terms would come to. */
export interface Judgement {
  readonly acceptable: boolean
  /** The refusal's, where it is not acceptable. */
  readonly code?: string
  readonly message?: string
  readonly weakenings: string[]
  readonly remarks: Remark[]
}

/** Judges terms, against the contract in force where there is one. Refuses nothing itself. */
export function judge(terms: Terms, inForce?: Contract): Judgement {
  try {
    const contract = agree(terms, inForce)
    const weaker = inForce === undefined ? [] : weakenings(inForce, contract)
    return { acceptable: true, weakenings: weaker, remarks: remarksOn(contract) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message, facts } = error
    const at = [facts?.['category'], facts?.['field']].filter(Boolean).join('.')
    return {
      acceptable: false,
      code,
      message: at === '' ? message : `${at}: ${message}`,
      weakenings: [],
      remarks: [],
    }
  }
}
