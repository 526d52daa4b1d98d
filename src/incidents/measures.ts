import type { Measure } from '#kernel'
import { containment, evidence, intake, noticeContent, notification, revocation } from './checks.ts'

const quarterHours = 92 * 24
const yearHours = 366 * 24
const daily = { minutes: 1440 }

export const measures: readonly Measure[] = [
  {
    id: 'incidents.intake',
    lines: ['A22'],
    statement:
      'What our own watch detects, alerts of other systems, and reports of staff, customers and anybody else each open an incident.',
    class: 'enforced',
    references: ['GDPR 33(2)'],
    freshFor: { hours: 48 },
    every: daily,
    check: intake,
  },
  {
    id: 'incidents.containment',
    lines: ['A23'],
    statement:
      'A suspected access is cut off at once, after evidence is secured, and the cut is tried from outside.',
    class: 'drilled',
    references: [],
    freshFor: { hours: quarterHours },
    every: daily,
    check: containment,
  },
  {
    id: 'incidents.revocation',
    lines: ['A24'],
    statement: 'Sessions are ended and credentials revoked, and a revoked one is refused.',
    class: 'drilled',
    references: [],
    freshFor: { hours: quarterHours },
    every: daily,
    check: revocation,
  },
  {
    id: 'incidents.evidence',
    lines: ['A25'],
    statement: 'Evidence is secured before anything is changed, and cannot be altered afterwards.',
    class: 'enforced',
    references: ['ISO 27037'],
    freshFor: { hours: 48 },
    every: daily,
    check: evidence,
  },
  {
    id: 'incidents.notification',
    lines: ['A26'],
    statement:
      'Controllers are told of a breach without undue delay, in the time of their contract and within 72 hours at most.',
    class: 'drilled',
    references: ['GDPR 33(2)'],
    freshFor: { hours: quarterHours },
    every: daily,
    check: notification,
  },
  {
    id: 'incidents.notice-content',
    lines: ['A27'],
    statement:
      'A notice says what happened, to how many people and records of which kinds, what may follow, what was done, and whom to ask.',
    class: 'enforced',
    references: ['GDPR 33(3)', 'GDPR 33(4)'],
    freshFor: { hours: 48 },
    every: daily,
    check: noticeContent,
  },
  {
    id: 'incidents.remediation',
    lines: ['A28', 'A29'],
    statement:
      'The root cause is found, and a corrective action closes only when the check that failed passes.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 48 },
    every: daily,
  },
  {
    id: 'incidents.posture-review',
    lines: ['A30', 'A32'],
    statement:
      'Security controls and policies are reviewed and brought up to date after an incident.',
    class: 'attested',
    references: [],
    freshFor: { hours: yearHours },
    every: daily,
  },
  {
    id: 'incidents.lessons',
    lines: ['A31'],
    statement: 'A session with everybody concerned draws the lessons of an incident.',
    class: 'attested',
    references: [],
    freshFor: { hours: yearHours },
    every: daily,
  },
  {
    id: 'incidents.final-report',
    lines: ['A33'],
    statement: 'Each controller concerned gets the final report of an incident.',
    class: 'enforced',
    references: ['GDPR 33(5)'],
    freshFor: { hours: 48 },
    every: daily,
  },
  {
    id: 'incidents.readiness',
    lines: ['B13'],
    statement: 'A response team stands by at all times and follows a process set down beforehand.',
    class: 'drilled',
    references: [],
    freshFor: { hours: quarterHours },
    every: daily,
  },
]
