import type { Measure } from '#kernel'
import { accessMonitoring, anomalyDetection } from './checks.ts'

export const measures: readonly Measure[] = [
  {
    id: 'watch.access-monitoring',
    lines: ['B5'],
    statement: 'Every access to the systems is recorded and evaluated as it happens.',
    class: 'enforced',
    references: ['GDPR 32(1)(d)'],
    freshFor: { hours: 3 },
    every: { minutes: 60 },
    check: accessMonitoring,
  },
  {
    id: 'watch.anomaly-detection',
    lines: ['A14', 'B16'],
    statement:
      'Unusual access raises an alert; replayed attacks prove every day that it does, without drowning real ones in false alarms.',
    class: 'drilled',
    references: [],
    freshFor: { hours: 36 },
    every: { minutes: 720 },
    check: anomalyDetection,
  },
  {
    id: 'watch.central-logging',
    lines: ['A14'],
    statement: 'Logs of all systems come together in one place; none is lost without being told.',
    class: 'measured',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
  },
  {
    id: 'watch.log-retention',
    lines: ['A16'],
    statement: 'Logs are kept as long as investigations need them, and no longer.',
    class: 'measured',
    references: [],
    freshFor: { hours: 48 },
    every: { minutes: 720 },
  },
]
