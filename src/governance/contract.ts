import { type Day, dayOf } from './day.ts'

export const contractKinds = ['dpa', 'scc', 'bcr', 'nda', 'other'] as const
export type ContractKind = (typeof contractKinds)[number]

export interface ContractFacts {
  readonly kind: ContractKind
  readonly signedOn: Day
  readonly expiresOn: Day | null
  readonly endedAt: Date | null
}

/** Whether a contract binds on the day of `now`. It binds on its last day too. */
export function binds(contract: Omit<ContractFacts, 'kind'>, now: Date): boolean {
  const today = dayOf(now)
  const { signedOn, expiresOn, endedAt } = contract
  return endedAt === null && signedOn <= today && (expiresOn === null || expiresOn >= today)
}
