/**
 * Watch: every entry of the trail is looked at, and what it means is said in one sentence.
 *
 * @module
 */
import type { Room } from '#kernel'

export { type AccessKind, accessKind, accessKinds } from './access-kind.ts'
export type { Finding, FindingState, Severity } from './finding.ts'

export const watch: Room = { name: 'watch' }
