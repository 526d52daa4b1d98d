import { newId } from '#ground'
import { type Act, type Measure, Sealed } from '#kernel'
import { type Annex, annexOf, show } from './annex.ts'
import { codeHashOf, type Run } from './observation.ts'
import {
  exceptionNeedsPerson,
  exceptionTooLong,
  unknownException,
  unknownMeasure,
} from './refusals.ts'
import {
  dayCounts,
  type ExceptionRow,
  exceptionsOf,
  insertCitation,
  insertException,
  insertObservation,
  lastObservations,
  liveExceptions,
  newestObservations,
  type Observation,
  updateExceptionEnded,
} from './store.ts'
import { stripOf } from './strip.ts'

const dayMs = 86_400_000
const stripDays = 90
const longestExceptionDays = 365

/** @throws {Refusal} `measures.unknown-measure`. */
export function measureNamed(measures: readonly Measure[], id: string): Measure {
  const measure = measures.find((one) => one.id === id)
  if (measure === undefined) throw unknownMeasure()
  return measure
}

/** Writes down what a check came to. The receipt names the entry, so that it can be cited. */
export async function observe(
  act: Act,
  measure: Measure,
  run: Run,
): Promise<Sealed<{ readonly id: string; readonly entryId: string }>> {
  const id = newId()
  const codeHash = codeHashOf(measure)
  await insertObservation(act.sql, {
    ...run,
    id,
    measureId: measure.id,
    received: act.now,
    codeHash,
  })
  const { outcome, n, of, finding, facts, probe } = run
  act.tell({ observationId: id, measureId: measure.id, outcome, n, of, finding, facts, probe })
  act.tell({ collected: run.collected.toISOString(), codeHash: codeHash?.toString('hex') })
  return new Sealed(({ entryId }) => ({ id, entryId }))
}

/** Ties an observation to the entry that tells of it. */
export async function cite(act: Act, observationId: string, entryId: string): Promise<void> {
  await insertCitation(act.sql, observationId, entryId)
  act.tell({ observationId, entryId })
}

/** The annex as it stands now. */
export async function readAnnex(act: Act, measures: readonly Measure[]): Promise<Annex> {
  const newest = await newestObservations(
    act.sql,
    measures.map(({ id }) => id),
  )
  return annexOf(measures, newest, await liveExceptions(act.sql, act.now), act.now)
}

/** One measure with its verdict, its last observations and a strip of ninety days. */
export async function readMeasure(act: Act, measure: Measure, observations = 50) {
  const { sql, now } = act
  const [newest] = await newestObservations(sql, [measure.id])
  const exceptions = await exceptionsOf(sql, measure.id)
  const counts = await dayCounts(sql, measure.id, new Date(now.getTime() - stripDays * dayMs))
  const last = await lastObservations(sql, measure.id, observations)
  return {
    ...show(measure, newest, exceptions, now),
    lines: [...measure.lines],
    freshForHours: measure.freshFor.hours,
    everyMinutes: measure.every.minutes,
    observations: last.map(observationAnswer),
    days: stripOf(measure.class, counts, now, stripDays),
    exceptions: exceptions.map((one) => exceptionAnswer(one, now)),
  }
}

/** The newest observation of a measure, if there is one. */
export async function newestOf(act: Act, measure: Measure) {
  const [newest] = await lastObservations(act.sql, measure.id, 1)
  return newest === undefined ? undefined : observationAnswer(newest)
}

function observationAnswer(o: Observation) {
  const { id, outcome, n, of, finding, facts, probe, codeHash, entryId } = o
  return {
    id,
    outcome,
    n,
    of,
    finding,
    facts,
    covers: o.covers.toISOString(),
    collected: o.collected.toISOString(),
    received: o.received.toISOString(),
    ...(probe === null ? {} : { probe }),
    ...(codeHash === null ? {} : { codeHash: codeHash.toString('hex') }),
    ...(entryId === null ? {} : { entryId }),
  }
}

function exceptionAnswer(e: ExceptionRow, now: Date) {
  const { id, kind, reason, approvedBy, endedAt } = e
  return {
    id,
    kind,
    reason,
    approvedBy,
    approvedAt: e.approvedAt.toISOString(),
    expires: e.expires.toISOString(),
    inForce: endedAt === null && e.expires > now,
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  }
}

export interface NewException {
  readonly kind: ExceptionRow['kind']
  readonly reason: string
  readonly expires: Date
}

/**
 * A person accepts for a time that a measure is not proven, or states that it does not apply. It
 * is never green, and it ends by itself.
 *
 * @throws {Refusal} `measures.exception-needs-person`, `measures.exception-length`.
 */
export async function enterException(
  act: Act,
  measure: Measure,
  { kind, reason, expires }: NewException,
): Promise<{ id: string }> {
  if (act.actor.kind !== 'person') throw exceptionNeedsPerson()
  const ahead = expires.getTime() - act.now.getTime()
  if (!(ahead > 0 && ahead <= longestExceptionDays * dayMs))
    throw exceptionTooLong(longestExceptionDays)
  const id = newId()
  const approved = { approvedBy: act.actor.id, approvedAt: act.now }
  await insertException(act.sql, { id, measureId: measure.id, kind, reason, expires, ...approved })
  act.tell({ measureId: measure.id, kind, reason, expires: expires.toISOString() })
  return { id }
}

/** Ends an exception before its time. */
export async function endException(act: Act, measure: Measure, id: string): Promise<void> {
  const ended = await updateExceptionEnded(act.sql, measure.id, id, act.actor.id, act.now)
  if (ended === 0) throw unknownException()
  act.tell({ measureId: measure.id, exceptionId: id })
}
