import type { Measure } from '#kernel'
import { checkLoadShedding } from './load-shedding-check.ts'
import { checkTransport } from './transport-check.ts'

const hourly = { every: { minutes: 60 }, freshFor: { hours: 3 } } as const
const daily = { every: { minutes: 1_440 }, freshFor: { hours: 48 } } as const

export const measures: readonly Measure[] = [
  {
    id: 'gate.transport-encryption',
    lines: ['A5', 'B1'],
    statement:
      'Data in transit is encrypted with TLS 1.3; older protocols and plain HTTP are refused.',
    class: 'enforced',
    references: ['RFC 8446', 'RFC 8996'],
    ...hourly,
    check: checkTransport,
  },
  {
    id: 'gate.load-shedding',
    lines: ['A13'],
    statement:
      'One client cannot take the service away from others: above its limit it is refused while they are served.',
    class: 'enforced',
    references: [],
    ...hourly,
    check: checkLoadShedding,
  },
  {
    id: 'gate.segmentation',
    lines: ['A11'],
    statement:
      'Production, staging and development are separate; what must not reach another cannot.',
    class: 'measured',
    references: [],
    ...daily,
  },
  {
    id: 'gate.web-application-firewall',
    lines: ['A12'],
    statement: 'Attacks on web applications are recognised in the request and blocked.',
    class: 'enforced',
    references: [],
    ...hourly,
  },
  {
    id: 'gate.intrusion-prevention',
    lines: ['A12', 'B7'],
    statement: 'Detected intrusions turn into blocks, with a time limit and an undo.',
    class: 'enforced',
    references: [],
    ...hourly,
  },
  {
    id: 'gate.remote-access',
    lines: ['B6'],
    statement:
      'Administration is reached only from declared networks or with a client certificate.',
    class: 'enforced',
    references: [],
    ...hourly,
  },
]
