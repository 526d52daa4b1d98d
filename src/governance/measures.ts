import type { Measure } from '#kernel'
import {
  checkChanges,
  checkContracts,
  checkEndpoints,
  checkPatching,
  checkPenetrationTests,
  checkSecureDevelopment,
  checkSites,
  checkVendors,
  checkVulnerabilities,
} from './checks.ts'

const daily = { references: [], freshFor: { hours: 24 }, every: { minutes: 60 } } as const

export const measures: readonly Measure[] = [
  {
    ...daily,
    id: 'governance.vendors',
    lines: ['A20'],
    class: 'enforced',
    statement:
      'No vendor touches the data before it is assessed, under contract, and controllers have had time to object.',
    check: checkVendors,
  },
  {
    ...daily,
    id: 'governance.contracts',
    lines: ['A21'],
    class: 'measured',
    statement: 'Every controller and every active vendor is bound by a data-protection contract.',
    check: checkContracts,
  },
  {
    ...daily,
    id: 'governance.training',
    lines: ['B12'],
    class: 'enforced',
    statement:
      'Whoever works here is trained in data protection, and again at fixed times; without it, access is suspended.',
  },
  {
    ...daily,
    id: 'governance.vulnerabilities',
    lines: ['A9', 'B9'],
    class: 'measured',
    statement:
      'Vulnerabilities are looked for and fixed in time: critical ones in 7 days, high in 30, medium in 90, low in 180.',
    check: checkVulnerabilities,
  },
  {
    ...daily,
    id: 'governance.penetration-tests',
    lines: ['A9', 'B9'],
    class: 'measured',
    statement: 'Somebody from outside tries to break in at least once a year.',
    check: checkPenetrationTests,
  },
  {
    ...daily,
    id: 'governance.patching',
    lines: ['B10'],
    class: 'measured',
    statement: 'The software that holds the data runs in its newest patched version.',
    check: checkPatching,
  },
  {
    ...daily,
    id: 'governance.secure-development',
    lines: ['A8'],
    class: 'measured',
    statement:
      'Every release is reviewed by another person, scanned by machine, and its components are listed.',
    check: checkSecureDevelopment,
  },
  {
    ...daily,
    id: 'governance.changes',
    lines: ['A10'],
    class: 'enforced',
    statement:
      'A change goes live only after another person has approved it and it was staged and tested; it can be rolled back.',
    check: checkChanges,
  },
  {
    ...daily,
    id: 'governance.endpoints',
    lines: ['B8'],
    class: 'measured',
    statement:
      'Every device that touches the data is encrypted, firewalled and guarded against malware.',
    check: checkEndpoints,
  },
  {
    ...daily,
    id: 'governance.physical',
    lines: ['B15'],
    class: 'attested',
    statement:
      'The places that hold the data have biometric access control and are watched day and night.',
    check: checkSites,
  },
]
