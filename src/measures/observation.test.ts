import { deepEqual, equal, notDeepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { type Measure, Refusal } from '#kernel'
import { brokenRun, codeHashOf, runOf } from './observation.ts'

const at = new Date('2026-11-21T10:00:00Z')
const evidence = { holds: true, finding: 'All hold.', n: 2, of: 2, facts: {} }

test('what a check answers is what is written', () => {
  const run = runOf({ ...evidence, covers: new Date('2026-01-01T00:00:00Z') }, at)
  deepEqual([run.outcome, run.n, run.of, run.probe], ['pass', 2, 2, null])
  equal(run.covers.toISOString(), '2026-01-01T00:00:00.000Z')
  equal(runOf({ ...evidence, holds: false }, at).outcome, 'fail')
})

test('counts that are no counts are an error, not a pass', () => {
  for (const n of [Number.NaN, 1.5, -1, Infinity])
    equal(runOf({ ...evidence, n }, at).outcome, 'error')
})

test('a check that throws leaves one sentence and no stack', () => {
  const run = brokenRun(new Error('the listener is deaf\n    at secret (/srv/app.ts:1:1)'), at)
  deepEqual([run.outcome, run.finding], ['error', 'The listener is deaf.'])
  equal(
    brokenRun(new Refusal('gate.busy', 503, 'Later.'), at).finding,
    'The check was refused: gate.busy. Later.',
  )
  equal(brokenRun(new Error('There is no room.'), at).finding, 'There is no room.')
  equal(brokenRun('text', at).finding, 'It did not say why.')
})

test('another check, or another class, has another hash', () => {
  const measure: Measure = {
    id: 'canary.one',
    lines: [],
    statement: 'x',
    class: 'measured',
    references: [],
    freshFor: { hours: 1 },
    every: { minutes: 1 },
    check: async () => evidence,
  }
  const hash = codeHashOf(measure)
  notDeepEqual(hash, codeHashOf({ ...measure, class: 'enforced' }))
  notDeepEqual(hash, codeHashOf({ ...measure, check: async () => ({ ...evidence, n: 1 }) }))
  deepEqual(hash, codeHashOf({ ...measure, statement: 'said otherwise' }))
  const { check: _, ...unchecked } = measure
  equal(codeHashOf(unchecked), null)
})
