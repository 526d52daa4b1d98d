import type { Measure } from '#kernel'
import { checkComplete, checkTamperEvident } from './checks.ts'

export const measures: readonly Measure[] = [
  {
    id: 'trail.complete',
    lines: ['A15', 'B5'],
    statement:
      'Every access to personal data, every administrative act and every export leaves an audit entry; nothing is released without one.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 2 },
    every: { minutes: 30 },
    check: checkComplete,
  },
  {
    id: 'trail.tamper-evident',
    lines: ['A15', 'B5'],
    statement: 'The audit log is stored so that any later change to it shows.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 2 },
    every: { minutes: 30 },
    check: checkTamperEvident,
  },
]
