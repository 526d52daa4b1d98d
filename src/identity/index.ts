/**
 * Identity: who acts, proven, with no more rights than needed.
 *
 * @module
 */
import type { Room } from '#kernel'

export { may, mayWith, openActionsOf } from './decide.ts'
export { identify, type Shown } from './identify.ts'

export const identity: Room = { name: 'identity' }
