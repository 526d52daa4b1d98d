import type { Measure } from '#kernel'
import { checkCurrent, checkRoom } from './current-checks.ts'
import { checkComplete, checkTamperEvident } from './checks.ts'
import { checkStreams } from './streams/checks.ts'

const sentences: Readonly<Record<string, string>> = {
  'tamper-detecting':
    'The audit log is tamper-detecting: a later change by anyone without its signing key shows.',
  'tamper-evident':
    'The audit log is tamper-evident: a later change to it, even by ourselves, shows to others who hold its checkpoints.',
}

/** The promise goes as far as the rung that the newest check found. */
const tamperSentence = ({ words }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof words === 'string' ? sentences[words] : undefined

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
    worded: tamperSentence,
    freshFor: { hours: 2 },
    every: { minutes: 30 },
    check: checkTamperEvident,
  },
  {
    id: 'trail.streams-delivered',
    lines: [],
    statement:
      'What other systems are promised of the audit log reaches them in time, in order and without a gap.',
    class: 'measured',
    references: ['ISO 27001 A.8.15', 'NIST 800-53 AU-4(1)'],
    freshFor: { hours: 2 },
    every: { minutes: 15 },
    check: checkStreams,
  },
  {
    id: 'trail.current',
    lines: [],
    statement:
      'Every entry stands in its log within the time its receipt promises, the log signs, and its copies elsewhere keep up.',
    class: 'measured',
    references: ['ISO 27001 A.8.15', 'NIST 800-53 AU-10'],
    freshFor: { hours: 1 },
    every: { minutes: 5 },
    check: checkCurrent,
  },
  {
    id: 'trail.room',
    lines: [],
    statement: 'There is room to record what happens: less than 85 % of the disk is taken.',
    class: 'measured',
    references: ['ISO 27001 A.8.6', 'NIST 800-53 AU-4', 'NIST 800-53 AU-5'],
    freshFor: { hours: 1 },
    every: { minutes: 5 },
    check: checkRoom,
  },
]
