/**
 * Incidents: from the first alarm to the last notice. What is found is cut off, counted, and told.
 *
 * Life of an incident: see README.md.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { measures } from './measures.ts'
import { routes } from './routes.ts'

export { recordDrill } from './incident-acts.ts'
export type { NoticeBody } from './notice.ts'
export type { ScopeResult } from './scope.ts'

export const incidents: Room = { name: 'incidents', routes, jobs, loops, measures }
