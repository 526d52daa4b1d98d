import { availableParallelism } from 'node:os'

/** Cores this process may use. */
export const cores = availableParallelism()
