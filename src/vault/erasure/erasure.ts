import type { Destroyed } from '#keys'

/** What an erasure certificate says. Names no one. */
export interface SubjectErasure {
  readonly subjectId: string
  readonly ordinal: number
  readonly records: number
  readonly categories: readonly string[]
  readonly erasedAt: Date
  readonly keys: Destroyed['keys']
  /** From then on no backup holds a key that opens the erased data. */
  readonly goneFromBackupsBy: Date
}
