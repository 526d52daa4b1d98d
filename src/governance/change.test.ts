import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { changeSteps, type ChangeState, mayStep } from './change.ts'

const states: readonly ChangeState[] = [
  'proposed',
  'approved',
  'rejected',
  'staged',
  'tested',
  'live',
  'rolled-back',
  'withdrawn',
]
const next = (state: ChangeState) => changeSteps.filter((step) => mayStep(state, step))

test('a change takes one step at a time, and none around approval, staging or testing', () => {
  deepEqual(Object.fromEntries(states.map((state) => [state, next(state)])), {
    proposed: ['withdrawn'],
    approved: ['staged', 'withdrawn'],
    rejected: [],
    staged: ['tested', 'rolled-back'],
    tested: ['live', 'rolled-back'],
    live: ['rolled-back'],
    'rolled-back': [],
    withdrawn: [],
  })
})
