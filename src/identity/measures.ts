import type { Measure } from '#kernel'
import {
  checkAccessReview,
  checkCredentialQuality,
  checkDormantAccounts,
  checkLeastPrivilege,
  checkStrongAuthentication,
} from './probes/checks.ts'
import { checkEndedAccess, checkEnvironments } from './probes/ended-checks.ts'

export const measures: readonly Measure[] = [
  {
    id: 'identity.least-privilege',
    lines: ['A1', 'B4'],
    statement:
      'Access is denied unless a role grants it, confined to controllers, categories and purposes; grants nobody uses are found and proposed for removal.',
    class: 'enforced',
    references: ['ASVS 8.2.1', 'ASVS 8.4.1'],
    freshFor: { hours: 6 },
    every: { minutes: 60 },
    check: checkLeastPrivilege,
  },
  {
    id: 'identity.strong-authentication',
    lines: ['A2', 'B4'],
    statement: 'No privileged act without a second factor shown in the same session.',
    class: 'enforced',
    references: ['NIST SP 800-63B-4 AAL2', 'ASVS 6.3.3'],
    freshFor: { hours: 3 },
    every: { minutes: 60 },
    check: checkStrongAuthentication,
  },
  {
    id: 'identity.credential-quality',
    lines: ['A3'],
    statement:
      'Each person has credentials of their own; passwords that can be guessed are refused, and kept as Argon2id hashes. Complexity is enforced as resistance to guessing.',
    class: 'enforced',
    references: ['NIST SP 800-63B-4 3.1.1', 'ASVS 6.2.4', 'ASVS 6.2.5', 'ASVS 11.4.2'],
    freshFor: { hours: 6 },
    every: { minutes: 60 },
    check: checkCredentialQuality,
  },
  {
    id: 'identity.ended-access',
    lines: ['A1', 'B4'],
    statement:
      'What has ended opens nothing: a session that ran out and a credential that was revoked are refused from the next request on.',
    class: 'enforced',
    references: ['ASVS 7.4.1', 'ASVS 8.3.2'],
    freshFor: { hours: 6 },
    every: { minutes: 60 },
    check: checkEndedAccess,
  },
  {
    id: 'identity.environments',
    lines: ['A11'],
    statement: 'A credential of another environment is refused, however good it is there.',
    class: 'enforced',
    references: ['ISO 27001 A.8.31'],
    freshFor: { hours: 6 },
    every: { minutes: 60 },
    check: checkEnvironments,
  },
  {
    id: 'identity.access-review',
    lines: ['A4'],
    statement:
      'Every grant is reviewed at least twice a year; what the reviewer revokes is revoked at once, and what nobody answers for by the deadline too.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 360 },
    check: checkAccessReview,
  },
  {
    id: 'identity.dormant-accounts',
    lines: ['A4'],
    statement:
      'Accounts nobody has used for 90 days are disabled after a warning, and their sessions ended; break-glass accounts are exempt and shown to be ready.',
    class: 'enforced',
    references: ['ASVS 7.4.2'],
    freshFor: { hours: 24 },
    every: { minutes: 360 },
    check: checkDormantAccounts,
  },
]
