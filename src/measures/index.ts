/**
 * Measures: the annex itself. Asks every promise whether it holds, keeps the answers, and derives
 * what the page, the PDF and the public page say.
 *
 * Life of a verdict: {@link prove} runs a check and writes down what it saw; {@link verdictOf}
 * says, whenever asked, what that is worth now; {@link readAnnex} puts it under its promise.
 *
 * @module
 */
import type { Room } from '#kernel'
import { jobs } from './jobs.ts'
import { loops } from './loops.ts'
import { routes } from './routes.ts'

export { endException, enterException, readAnnex, readMeasure } from './acts.ts'
export type { Annex, Shown, ShownHeading, ShownLine } from './annex.ts'
export { headings } from './lines.ts'
export { proveLoop } from './loops.ts'
export { prove } from './prove-checks.ts'
export { allMeasures } from './registry.ts'
export { type State, type Verdict, verdictOf } from './verdict.ts'

export const measures: Room = { name: 'measures', routes, jobs, loops }
