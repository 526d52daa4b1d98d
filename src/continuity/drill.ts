/** What is promised: at most so much lost, back after so long. */
export interface Objective {
  /** RPO in minutes: how old the newest restorable state may be. */
  readonly recoveryPointMinutes: number
  /** RTO in minutes: from the order to a verified read. */
  readonly recoveryTimeMinutes: number
}

/** Promised until a person sets other figures: a daily backup and half a working day. */
export const firstObjective: Objective = { recoveryPointMinutes: 1_560, recoveryTimeMinutes: 240 }

/** Figures of one exercise. */
export interface Drill {
  readonly id: string
  readonly kind: 'restore'
  readonly at: Date
  readonly passed: boolean
  readonly backupId: string
  /** From the newest restored entry to the moment the drill began. */
  readonly recoveryPointSeconds: number
  readonly recoveryTimeSeconds: number
  readonly facts: Readonly<Record<string, unknown>>
}
