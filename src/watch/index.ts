/**
 * Watch: every entry of the trail is looked at, and what it means is said in one sentence.
 *
 * Life of a finding: see README.md.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export { type AccessKind, accessKind, accessKinds } from './access-kind.ts'
export { type CanaryCount, canaryCount, plantCanaries } from './canary-acts.ts'
export { findingsCalling, moveFinding, noticedSoFar, type TracedFinding } from './finding-acts.ts'
export type { Finding, FindingState, Severity, Trace } from './finding.ts'

export const watch: Room = { name: 'watch', routes, jobs, loops, measures }
